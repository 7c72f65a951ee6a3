// A bar for each VM: its paid periods as blocks, what was paid beyond its end hatched, the call for its deletion and an end by the
// provider marked. Disks and IPs are not drawn; the table has what they cost with the rest.
import type { Instant } from '../../../core/types.js';
import type { Timeline, VmLife } from '../../../compose/backtests.js';
import { countOf, oneLine } from '../phrase.js';
import { chooseBars, countUnused, listPaidBlocks, listVmPeriods, type PolicyBars } from './choose-bars.js';
import { renderChart } from './chart-frame.js';
import { markup, type Markup } from './markup.js';
import { toIsoMinute } from './page-instant.js';
import { createScale, toPercent, type Scale } from './scale.js';
import { renderVmTable } from './vm-table.js';

const MOST_BARS = 200;
/** Of all VMs drawn; beyond it boundaries are left out. */
const MOST_BLOCKS = 4000;
/** A period shorter than this part of the chart can't be told from the next. */
const LEAST_BLOCK = 1 / 300;
/** Of the chart; less is no pixel. */
const LEAST_WIDTH = 0.0004;
const ROW_HEIGHT = 18;
const BAR_HEIGHT = 11;
const MOST_NAME = 18;
const TOLD_APART = 8;
const TALL_ROWS = 24;

type Row = { readonly vm: VmLife } | { readonly heading: string };

interface Drawing {
  readonly x: Scale;
  readonly isJoined: boolean;
  readonly from: Instant;
  readonly to: Instant;
}

/** In the middle: names of one fleet begin alike, what tells its members apart stands at their ends. */
function shorten(name: string): string {
  const characters = [...oneLine(name)];
  if (characters.length <= MOST_NAME) return characters.join('');
  return `${characters.slice(0, MOST_NAME - TOLD_APART - 1).join('')}…${characters.slice(-TOLD_APART).join('')}`;
}

function drawBlock(from: Instant, to: Instant, top: number, style: string, { x }: Drawing): Markup | false {
  const left = x.place(from);
  const width = x.place(to) - left;
  if (width < LEAST_WIDTH) return false;
  return markup`<rect class="${style}" x="${toPercent(left)}" y="${top}" width="${toPercent(width)}" height="${BAR_HEIGHT}"/>`;
}

function drawMark(at: Instant | undefined, sign: string, middle: number, { x, from, to }: Drawing): Markup | false {
  if (at === undefined || at < from || at > to) return false;
  return markup`<use href="#vms-${sign}" x="${toPercent(x.place(at))}" y="${middle}"/>`;
}

function describeEnd({ endedAt, endedBy }: VmLife): string {
  if (endedAt === undefined) return 'ran to the end';
  const how = { provider: 'ended by the provider', owner: 'deleted by its owner', deletion: 'deleted' } as const;
  return `${how[endedBy ?? 'deletion']} ${toIsoMinute(endedAt)}`;
}

function drawVm(vm: VmLife, top: number, drawing: Drawing): Markup {
  const { endedAt, endedBy } = vm;
  const inner = top + (ROW_HEIGHT - BAR_HEIGHT) / 2;
  const middle = top + ROW_HEIGHT / 2;
  const blocks = listPaidBlocks(vm, drawing.isJoined).map(({ from, to }) => {
    const end = endedAt === undefined ? to : Math.min(to, Math.max(from, endedAt));
    return [
      drawBlock(from, end, inner, drawing.isJoined ? 'paid thin' : 'paid', drawing),
      drawBlock(end, to, inner, 'unused', drawing),
    ];
  });
  const title = `${vm.name}: bought ${toIsoMinute(vm.createdAt)}, ${countOf(listVmPeriods(vm).length, 'period')} paid, ${describeEnd(vm)}`;
  return markup`<g><title>${title}</title><text class="name" x="-8" y="${middle + 4}">${shorten(vm.name)}</text>${blocks}${drawMark(endedBy === 'owner' ? endedAt : vm.deletionCalledAt, 'deletion', middle, drawing)}${endedBy === 'provider' && drawMark(endedAt, 'provider', middle, drawing)}</g>\n`;
}

function listRows(groups: readonly PolicyBars[]): readonly Row[] {
  if (groups.length === 1) return groups[0]!.drawn.map((vm) => ({ vm }));
  return groups.flatMap(({ policy, drawn, count }): Row[] => {
    const shown = drawn.length === count ? countOf(count, 'VM') : `${drawn.length} of ${countOf(count, 'VM')}`;
    return [{ heading: `${policy}: ${shown}` }, ...drawn.map((vm) => ({ vm }))];
  });
}

