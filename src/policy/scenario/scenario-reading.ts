// A scenario being read: its document, the span that its times count in, and the problems found so far. Times, prices and
// steps are read here, each with what a schema can't see; what is of a wrong form is undefined, and told.
import { parseDuration } from '../../core/duration.js';
import { convertCap, DAY_MILLIS, formatUsdc, HOUR_MILLIS, parseUsdc } from '../../core/money.js';
import type { Instant, Price, Product } from '../../core/types.js';
import { placeProblem } from '../placed-yaml.js';
import type { PlacedDocument } from '../placed-yaml.js';
import type { DocumentPath, Problem } from '../problems.js';
import { readList, readText, readValue } from '../read-value.js';
import type { Zone } from '../zone.js';
import { formatMoment, parseMoment } from './moment.js';

export interface ScenarioReading {
  readonly document: PlacedDocument;
  readonly problems: Problem[];
  readonly zone: Zone;
  readonly product: Product;
  /** undefined: wrong; what depends on it isn't checked then. */
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
}

/** Adds a problem about `path`; a code that begins with `warning-` is no error. */
export function report(
  reading: Pick<ScenarioReading, 'document' | 'problems'>,
  path: DocumentPath,
  [code, message, hint = '']: readonly [code: string, message: string, hint?: string],
  part: 'key' | 'value' = 'value',
): undefined {
  reading.problems.push(placeProblem(reading.document, path, { code, message, hint }, part));
}

