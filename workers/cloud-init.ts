// Fills a cloud-init text right before its call. What it reads lives as long as the job and goes into the order alone: it must
// never reach the store, a job, a log or a message.
import { fillSecrets, type CloudInit } from '../src/core/cloud-init.js';
import type { CloudError, CreateOrder } from '../src/ports/cloud.js';
import type { Engine } from '../src/scheduler/engine.js';

export interface FilledText {
  readonly order: Pick<CreateOrder, 'cloudInit'>;
  /** What is kept of the answer to a create. */
  readonly describe: (error: CloudError) => string;
}

/** A service may repeat what it was sent, cut, folded or encoded: of an answer to secrets only its kind is kept. */
function hideWords({ code, status, message }: CloudError): string {
  if (status === undefined) return message;
  return `the API answered ${status} (${code}); its words are not kept, since the request held secrets`;
}

/** Throws `secret-missing`. */
export function fillCloudInit(engine: Engine, cloudInit: CloudInit | undefined): FilledText {
  if (cloudInit === undefined) return { order: {}, describe: ({ message }) => message };
  const sources = Object.entries(cloudInit.secrets);
  const values = Object.fromEntries(sources.map(([name, source]) => [name, engine.readSecret(source)]));
  return {
    order: { cloudInit: fillSecrets(cloudInit.text, values) },
    describe: sources.length === 0 ? ({ message }) => message : hideWords,
  };
}
