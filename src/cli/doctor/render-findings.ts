// What `doctor` prints: one line a finding, and the mend below it.
import { paint, type Style } from '../render/paint.js';
import { countOf, oneLine, wrapText } from '../render/phrase.js';
import type { RenderFacts } from '../render/render-facts.js';
import type { Finding } from './finding.js';

const STYLES: Readonly<Record<Finding['state'], Style>> = { ok: 'added', note: 'held', problem: 'alarm' };
const STATE_WIDTH = 'problem'.length;

export function renderFindings(
  findings: readonly Finding[],
  { width, colours }: Pick<RenderFacts, 'width' | 'colours'>,
): string {
  const wide = Math.max(...findings.map(({ check }) => check.length));
  const indent = STATE_WIDTH + wide + 4;
  const lines = findings.flatMap(({ check, state, text, mend }) => {
    const [first = '', ...more] = wrapText(oneLine(text), width, indent, indent);
    const head = `${paint(state.padEnd(STATE_WIDTH), STYLES[state], colours)}  ${check.padEnd(wide)}  ${first}`;
    const [cure, ...rest] = mend === undefined ? [] : wrapText(`-> ${oneLine(mend)}`, width, indent, indent + 3);
    return [head, ...more, ...(cure === undefined ? [] : [' '.repeat(indent) + cure, ...rest])];
  });
  const problems = findings.filter(({ state }) => state === 'problem').length;
  const notes = findings.filter(({ state }) => state === 'note').length;
  const noted = notes === 0 ? '' : `, ${countOf(notes, 'note')}`;
  const closing = problems === 0 ? `Nothing is wrong${noted}.` : `${countOf(problems, 'problem')}${noted}.`;
  return [...lines, '', paint(closing, problems === 0 ? 'added' : 'alarm', colours)].join('\n');
}

export function findingsToJson(findings: readonly Finding[]) {
  return { ok: findings.every(({ state }) => state !== 'problem'), findings: [...findings] };
}
