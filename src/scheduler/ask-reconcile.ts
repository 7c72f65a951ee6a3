// Asks for a look at an account at once, after something that a person or a worker did. It runs in whatever process takes jobs;
// without one it waits in the queue. Nothing is planned here.
import type { Engine } from './engine.js';
import { countLooks } from './look-count.js';

/**
 * To be called once what the look is to see is written down. `cause`: a word for the log, such as `approved`. `occasion`: asking
 * again for the same one adds nothing while it is kept.
 */
export async function askReconcile(
  { queue, store, clock }: Pick<Engine, 'queue' | 'store' | 'clock'>,
  account: string,
  cause: string,
  occasion = `${cause}-${clock.now()}`,
): Promise<void> {
  const data = { kind: 'reconcile', account, cause, afterLook: await countLooks(store, account) } as const;
  await queue.add([{ id: `reconcile-${account}-${occasion}`, data, urgent: true }]);
}
