// Why an account's requests are held back at present, as plans and `status` say it. Words only.
import { formatMinute } from '../core/instant.js';
import type { Snapshot } from '../core/plan-types.js';
import type { TrafficState } from '../ports/traffic.js';

/** undefined: they go out as they come. */
export function describeServiceDoubt({ circuit, toldUntil }: TrafficState): Snapshot['serviceDoubt'] {
  if (circuit !== undefined) {
    const { failures, since, text, tryAt } = circuit;
    const when = `${failures} times in a row since ${formatMinute(since)}`;
    return { code: 'api-failing', text: `the API failed ${when} (${text}); next try ${formatMinute(tryAt)}` };
  }
  if (toldUntil === undefined) return undefined;
  return { code: 'api-told-to-wait', text: `the API asked to be left alone until ${formatMinute(toldUntil)}` };
}
