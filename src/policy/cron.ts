// Cron texts -> the days and minutes they name on a calendar without zones. croner reads the pattern; when a local time
// becomes an instant is zone.ts's business, since croner skips or repeats times at daylight-saving edges.
import { CronPattern } from 'croner';
import { DAY_MILLIS } from '../core/money.js';

export interface CronTimes {
  readonly text: string;
  /** Minutes since local midnight, ascending. */
  readonly minutes: readonly number[];
  /** Whether it fires on that local day (days since the epoch). */
  readonly matchesDay: (day: number) => boolean;
}

interface CronProblem {
  readonly code: 'cron-wrong' | 'cron-beyond-language' | 'cron-never-fires';
  readonly message: string;
  readonly hint: string;
}

/** The rarest date, 29 February, may be eight years away (around 2100): so far one has to look for any cron's next day. */
export const FURTHEST_CRON_DAYS = 8 * 366;

interface FieldRule {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly words: readonly string[];
}

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const WEEKDAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ');
const FIELDS: readonly FieldRule[] = [
  { name: 'minute', least: 0, most: 59, words: [] },
  { name: 'hour', least: 0, most: 23, words: [] },
  { name: 'day of month', least: 1, most: 31, words: [] },
  { name: 'month', least: 1, most: 12, words: MONTHS },
  { name: 'day of week', least: 0, most: 7, words: WEEKDAYS },
];
const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

function wrong(message: string, hint = ''): CronProblem {
  return { code: 'cron-wrong', message, hint };
}

function beyond(message: string, hint: string): CronProblem {
  return { code: 'cron-beyond-language', message, hint };
}

/** The number that a field's text means; undefined when it means none. Names count from the field's least value. */
function readValue(text: string, rule: FieldRule): number | undefined {
  const index = rule.words.indexOf(text.toUpperCase());
  if (index >= 0) return index + (rule.name === 'month' ? 1 : 0);
  return /^\d{1,2}$/.test(text) ? Number(text) : undefined;
}

function checkRange(from: string, to: string, rule: FieldRule): CronProblem | undefined {
  const [low, high] = [readValue(from, rule)!, readValue(to, rule)!];
  // FRI-SUN: Sunday is 7 as well as 0.
  if (low <= (rule.name === 'day of week' && high === 0 ? 7 : high)) return undefined;
  return wrong(
    `The ${rule.name} range \`${from}-${to}\` runs backwards.`,
    `Write it as two: \`${from}-${rule.name === 'day of week' ? 'SAT' : rule.most},${rule.words[0] ?? rule.least}-${to}\`.`,
  );
}

function withArticle(name: string): string {
  return `${name === 'hour' ? 'an' : 'a'} ${name}`;
}

function checkItem(item: string, rule: FieldRule): CronProblem | undefined {
  const withoutNames = rule.words.reduce((text, word) => text.replaceAll(word, ''), item.toUpperCase());
  if (/[LW#?]/.test(withoutNames))
    return beyond(
      `L, W, # and ? are not part of the cron language here (\`${item}\`).`,
      'Use numbers, names, ranges, lists and steps.',
    );
  const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(item);
  if (match === null)
    return wrong(
      `\`${item}\` is not ${withArticle(rule.name)}.`,
      `Use ${rule.least} to ${rule.most}, *, ranges, lists and steps.`,
    );
  const [, star, from, to, step] = match;
  for (const text of [from, to]) {
    if (text === undefined) continue;
    const value = readValue(text, rule);
    if (value !== undefined && value >= rule.least && value <= rule.most) continue;
    const names = rule.words.length === 0 ? '' : ` or ${rule.words[0]!} to ${rule.words.at(-1)!}`;
    return wrong(`\`${text}\` is not ${withArticle(rule.name)}.`, `Use ${rule.least} to ${rule.most}${names}.`);
  }
  if (step !== undefined && (Number(step) < 1 || Number(step) > rule.most))
    return wrong(`The step \`/${step}\` does not fit the ${rule.name}.`, `Use 1 to ${rule.most}.`);
  if (step !== undefined && star === undefined && to === undefined)
    return wrong(`A step needs a range or *: \`${item}\`.`, `Write \`${from}-${rule.most}/${step}\`.`);
  return from === undefined || to === undefined ? undefined : checkRange(from, to, rule);
}

function checkFields(text: string): CronProblem | undefined {
  if (text.startsWith('@')) {
    const same = NICKNAMES[text.toLowerCase()];
    return beyond(
      `Nicknames such as \`${text}\` are not part of the cron language here.`,
      same === undefined ? 'Write five fields.' : `Write \`${same}\`.`,
    );
  }
  const fields = text.split(/\s+/);
  if (fields.length === 6 || fields.length === 7)
    return beyond(
      `This cron has ${fields.length} fields; it takes five, without seconds and years.`,
      'Write minute, hour, day of month, month, day of week.',
    );
  if (fields.length !== 5)
    return wrong(
      `This cron has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'}, not five.`,
      'Write minute, hour, day of month, month, day of week, such as "0 8 * * MON-FRI".',
    );
  for (const [index, field] of fields.entries()) {
    for (const item of field.split(',')) {
      const problem = checkItem(item, FIELDS[index]!);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

/** Positions of the values that a croner field allows. */
function listAllowed(values: readonly number[]): number[] {
  return values.flatMap((value, index) => (value === 0 ? [] : [index]));
}

/** Reads a cron of five fields; a problem when it isn't one, goes beyond the language, or never fires. */
export function readCron(text: string): { readonly cron: CronTimes } | { readonly problem: CronProblem } {
  const trimmed = text.trim();
  const problem = checkFields(trimmed);
  if (problem !== undefined) return { problem };
  let pattern: CronPattern;
  try {
    pattern = new CronPattern(trimmed, undefined, { mode: '5-part' });
  } catch (error) {
    return {
      problem: wrong(`\`${text}\` can't be read as a cron: ${error instanceof Error ? error.message : String(error)}.`),
    };
  }
  const [, , dayOfMonthText, , dayOfWeekText] = trimmed.split(/\s+/);
  const anyDayOfMonth = dayOfMonthText === '*';
  const anyDayOfWeek = dayOfWeekText === '*';
  const hours = listAllowed(pattern.hour);
  const minutesOfHour = listAllowed(pattern.minute);
  const matchesDay = (day: number): boolean => {
    const date = new Date(day * DAY_MILLIS);
    if (pattern.month[date.getUTCMonth()] === 0) return false;
    const dayOfMonth = pattern.day[date.getUTCDate() - 1] !== 0;
    const dayOfWeek = pattern.dayOfWeek[date.getUTCDay()] !== 0;
    return anyDayOfMonth || anyDayOfWeek ? dayOfMonth && dayOfWeek : dayOfMonth || dayOfWeek;
  };
  // Any eight years from 1996 on hold every date that there is.
  const start = Date.UTC(1996, 0, 1) / DAY_MILLIS;
  let fires = false;
  for (let day = start; day < start + FURTHEST_CRON_DAYS && !fires; day += 1) fires = matchesDay(day);
  if (!fires) {
    const message = `\`${text}\` never fires: no month that it allows has such a day.`;
    return { problem: { code: 'cron-never-fires', message, hint: 'Name a day of month that exists, such as 28.' } };
  }
  return {
    cron: { text, minutes: hours.flatMap((hour) => minutesOfHour.map((minute) => hour * 60 + minute)), matchesDay },
  };
}

/** Whether a text looks as if a cron was meant, rather than a date. */
export function isCronLike(text: string): boolean {
  return text.startsWith('@') || /\s/.test(text.trim()) || !/^\d{4}-/.test(text);
}
