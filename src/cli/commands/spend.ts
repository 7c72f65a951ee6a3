// `purser spend`: what was paid and for what, what will be charged until when, and how long the money lasts. Changes nothing.
import type { Composition } from '../../compose.js';
import { PurserError } from '../../core/errors.js';
import { DAY_MILLIS } from '../../core/money.js';
import { parseDuration } from '../../core/duration.js';
import { VM_TALLY_DAYS } from '../../core/tallies.js';
import type { Instant } from '../../core/types.js';
import { listProcesses } from '../../scheduler/heartbeat.js';
import type { Look } from '../../scheduler/look.js';
import { accountOption, chooseAccounts } from '../choose-accounts.js';
import type { CommandContext, CommandModule } from '../command.js';
import { gatherSpend, type SpendQuery } from '../gather-spend.js';
import { lookAtAccounts } from '../look-at-accounts.js';
import { noteMissing } from '../note-missing.js';
import { readOptionText } from '../option-text.js';
import { parseInstant } from '../parse-instant.js';
import { formatDateTime } from '../render/format-instant.js';
import { renderSpend } from '../render/render-spend.js';
import type { SpendBy, SpendReport } from '../render/spend-report.js';
import { spendToJson } from '../render/spend-to-json.js';
import { withEngine } from '../with-engine.js';

const DEFAULT_UNTIL = DAY_MILLIS;
const LONGEST_UNTIL = 31 * DAY_MILLIS;

/** A duration is so long ago. */
function readPast(text: string | undefined, now: Instant): Instant | undefined {
  const ago = text === undefined ? undefined : parseDuration(text.replace(/^-/, ''));
  return ago === undefined ? parseInstant(text, now) : now - ago;
}

function readBy({ options }: Pick<CommandContext, 'options'>): SpendBy {
  const by = readOptionText({ options }, 'by') ?? 'policy';
  if (by === 'policy' || by === 'vm' || by === 'day') return by;
  throw new PurserError('option-invalid', `--by is policy, vm or day, not "${by}".`);
}

interface Span extends SpendQuery {
  readonly span: string;
}

function readQuery({ options }: Pick<CommandContext, 'options'>, now: Instant): Span {
  const date = new Date(now);
  const month = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  const given = { from: readOptionText({ options }, 'from'), to: readOptionText({ options }, 'to') };
  const from = readPast(given.from, now) ?? month;
  const to = readPast(given.to, now) ?? now;
  const until = parseInstant(options['until'], now) ?? now + DEFAULT_UNTIL;
  const by = readBy({ options });
  if (to <= from && !(to === now && from === month))
    throw new PurserError('option-invalid', '--to must lie after --from (default: the first of this month).');
  if (until <= now || until > now + LONGEST_UNTIL)
    throw new PurserError('option-invalid', '--until lies ahead, by 31 days at most.');
  const isDays = by === 'vm' || options['why'] === true;
  if (isDays && from < now - VM_TALLY_DAYS * DAY_MILLIS)
    throw new PurserError(
      'option-invalid',
      `By VM sums are kept for ${VM_TALLY_DAYS} days: say a later --from, or --by policy or day.`,
    );
  const isDefault = given.from === undefined && given.to === undefined;
  const range = `${formatDateTime(from)} to ${formatDateTime(to)}`;
  const whole = by === 'vm' ? '; days of UTC count whole' : '';
  const span = isDefault ? `this month (UTC): ${range}` : `${range}${whole}`;
  return { now, from, to, until, by, isWhy: options['why'] === true, span };
}

interface Looked {
  readonly looks: readonly Look[];
  readonly isWhole: boolean;
}

/** What was paid is told even where nobody can be asked. */
async function look(
  context: CommandContext,
  engine: Composition,
  policies: Parameters<typeof lookAtAccounts>[2],
): Promise<Looked> {
  let isWhole = true;
  const onMissing = (account: string, error: PurserError): void => {
    isWhole = false;
    noteMissing(context, account, error);
  };
  try {
    const looks = await lookAtAccounts(context, engine, policies, { onMissing, alwaysPrices: true });
    for (const { plan, observed } of looks) {
      if (plan.seen.state === 'complete') continue;
      isWhole = false;
      context.note(`The list of account ${plan.account} is not complete: ${observed.inventory.problems.join('; ')}`);
    }
    return { looks: looks.filter(({ plan }) => plan.seen.state !== 'failed'), isWhole };
  } catch (error) {
    if (!(error instanceof PurserError) || !error.code.startsWith('api-') || context.signal.aborted) throw error;
    context.note(`Nothing can be said of coming charges: ${error.message}`);
    return { looks: [], isWhole: false };
  }
}

const NO_POLICIES = { generation: 0, hash: '', fleets: [], reaps: [], orphans: [], isProtected: () => false };

async function report(
  context: CommandContext,
  engine: Composition,
): Promise<{ readonly told: SpendReport; readonly isWhole: boolean }> {
  const query = readQuery(context, engine.clock.now());
  const record = await engine.store.readGeneration();
  const set = record === undefined ? NO_POLICIES : engine.compile(record);
  const { looks, isWhole } = await look(context, engine, { set, record });
  const chosen = chooseAccounts(context.config(), context.options);
  const accounts = [];
  for (const { name } of chosen) {
    const seen = looks.find(({ plan }) => plan.account === name);
    accounts.push(await gatherSpend(engine, engine.accounts.get(name)!, seen, set, query));
  }
  const { freeze } = await engine.store.readHandles(chosen[0]!.name);
  const isFrozen = freeze !== undefined || engine.handles.readFrozenBy() !== undefined;
  const isUp = (await listProcesses(engine.store)).some(({ role }) => role === 'up' || role === 'scheduler');
  const { now: at, from, to, until, by, span } = query;
  return { told: { at, from, to, until, by, span, isFrozen, isUp, accounts }, isWhole };
}

export const command: CommandModule = {
  options: [
    ['--by <what>', 'one line each policy, vm or day', 'policy'],
    [
      '--from <instant>',
      'what was charged since then: ISO 8601, a date, or a duration ago such as 7d (default: the first of this month, UTC)',
    ],
    ['--to <instant>', 'up to here, this instant left out (default: now)'],
    ['--until <instant>', 'coming charges up to here: ISO 8601, or a duration from now (default: 24h)'],
    ['--why', 'each waste by itself: which VM, when, and why it was parked, idle or missed'],
    accountOption,
  ],
  example:
    'purser spend                         # this month by policy, and what the next 24 h will cost\npurser spend --by vm --from 7d --why  # the last week, and each waste with its reason',
  run(context) {
    return withEngine(
      context,
      async (engine) => {
        const { told, isWhole } = await report(context, engine);
        if (context.json) context.printJson(spendToJson(told));
        else context.print(renderSpend(told, { ...context.facts, now: told.at }));
        return isWhole ? 0 : 1;
      },
      { isQuiet: true, isUnnamedAllowed: true },
    );
  },
};
