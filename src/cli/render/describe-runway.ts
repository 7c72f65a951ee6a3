// How long the money lasts, in sentences, for `spend` and `status`. Decides nothing.
import { formatUsdc } from '../../core/money.js';
import { nameKind } from '../../core/parts.js';
import type { ComingCharge } from '../../core/plan-types.js';
import { countReserved, listUnpayable, type Runway } from '../../core/runway.js';
import type { Instant, Millis, Product, Vm } from '../../core/types.js';
import { formatEach, formatInstant, formatSpan } from './format-instant.js';
import { countOf, listNames, oneLine } from './phrase.js';

function nameCharged({ vm, part }: ComingCharge): string {
  const name = oneLine(vm.name);
  return part === undefined || part.id === vm.id ? name : `${name} ${nameKind(part.kind)}`;
}

/** Which go first: whole sentence without its end. */
export function describeRunway(runway: Runway, periodMillis: Millis, now: Instant): string {
  if (runway.kind === 'endless')
    return `The balance of ${formatUsdc(runway.balance)} lasts: nothing that is there renews`;
  const { balance, at, short, charges, perPeriod } = runway;
  const names = listNames(charges.map(nameCharged));
  const what =
    charges.length === 1
      ? `${names} can't be paid`
      : `not all ${charges.length} charges of that instant can be paid (${names})`;
  return (
    `The balance of ${formatUsdc(balance)} lasts ${formatSpan(Math.max(0, at - now))}, until ${formatInstant(at, now)}, at ` +
    `${formatUsdc(perPeriod)} ${formatEach(periodMillis)}: then ${what}, for lack of ${formatUsdc(short)}`
  );
}

/** What an account that tells no balance shows all the same. */
export function describeSigns(
  product: Product,
  vms: readonly Vm[],
  noBalance: { readonly since: Instant; readonly text: string } | undefined,
  now: Instant,
): readonly string[] {
  const signs: string[] = [];
  const unpayable = listUnpayable(vms);
  const [first] = unpayable;
  if (first !== undefined) {
    const when =
      first.paidUntil === undefined ? '' : `; ${oneLine(first.name)} first, ${formatInstant(first.paidUntil, now)}`;
    signs.push(
      `${countOf(unpayable.length, 'VM')} can't pay the next period${when}: ${listNames(unpayable.map(({ name }) => oneLine(name)))}`,
    );
  }
  const ended = vms.filter(({ status }) => status === 'insufficient-funds');
  if (ended.length > 0)
    signs.push(
      `${countOf(ended.length, 'VM')} ended because nothing paid them: ${listNames(ended.map(({ name }) => oneLine(name)))}`,
    );
  if (noBalance !== undefined)
    signs.push(
      `purchases are refused for lack of balance since ${formatInstant(noBalance.since, now)}: ${oneLine(noBalance.text)}`,
    );
  if (product === 'marketplace' && signs.length === 0) {
    const { reserved, running } = countReserved(vms);
    if (running > 0)
      signs.push(
        `the reserves of ${reserved} of ${countOf(running, 'VM')} pay their next period, and no sign says that the balance is short`,
      );
  }
  return signs;
}
