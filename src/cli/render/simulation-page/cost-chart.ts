// What each follower had paid by when: step lines that are labelled at their ends, and the lower bound to measure them by.
import { formatUsdc } from '../../../core/money.js';
import type { Instant, Micros } from '../../../core/types.js';
import type { BacktestReport, FollowerName, Timeline } from '../../../compose/backtests.js';
import { labelBase, labelOther, shortenSides, type ComparedSimulation } from '../compared-sides.js';
import { countOf } from '../phrase.js';
import { PATH_WIDTH, renderChart } from './chart-frame.js';
import { renderTableUnder } from './data-table.js';
import { markup, type Markup } from './markup.js';
import { toIsoMinute } from './page-instant.js';
import { createScale, listValueTicks, type Scale } from './scale.js';
import { spreadLabels } from './spread-labels.js';
import { drawStepLine } from './step-path.js';
import { thinSeries, type SeriesPoint } from './thin-series.js';

const HEIGHT = 300;
const COLUMNS = 480;
const MOST_ROWS = 1500;
const LABEL_APART = 17;
/** Of a label at a line's end. */
const MOST_LETTERS = 12;

interface Curve {
  readonly name: string;
  /** At the line's end, where there is little room; undefined: the name. */
  readonly short?: string;
  /** Of its colour and dashes. */
  readonly style: string;
  readonly points: readonly { readonly at: Instant; readonly paid: Micros }[];
}

const STYLES: Readonly<Record<FollowerName, string>> = {
  purser: 'purser',
  immediate: 'immediate',
  lastMinutes: 'last-minutes',
  neverDelete: 'never-delete',
};

function listCurves({ paid }: Timeline, compared: ComparedSimulation | undefined): readonly Curve[] {
  const other = compared?.report.timeline?.paid.get('purser');
  const isCompared = compared !== undefined && other !== undefined;
  const [ownShort, otherShort] = compared === undefined ? ['', ''] : shortenSides(compared, MOST_LETTERS);
  const curves = (Object.keys(STYLES) as FollowerName[]).map((name): Curve => {
    const curve = { style: STYLES[name], points: paid.get(name) ?? [] };
    if (name !== 'purser') return { name, ...curve };
    if (!isCompared) return { name: 'Purser', ...curve };
    return { name: `Purser ${labelBase(compared)}`, short: ownShort, ...curve };
  });
  if (!isCompared) return curves;
  const name = `Purser ${labelOther(compared)}`;
  return [...curves, { name, short: otherShort, style: 'other', points: other }];
}

function toSeries({ points }: Curve, from: Instant): readonly SeriesPoint[] {
  const series = points.map(({ at, paid }) => ({ at, value: Number(paid) }));
  return series[0]?.at === from ? series : [{ at: from, value: 0 }, ...series];
}

function paidOf({ points }: Curve): Micros {
  return points.at(-1)?.paid ?? 0n;
}

/** Reads a curve at instants that ascend from call to call. */
function readAlong({ points }: Curve): (at: Instant) => Micros {
  let next = 0;
  return (at) => {
    while (next < points.length && points[next]!.at <= at) next += 1;
    return points[next - 1]?.paid ?? 0n;
  };
}

function renderTable(curves: readonly Curve[], { from, to }: BacktestReport): Markup {
  const instants = [...new Set(curves.flatMap(({ points }) => points.map(({ at }) => at)))].sort((a, b) => a - b);
  const all = instants.map((at) => ({ at }));
  const shown = thinSeries(all, { from, to, columns: MOST_ROWS / 2 }, [({ at }) => at]);
  const readers = curves.map(readAlong);
  const summary =
    shown.length === all.length
      ? `Table: ${countOf(all.length, 'instant')} with a charge`
      : `Table: ${shown.length} of ${all.length} instants with a charge (of each stretch of time the first and the last)`;
  return renderTableUnder(summary, {
    caption: 'What each follower had paid up to and with each instant, in USDC (UTC)',
    columns: [{ title: 'At' }, ...curves.map(({ name }) => ({ title: name, isFigure: true }))],
    rows: shown.map(({ at }) => [toIsoMinute(at), ...readers.map((read) => formatUsdc(read(at)))]),
  });
}

interface End {
  readonly name: string;
  readonly short?: string | undefined;
  readonly style: string;
  readonly paid: Micros;
}

function renderLabels(ends: readonly End[], y: Scale): readonly Markup[] {
  const wished = ends.map(({ paid }) => (1 - y.place(Number(paid))) * HEIGHT);
  const places = spreadLabels(wished, LABEL_APART, HEIGHT);
  return ends.map(({ name, short = name, style, paid }, index) => {
    const place = places[index]!.toFixed(1);
    return markup`<line class="leader" x1="2" y1="${wished[index]!.toFixed(1)}" x2="12" y2="${place}"/><text class="end ${style}" x="15" y="${place}" dy="4">${short} <tspan class="amount">${formatUsdc(paid)}</tspan></text>`;
  });
}

function describe(ends: readonly End[]): string {
  return `${ends.map(({ name, paid }) => `${name} ${formatUsdc(paid)}`).join(', ')} USDC.`;
}

/** What is drawn in thousands of points is the picture of more: the table says of how many. */
export function renderCostChart(
  report: BacktestReport,
  timeline: Timeline,
  compared: ComparedSimulation | undefined,
): Markup {
  const { from, to, lowerBound } = report;
  const curves = listCurves(timeline, compared);
  const ends: readonly End[] = [
    ...curves.map((curve) => ({ name: curve.name, short: curve.short, style: curve.style, paid: paidOf(curve) })),
    { name: 'lower bound', style: 'bound', paid: lowerBound.total },
  ];
  const highest = ends.reduce((most, { paid }) => Math.max(most, Number(paid)), 0);
  const ticks = listValueTicks(highest, 6, 1);
  const y = createScale(0, ticks.at(-1)!);
  const x = createScale(from, to);
  const box = { x, y, width: PATH_WIDTH, height: HEIGHT, digits: 1 };
  const bound = ((1 - y.place(Number(lowerBound.total))) * HEIGHT).toFixed(1);
  const lines = curves.map((curve) => {
    const drawn = thinSeries(toSeries(curve, from), { from, to, columns: COLUMNS }, [({ value }) => value]);
    return markup`<path class="curve ${curve.style}" d="${drawStepLine(drawn, box)}"/>`;
  });
  const chart = renderChart({
    id: 'cost',
    kind: 'cost',
    title: 'What each follower had paid by when',
    description: `${toIsoMinute(from)} to ${toIsoMinute(to)}. At the end: ${describe(ends)}`,
    span: { from, to },
    x,
    height: HEIGHT,
    valueTicks: ticks.map((value) => ({ place: y.place(value), label: `${value / 1_000_000}` })),
    // Purser's own line is drawn last, over the others.
    paths: [...lines.slice(1), ...lines.slice(0, 1)],
    marks: [markup`<line class="curve bound" x1="0" x2="100%" y1="${bound}" y2="${bound}"/>`],
    labels: renderLabels(ends, y),
  });
  const legend = ends.map(
    ({ name, style, paid }) => markup`<li><span class="swatch ${style}"></span>${name}: ${formatUsdc(paid)}</li>`,
  );
  return markup`<figure>
<figcaption><p>USDC paid by then, whole periods in advance; each line ends at its total. The lower bound is a total, not a curve.</p><ul class="legend">${legend}</ul></figcaption>
${chart}
${renderTable(curves, report)}
</figure>`;
}
