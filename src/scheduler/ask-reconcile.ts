// Asks for a look at an account at once, after something that a person did. It runs in whatever process takes jobs; without one it
// waits in the queue. Nothing is planned here.
import type { Engine } from './engine.js';

/** `cause`: a word for the log, such as `approved`. */
export async function askReconcile(
  { queue, clock }: Pick<Engine, 'queue' | 'clock'>,
  account: string,
  cause: string,
): Promise<void> {
  const askedAt = clock.now();
  const data = { kind: 'reconcile', account, cause, askedAt } as const;
  await queue.add([{ id: `reconcile-${account}-${cause}-${askedAt}`, data, urgent: true }]);
}
