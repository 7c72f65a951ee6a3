// Fills a cloud-init text right before its call. What it reads lives as long as the job and goes into the order alone: it must
// never reach the store, a job, a log or a message.
import { fillSecrets, repeatsSecret, type CloudInit } from '../src/core/cloud-init.js';
import type { CreateOrder } from '../src/ports/cloud.js';
import type { Engine } from '../src/scheduler/engine.js';

export interface FilledText {
  readonly order: Pick<CreateOrder, 'cloudInit'>;
  /** A service may repeat in its answer what it was sent. */
  readonly hide: (text: string) => string;
}

/** Instead of the service's words: cut, folded and escaped as they are, no part of a secret could be taken out for sure. */
const HIDDEN = 'what the service answered is not kept: it repeats a part of what it was sent, and that holds secrets';

/** Throws `secret-missing`. */
export function fillCloudInit(engine: Engine, cloudInit: CloudInit | undefined): FilledText {
  if (cloudInit === undefined) return { order: {}, hide: (text) => text };
  const sources = Object.entries(cloudInit.secrets);
  const values = Object.fromEntries(sources.map(([name, source]) => [name, engine.readSecret(source)]));
  return {
    order: { cloudInit: fillSecrets(cloudInit.text, values) },
    hide: (text) => (repeatsSecret(text, Object.values(values)) ? HIDDEN : text),
  };
}
