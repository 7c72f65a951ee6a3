// Lines of a plan: a mark, what is done to what, details, money, and the reason beneath. Layout only; what they say is
// decided in plan-actions.ts and plan-holds.ts.
import { formatUsdc } from '../../core/money.js';
import type { Micros } from '../../core/types.js';
import { paint } from './paint.js';
import type { Style } from './paint.js';
import { wrapText } from './phrase.js';
import { padToWidth, widthOf } from './text-width.js';
import type { RenderFacts } from './render-facts.js';

export interface PlanLine {
  readonly mark: '+' | '-' | '~';
  /** `deploy 1`, `delete ci-build-07`. */
  readonly head: string;
  /** Heads with a name are longer than those with a count: the two are aligned apart. */
  readonly named: boolean;
  readonly detail: string;
  readonly money: { readonly verb: '' | 'avoids'; readonly amount: Micros; readonly tail: string } | undefined;
  readonly beneath: readonly string[];
}

/** The columns that all lines of a plan share. */
export interface PlanColumns {
  /** Where the verb of the money begins. */
  readonly verb: number;
  readonly verbWidth: number;
  readonly amountWidth: number;
}

const STYLES: Readonly<Record<PlanLine['mark'], Style>> = { '+': 'added', '-': 'removed', '~': 'held' };

/** Reasons stand at this column, and so do the details behind a count. */
const REASON_COLUMN = 15;

/** A detail that ends further right doesn't move everybody's money. */
const FURTHEST_VERB = 64;

function measureHead(line: PlanLine): number {
  return 4 + widthOf(line.head);
}

function detailColumn(line: PlanLine, block: readonly PlanLine[]): number {
  const kin = block.filter((other) => other.named === line.named);
  const longest = Math.max(...kin.map(measureHead));
  return line.named ? longest + 3 : Math.max(REASON_COLUMN, longest + 2);
}

/** Finds the common columns of all blocks of an account. */
export function alignPlanLines(blocks: readonly (readonly PlanLine[])[]): PlanColumns {
  let verb = 0;
  let verbWidth = 0;
  let amountWidth = 0;
  for (const block of blocks) {
    for (const line of block) {
      if (line.money === undefined) continue;
      const end = detailColumn(line, block) + widthOf(line.detail) + 3;
      if (end <= FURTHEST_VERB) verb = Math.max(verb, end);
      verbWidth = Math.max(verbWidth, line.money.verb === '' ? 0 : line.money.verb.length + 1);
      amountWidth = Math.max(amountWidth, formatUsdc(line.money.amount).length);
    }
  }
  return { verb, verbWidth, amountWidth };
}

/** One block's lines, painted. */
export function renderPlanLines(block: readonly PlanLine[], columns: PlanColumns, facts: RenderFacts): string[] {
  return block.flatMap((line) => {
    const head = `${line.mark} ${line.head}`;
    const start = detailColumn(line, block);
    const lead = `  ${paint(head, STYLES[line.mark], facts.colours)}${' '.repeat(start - measureHead(line))}`;
    const beneath = line.beneath.flatMap((text) => {
      const [first = '', ...more] = wrapText(text, facts.width, REASON_COLUMN, REASON_COLUMN);
      return [' '.repeat(REASON_COLUMN) + first, ...more];
    });
    if (line.money === undefined) {
      const [first = '', ...more] = wrapText(line.detail, facts.width, start, REASON_COLUMN);
      return [(lead + first).trimEnd(), ...more, ...beneath];
    }
    const detail = padToWidth(line.detail, Math.max(columns.verb - start, widthOf(line.detail) + 3));
    const verb = line.money.verb.padEnd(columns.verbWidth);
    const amount = formatUsdc(line.money.amount).padStart(columns.amountWidth);
    const money = `${verb}${amount} ${line.money.tail}`;
    if (facts.width !== undefined && start + widthOf(detail) + money.length > facts.width)
      return [lead + line.detail, ' '.repeat(REASON_COLUMN) + money.trimStart(), ...beneath];
    return [lead + detail + money, ...beneath];
  });
}