/** Whether the part at `path` is a mapping; what isn't is told by the schema. */
export function isMappingAt(reading: ScenarioReading, path: DocumentPath): boolean {
  const value = readValue(reading.document, path);
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A time as written. undefined: none, or a wrong one, which is told. */
export function readMoment(reading: ScenarioReading, path: DocumentPath): Instant | undefined {
  const text = readText(reading.document, path);
  if (text === undefined) return undefined;
  const after = text.startsWith('+') ? parseDuration(text.slice(1)) : undefined;
  if (after !== undefined) {
    if (path.length > 1) return reading.from === undefined ? undefined : reading.from + after;
    return report(reading, path, ['time-wrong', `\`${text}\` counts from \`from\`.`, 'Write a date or a time here.']);
  }
  const moment = text.includes(' ') ? undefined : parseMoment(text, reading.zone);
  if (moment === undefined) {
    const isSpaced = parseMoment(text, reading.zone) !== undefined;
    const hint = isSpaced
      ? `Write ${text.replace(' ', 'T')}.`
      : 'Write a date or a time that exists, such as 2026-11-10T08:00 or 2026-11-10T08:00Z, or +36h after `from`.';
    return report(reading, path, ['time-wrong', `\`${text}\` is not a time.`, hint]);
  }
  if (moment.kind !== 'plain') {
    const { name } = reading.zone;
    const shown = formatMoment(moment.at, reading.zone);
    const message =
      moment.kind === 'gap'
        ? `The clock in ${name} skips ${text}; ${shown} is taken.`
        : `The clock in ${name} shows ${text} twice; the first, ${shown}, is taken.`;
    report(reading, path, [`warning-time-${moment.kind}`, message, `Write ${shown}, if that is meant.`]);
  }
  return moment.at;
}

/** A time of [from, to); others are told. */
export function readWithin(reading: ScenarioReading, path: DocumentPath): Instant | undefined {
  const at = readMoment(reading, path);
  const { from, to, zone } = reading;
  if (at === undefined || from === undefined || to === undefined) return at;
  if (at >= to)
    report(reading, path, [
      'outside-span',
      `This is not before the end of the scenario (${formatMoment(to, zone)}), so it never happens.`,
      'Check the date, or take it out.',
    ]);
  if (at < from)
    report(reading, path, [
      'outside-span',
      `This is before the scenario begins (${formatMoment(from, zone)}).`,
      'Check the date, or take it out.',
    ]);
  return at;
}

const PRICE = /^([0-9]{1,9}(?:\.[0-9]{1,6})?|\.[0-9]{1,6}) ?\/ ?(hour|day)$/;
const DRESSED = /^\$? ?(\d{0,9}(?:\.\d{1,6})?) ?(?:USDC|USD|\$)? ?(?:\/|per) ?(h|hr|hour|d|day)$/i;

/** A price by the product's own unit. `least`: parts may cost nothing, VMs not. */
export function readPrice(reading: ScenarioReading, path: DocumentPath, mayBeNothing = false): Price | undefined {
  const unit = reading.product === 'cloud' ? 'hour' : 'day';
  const periodMillis = unit === 'hour' ? HOUR_MILLIS : DAY_MILLIS;
  const value = readValue(reading.document, path);
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : undefined;
  if (text === undefined) return undefined;
  if (/^\$?\d*\.?\d+( ?(USDC?|USD|\$))?$/i.test(text)) {
    const number = text.replaceAll(/[^\d.]/g, '');
    return report(reading, path, [
      'price-without-unit',
      `\`${text}\` says not for how long.`,
      `Write ${number}/${unit}.`,
    ]);
  }
  const match = PRICE.exec(text);
  if (match === null) {
    const dressed = DRESSED.exec(text);
    if (dressed === null) return undefined;
    const message = `\`${text}\` is not how a price is written here: USDC is meant always.`;
    const written = dressed[2]!.toLowerCase().startsWith('d') ? 'day' : 'hour';
    return report(reading, path, ['price-form', message, `Write ${dressed[1]!}/${written}.`]);
  }
  const amount = parseUsdc(match[1]!) ?? 0n;
  if (match[2] !== unit) {
    const converted = convertCap({ amount, periodMillis: unit === 'hour' ? DAY_MILLIS : HOUR_MILLIS }, periodMillis);
    const message = `The ${reading.product} charges by the ${unit}, and this is a price by the ${match[2]!}.`;
    return report(reading, path, ['price-period', message, `Write ${formatUsdc(converted.amount)}/${unit}.`]);
  }
  if (amount === 0n && !mayBeNothing)
    return report(reading, path, ['value-wrong', 'Nothing is offered for nothing.', 'Write what one VM costs.']);
  return { amount, periodMillis };
}

/** Tells a time that doesn't come after the one before it. */
export function checkOrder(
  reading: ScenarioReading,
  path: DocumentPath,
  at: Instant | undefined,
  before: Instant | undefined,
): void {
  if (at === undefined || before === undefined || at > before) return;
  const how = at === before ? 'is the same as' : 'lies before';
  report(reading, path, [
    'times-unsorted',
    `This time ${how} that of the entry before it.`,
    at === before ? 'Keep one of them.' : 'List them by time.',
  ]);
}

/** The steps at `path`, those that could be read. `build` reads the rest of a step. */
export function readSteps<Value>(
  reading: ScenarioReading,
  path: DocumentPath,
  build: (entry: DocumentPath) => Value | undefined,
): readonly { readonly at: Instant; readonly value: Value }[] {
  const steps: { at: Instant; value: Value }[] = [];
  let before: Instant | undefined;
  for (const index of readList(reading.document, path).keys()) {
    const entry = [...path, index];
    if (!isMappingAt(reading, entry)) continue;
    const isLeftOut = readValue(reading.document, [...entry, 'at']) === undefined;
    if (isLeftOut && index > 0)
      report(
        reading,
        [...entry, 'at'],
        [
          'key-missing',
          `\`at\` is missing; only the first step may leave it out.`,
          'Add the time from when on it holds.',
        ],
        'key',
      );
    const at = isLeftOut ? (index === 0 ? reading.from : undefined) : readMoment(reading, [...entry, 'at']);
    checkOrder(reading, [...entry, 'at'], at, before);
    if (at !== undefined && reading.to !== undefined && at >= reading.to) readWithin(reading, [...entry, 'at']);
    before = at ?? before;
    const value = build(entry);
    if (at !== undefined && value !== undefined) steps.push({ at, value });
  }
  return steps;
}
