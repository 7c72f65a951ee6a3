// What befalls VMs in a scenario: launches and deletions that take their time, the provider's terminations, and machines
// that somebody else rents.
import { parseDuration } from '../../core/duration.js';
import { DAY_MILLIS, parseUsdc } from '../../core/money.js';
import type { Scenario, ScenarioClock, ScenarioOffer, ScenarioTermination, ScenarioVm } from '../../core/scenario.js';
import type { Instant, Micros } from '../../core/types.js';
import { suggestWord } from '../closest-word.js';
import { joinWords } from '../placed-schema.js';
import type { DocumentPath } from '../problems.js';
import { readList, readNumber, readText, readValue } from '../read-value.js';
import { readConfiguration, readCountry } from './read-offers.js';
import { formatMoment } from './moment.js';
import { isMappingAt, readMoment, readPrice, readWithin, report } from './scenario-reading.js';
import type { ScenarioReading } from './scenario-reading.js';

const USUAL_BALANCE = 1_000_000_000_000n;

/** `delay` and `spread` of launches or deletions. */
export function readDelay(reading: ScenarioReading, key: 'launch' | 'deletion'): Scenario['deletion'] {
  const read = (part: string): number | undefined => {
    const value = readValue(reading.document, [key, part]) ?? '0s';
    return typeof value === 'string' ? parseDuration(value) : undefined;
  };
  const [told, spread = 0] = [read('delay'), read('spread')];
  const delay = told ?? 0;
  // Of a delay that can't be read the schema tells; how wide its spread may be nobody knows then.
  if (told !== undefined && spread > delay) {
    const message = `With a spread of more than \`delay\` some would take less than no time.`;
    report(reading, [key, 'spread'], ['spread-too-wide', message, 'Make `delay` longer, or `spread` shorter.']);
  }
  return { leastMillis: delay - spread, mostMillis: delay + spread };
}

export function readLaunch(reading: ScenarioReading): Scenario['launch'] {
  return {
    ...readDelay(reading, 'launch'),
    failShare: (readNumber(reading.document, ['launch', 'failPercent']) ?? 0) / 100,
  };
}

export function readBalance(reading: ScenarioReading): Micros {
  const value = readValue(reading.document, ['balance']);
  if (typeof value !== 'number' && typeof value !== 'string') return USUAL_BALANCE;
  const text = String(value);
  if (typeof value === 'number' && !/^\d+(\.\d{1,6})?$/.test(text))
    report(
      reading,
      ['balance'],
      [
        'value-wrong',
        `\`balance\` must be USDC with at most six decimals, but is ${text}.`,
        'Write it as 1000 or 1000.50.',
      ],
    );
  return parseUsdc(text) ?? USUAL_BALANCE;
}

/** Terminations at given times, and the mean days to one by chance. */
export function readTerminations(reading: ScenarioReading): Pick<Scenario, 'terminations' | 'meanDaysToTermination'> {
  const { document } = reading;
  const terminations: ScenarioTermination[] = [];
  let meanDays: number | undefined;
  for (const index of readList(document, ['terminations']).keys()) {
    const path = ['terminations', index];
    if (!isMappingAt(reading, path)) continue;
    const everyDays = readNumber(document, [...path, 'everyDays']);
    if (everyDays !== undefined) {
      const beside = ['at', 'vm', 'country', 'count'].find((key) => readValue(document, [...path, key]) !== undefined);
      if (beside !== undefined)
        report(
          reading,
          [...path, beside],
          [
            'termination-keys',
            `\`${beside}\` can't stand beside \`everyDays\`, which is by chance and about all VMs.`,
            'Make two entries.',
          ],
          'key',
        );
      if (meanDays !== undefined)
        report(reading, path, [
          'termination-twice',
          '`everyDays` stands in an earlier entry already.',
          'Keep one of them.',
        ]);
      meanDays = everyDays;
      continue;
    }
    if (readValue(document, [...path, 'everyDays']) !== undefined) continue;
    if (readValue(document, [...path, 'at']) === undefined)
      report(reading, path, [
        'termination-keys',
        'This termination says nowhere when.',
        'Add `at`, or alone `everyDays`.',
      ]);
    const at = readWithin(reading, [...path, 'at']);
    const country = readCountry(reading, [...path, 'country']);
    const vm = readText(document, [...path, 'vm']) ?? '*';
    if (at !== undefined) terminations.push({ at, vm, country, count: readNumber(document, [...path, 'count']) });
  }
  // The sort is stable: what is listed first at one instant happens first.
  return { terminations: terminations.sort((left, right) => left.at - right.at), meanDaysToTermination: meanDays };
}

