// Fills a cloud-init text right before its call. What it reads lives as long as the job and goes into the order alone: it must
// never reach the store, a job, a log or a message.
import { fillSecrets, type CloudInit } from '../src/core/cloud-init.js';
import type { CreateOrder } from '../src/ports/cloud.js';
import type { Engine } from '../src/scheduler/engine.js';

export interface FilledText {
  readonly order: Pick<CreateOrder, 'cloudInit'>;
  /** A service may repeat in its answer what it was sent. */
  readonly hide: (text: string) => string;
}

/** Throws `secret-missing`. */
export function fillCloudInit(engine: Engine, cloudInit: CloudInit | undefined): FilledText {
  if (cloudInit === undefined) return { order: {}, hide: (text) => text };
  const sources = Object.entries(cloudInit.secrets);
  const values = Object.fromEntries(sources.map(([name, source]) => [name, engine.readSecret(source)]));
  return {
    order: { cloudInit: fillSecrets(cloudInit.text, values) },
    hide: (text) => Object.values(values).reduce((hidden, value) => hidden.replaceAll(value, '[secret]'), text),
  };
}
