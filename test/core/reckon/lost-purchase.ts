// One purchase of two VMs whose answer was lost, as the tests of intents and of purchases look at it.
import type { Books, Intent } from '../../../src/core/books.js';
import { intentId, makeBooks, makeDeploy, makeIntent, NOON } from '../samples.js';

export const ID = intentId('aaaa');
export const BASE_NAME = `web-a1${ID}`;

export function booksWith(over: Partial<Intent>): Books {
  const deploy = makeDeploy(2, { vmName: BASE_NAME });
  return makeBooks({
    intents: [makeIntent(ID, { state: 'unknown', calledAt: NOON, createdAt: NOON, deploy, ...over })],
  });
}

export function intentOf(books: Books): Intent | undefined {
  return books.intents.find((intent) => intent.id === ID);
}
