// From when to when a scenario plays, in which zone, on which product and by which clock: what everything else in it counts by.
import { parseDuration } from '../../core/duration.js';
import { DAY_MILLIS, HOUR_MILLIS } from '../../core/money.js';
import type { ScenarioClock, ScenarioZone } from '../../core/scenario.js';
import type { Instant, Product } from '../../core/types.js';
import { compilePeriod } from '../calendar-period.js';
import { suggestZone } from '../suggest-zone.js';
import type { PlacedDocument } from '../placed-yaml.js';
import type { Problem } from '../problems.js';
import { readText, readValue } from '../read-value.js';
import { findZoneName, openZone } from '../zone.js';
import type { Zone } from '../zone.js';
import { readMoment, report } from './scenario-reading.js';
import type { ScenarioReading } from './scenario-reading.js';

const LONGEST_YEARS = 5;
const LONGEST_MILLIS = (LONGEST_YEARS * 365 + 2) * DAY_MILLIS;

function readZone(found: Pick<ScenarioReading, 'document' | 'problems'>): Zone {
  const text = readText(found.document, ['timezone']) ?? 'UTC';
  const name = findZoneName(text);
  if (name !== undefined) return openZone(name);
  report(found, ['timezone'], ['zone-unknown', `\`${text}\` is not an IANA zone.`, suggestZone(text)]);
  return openZone('UTC');
}

/** What a scenario keeps of its zone. */
export function keepZone(zone: Zone): ScenarioZone {
  const dayOf = compilePeriod(zone, 'day');
  const show = (at: Instant): string => new Date(zone.toLocal(at)).toISOString().slice(0, 16).replace('T', ' ');
  return {
    name: zone.name,
    show,
    dayAt: (at) => {
      const { from } = dayOf(at);
      return { from, date: show(from).slice(0, 10) };
    },
  };
}

function readEnd(reading: ScenarioReading): Instant | undefined {
  const { document, from } = reading;
  const has = (key: string): boolean => readValue(document, [key]) !== undefined;
  if (has('to') && has('for'))
    return report(
      reading,
      ['for'],
      ['span-keys', '`to` and `for` both say where this scenario ends.', 'Keep one of them.'],
      'key',
    );
  if (!has('to') && !has('for')) {
    const message = 'This scenario says nowhere where it ends.';
    const hint = 'Add `to`: a date or a time, or `for`: a duration such as 28d.';
    return report(reading, ['to'], ['key-missing', message, hint], 'key');
  }
  if (has('to')) return readMoment(reading, ['to']);
  const lasts = parseDuration(readText(document, ['for']) ?? '');
  return lasts === undefined || from === undefined ? undefined : from + lasts;
}

/** The reading that everything else is read with. Reports what is wrong with the span. */
export function beginReading(document: PlacedDocument): ScenarioReading {
  const problems: Problem[] = [];
  const zone = readZone({ document, problems });
  const product: Product = readValue(document, ['product']) === 'cloud' ? 'cloud' : 'marketplace';
  const open: ScenarioReading = { document, problems, zone, product, from: undefined, to: undefined };
  const from = readMoment(open, ['from']);
  const to = readEnd({ ...open, from });
  const key = readValue(document, ['to']) === undefined ? 'for' : 'to';
  if (from !== undefined && to !== undefined) {
    if (to <= from) {
      const hint = key === 'for' ? 'Write a longer duration.' : 'Exchange them, or check the year.';
      report(open, [key], ['span-backwards', '`to` must come after `from`.', hint]);
      return { ...open, from };
    }
    if (to - from > LONGEST_MILLIS) {
      report(
        open,
        [key],
        ['span-too-long', `A scenario lasts at most ${LONGEST_YEARS} years.`, 'Check the year, or play it in parts.'],
      );
      return { ...open, from };
    }
  }
  return { ...open, from, to };
}

const CLOCKS: Readonly<Record<Product, string>> = {
  marketplace: 'The marketplace has "rolling 24h" and "fixed HH:MM", such as "fixed 17:55".',
  cloud: 'The cloud has "rolling 1h" alone, so it may be left out.',
};

/** `clock`, or the product's usual one; undefined when it is wrong, which is told here or by the schema. */
export function readClock(reading: ScenarioReading): ScenarioClock | undefined {
  const path = ['clock'];
  const { document, product } = reading;
  const usual: ScenarioClock = { kind: 'rolling', periodMillis: product === 'cloud' ? HOUR_MILLIS : DAY_MILLIS };
  if (readValue(document, path) === undefined) return usual;
  const text = readText(document, path) ?? '';
  const [, rolling, hour, minute] = /^(?:rolling (1|24)h|fixed (\d{2}):(\d{2}))$/.exec(text) ?? [];
  if (rolling === undefined && hour === undefined)
    return report(reading, path, ['value-wrong', `\`${text}\` is not a clock.`, CLOCKS[product]]);
  const isOfProduct = product === 'cloud' ? rolling === '1' : rolling !== '1';
  if (!isOfProduct)
    return report(reading, path, ['clock-of-other-product', `The ${product} has no clock "${text}".`, CLOCKS[product]]);
  if (rolling !== undefined) return usual;
  if (Number(hour) > 23 || Number(minute) > 59)
    return report(reading, path, ['value-wrong', `\`${hour!}:${minute!}\` is not a time of day.`, CLOCKS[product]]);
  return { kind: 'fixed', timeOfDayMillis: Number(hour) * HOUR_MILLIS + Number(minute) * 60_000 };
}