/** Whether periods are too short, or too many, to be told apart. */
function mustJoin(vms: readonly VmLife[], from: Instant, to: Instant): boolean {
  const periods = vms.flatMap(listVmPeriods);
  const paid = periods.reduce((sum, period) => sum + period.to - period.from, 0);
  return periods.length > MOST_BLOCKS || paid / Math.max(1, periods.length) < (to - from) * LEAST_BLOCK;
}

function describe(timeline: Timeline): string {
  const { vms } = timeline;
  const deleted = vms.filter(({ deletionCalledAt }) => deletionCalledAt !== undefined).length;
  const ended = vms.filter(({ endedBy }) => endedBy === 'provider').length;
  const periods = vms.reduce((sum, vm) => sum + listVmPeriods(vm).length, 0);
  const owned = vms.filter(({ endedBy }) => endedBy === 'owner').length;
  const byOwners = owned === 0 ? '' : ` ${owned} by ${owned === 1 ? 'its owner' : 'their owners'},`;
  return `${countOf(vms.length, 'VM')}, ${countOf(periods, 'paid period')}; ${deleted} deleted,${byOwners} ${ended} ended by the provider.`;
}

function listRemarks(timeline: Timeline, groups: readonly PolicyBars[], drawing: Drawing): readonly string[] {
  const drawn = groups.flatMap((group) => group.drawn);
  return [
    describe(timeline),
    ...(drawn.length < timeline.vms.length
      ? [`${drawn.length} of them are drawn, of each policy those that were bought first; the table has all.`]
      : []),
    ...(drawing.isJoined
      ? ['Periods that follow each other are drawn as one block: they are too short to be told apart.']
      : []),
    ...(drawn.some((vm) => listVmPeriods(vm).some(({ to }) => to > drawing.to))
      ? ['A bar that touches the right edge is paid beyond it.']
      : []),
  ];
}

/** The cross stands right of its instant: on it, it would hide the bar of a VM that lived for an hour. */
function renderDefinitions(): Markup {
  return markup`<pattern id="vms-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="unused-ground" width="5" height="5"/><rect class="unused-line" width="2" height="5"/></pattern><path id="vms-deletion" class="deletion" d="M2-4L10 4M10-4L2 4"/><path id="vms-provider" class="provider" d="M0-6L6 0L0 6L-6 0Z"/>`;
}

const LEGEND = markup`<ul class="legend"><li><span class="swatch paid"></span>paid period</li><li><span class="swatch unused"></span>paid beyond its end, for nothing</li><li><span class="sign deletion">✕</span>deletion called for (left of the cross)</li><li><span class="sign provider">◆</span>ended by the provider</li></ul>`;

export function renderVmChart(timeline: Timeline, policies: readonly string[], from: Instant, to: Instant): Markup {
  if (timeline.vms.length === 0) return markup`<p>No VM was rented.</p>`;
  const groups = chooseBars(timeline.vms, policies, MOST_BARS);
  const drawn = groups.flatMap((group) => group.drawn);
  const rows = listRows(groups);
  const drawing: Drawing = { x: createScale(from, to), isJoined: mustJoin(drawn, from, to), from, to };
  const marks = rows.map((row, index) =>
    'vm' in row
      ? drawVm(row.vm, index * ROW_HEIGHT, drawing)
      : markup`<text class="heading" x="4" y="${(index + 1) * ROW_HEIGHT - 5}">${row.heading}</text>`,
  );
  const chart = renderChart({
    id: 'vms',
    kind: 'vms',
    title: 'The paid life of each VM',
    description: `${toIsoMinute(from)} to ${toIsoMinute(to)}. ${describe(timeline)} ${countUnusedIn(timeline.vms)}`,
    span: { from, to },
    x: drawing.x,
    height: rows.length * ROW_HEIGHT,
    valueTicks: [],
    hasAxisAbove: rows.length > TALL_ROWS,
    definitions: renderDefinitions(),
    marks,
  });
  return markup`<figure class="long">
<figcaption><p>${listRemarks(timeline, groups, drawing).join(' ')}</p>${LEGEND}</figcaption>
${chart}
${renderVmTable(timeline.vms)}
</figure>`;
}

function countUnusedIn(vms: readonly VmLife[]): string {
  const count = vms.filter((vm) => countUnused(vm) > 0).length;
  return `${countOf(count, 'VM')} ${count === 1 ? 'was' : 'were'} paid beyond the end.`;
}