/** Tells a VM that no offer fits: nothing says then what it costs and where it stands. */
function checkOffered(
  reading: ScenarioReading,
  path: DocumentPath,
  { country, configuration }: Pick<ScenarioVm, 'country' | 'configuration'>,
  offers: readonly ScenarioOffer[],
): void {
  const inCountry = offers.filter((offer) => country === undefined || offer.country === country);
  if (inCountry.length === 0) {
    const countries = [...new Set(offers.map((offer) => offer.country))];
    const hint = `Offers are in ${joinWords(countries, 'and')}.`;
    report(reading, [...path, 'country'], ['offer-missing', `No offer is in ${country!}.`, hint]);
  } else if (configuration !== undefined && !inCountry.some((offer) => offer.configuration === configuration)) {
    const slugs = [...new Set(inCountry.map((offer) => offer.configuration))];
    const where = country === undefined ? '' : ` in ${country}`;
    const hint = suggestWord(configuration, slugs, `There is ${joinWords(slugs, 'and')}.`);
    report(reading, [...path, 'configuration'], ['offer-missing', `No offer has ${configuration}${where}.`, hint]);
  }
}

function readVmTimes(
  reading: ScenarioReading,
  path: DocumentPath,
  clock: ScenarioClock | undefined,
): Pick<ScenarioVm, 'until' | 'paidUntil'> & { readonly at: Instant | undefined } {
  const { from, to, zone } = reading;
  const hasAt = readValue(reading.document, [...path, 'at']) !== undefined;
  const at = hasAt ? readMoment(reading, [...path, 'at']) : from;
  if (at !== undefined && to !== undefined && at >= to) readWithin(reading, [...path, 'at']);
  const until = readMoment(reading, [...path, 'until']);
  if (until !== undefined && at !== undefined && until <= at)
    report(
      reading,
      [...path, 'until'],
      ['span-backwards', '`until` must come after `at`.', 'Exchange them, or check the date.'],
    );
  else if (until !== undefined && from !== undefined && until <= from) {
    const message = `This VM is gone before the scenario begins (${formatMoment(from, zone)}).`;
    report(reading, [...path, 'until'], ['outside-span', message, 'Check the date, or take it out.']);
  }
  const paidUntil = readMoment(reading, [...path, 'paidUntil']);
  const paidPath = [...path, 'paidUntil'];
  if (paidUntil !== undefined && at !== undefined && paidUntil <= at)
    report(reading, paidPath, ['span-backwards', '`paidUntil` must come after `at`.', 'Check the date.']);
  else if (paidUntil !== undefined && clock?.kind === 'fixed' && paidUntil % DAY_MILLIS !== clock.timeOfDayMillis)
    report(reading, paidPath, [
      'value-wrong',
      'With a fixed clock every boundary is at its time of day.',
      'Leave it out.',
    ]);
  return { at, until, paidUntil };
}

/** `vms`, those that could be read; `offers` says what there is. */
export function readVms(
  reading: ScenarioReading,
  offers: readonly ScenarioOffer[],
  clock: ScenarioClock | undefined,
): readonly ScenarioVm[] {
  const { document } = reading;
  const vms: ScenarioVm[] = [];
  for (const index of readList(document, ['vms']).keys()) {
    const path = ['vms', index];
    if (!isMappingAt(reading, path)) continue;
    const name = readText(document, [...path, 'name']);
    const { at, until, paidUntil } = readVmTimes(reading, path, clock);
    const country = readCountry(reading, [...path, 'country']);
    const configuration = readConfiguration(reading, [...path, 'configuration']);
    if (offers.length > 0) checkOffered(reading, path, { country, configuration }, offers);
    const price = readPrice(reading, [...path, 'price']);
    if (name === undefined || at === undefined) continue;
    const twin = vms.find((vm) => vm.name === name && vm.at < (until ?? Infinity) && at < (vm.until ?? Infinity));
    if (twin !== undefined) {
      const message = `Another VM is named \`${name}\` at the same time.`;
      report(reading, [...path, 'name'], ['vm-twice', message, 'Give it another name, or let the other end before.']);
    }
    vms.push({ name, at, until, country, configuration, price, paidUntil });
  }
  return vms;
}
