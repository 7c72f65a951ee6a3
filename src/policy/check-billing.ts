// Checks of a fleet's `billing` beyond its schema: delays that would never let it buy, or that its account has no use for.
import { formatDuration, parseDuration } from '../core/duration.js';
import { HOUR_MILLIS } from '../core/money.js';
import { placeProblem } from './placed-yaml.js';
import type { PlacedDocument } from './placed-yaml.js';
import type { Problem } from './problems.js';
import { readText } from './read-value.js';

const PATH = ['billing', 'delayPurchase'];
/** A boundary comes every 24 h: a longer delay leaves less time to buy in than it takes away. */
const LONGEST_DELAY = 12 * HOUR_MILLIS;

/** `clouds`: accounts of the fleet that are known to be at the cloud. */
export function checkBilling(document: PlacedDocument, clouds: readonly string[]): Problem[] {
  const delay = parseDuration(readText(document, PATH) ?? '') ?? 0;
  if (delay === 0) return [];
  if (delay > LONGEST_DELAY) {
    const message = `Nothing would be bought for ${formatDuration(delay)} before each boundary.`;
    return [placeProblem(document, PATH, { code: 'delay-too-long', message, hint: 'Write 12h or less.' })];
  }
  return clouds.map((account) =>
    placeProblem(document, PATH, {
      code: 'warning-delay-without-effect',
      message: `Account ${account} is at the cloud, where each VM is charged by the hour from its own start.`,
      hint: '`delayPurchase` delays nothing there; leave it out.',
    }),
  );
}
