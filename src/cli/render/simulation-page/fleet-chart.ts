// One fleet over time: how many were wanted (a line), how many ran (an area), and how many of these were parked (hatched).
import type { Instant } from '../../../core/types.js';
import type { FleetPoint } from '../../../compose/backtests.js';
import { countOf } from '../phrase.js';
import { PATH_WIDTH, renderChart } from './chart-frame.js';
import { renderTableUnder } from './data-table.js';
import { markup, type Markup } from './markup.js';
import { toIsoMinute } from './page-instant.js';
import { createScale, listValueTicks } from './scale.js';
import { drawStepArea, drawStepLine, type PathBox } from './step-path.js';
import { thinSeries, type SeriesPoint } from './thin-series.js';

const HEIGHT = 180;
const MOST_COLUMNS = 480;
/** Beyond it a thick line would hide what it crosses. */
const MANY_POINTS = 250;
/** For all fleets together. */
const MOST_ROWS = 4000;

export interface FleetChartInput {
  readonly id: string;
  readonly name: string;
  readonly points: readonly FleetPoint[];
  readonly from: Instant;
  readonly to: Instant;
  /** On the same page: the more there are, the coarser is each. */
  readonly fleets: number;
}

const MEASURES = [
  ({ wanted }: FleetPoint) => wanted,
  ({ running }: FleetPoint) => running,
  ({ parked }: FleetPoint) => parked,
];

function highestOf(points: readonly FleetPoint[], measure: (point: FleetPoint) => number): number {
  return points.reduce((highest, point) => Math.max(highest, measure(point)), 0);
}

function toSeries(points: readonly FleetPoint[], measure: (point: FleetPoint) => number): readonly SeriesPoint[] {
  return points.map((point) => ({ at: point.at, value: measure(point) }));
}

function describe(points: readonly FleetPoint[]): string {
  const lowest = points.reduce((least, { wanted }) => Math.min(least, wanted), points[0]?.wanted ?? 0);
  const [wanted = 0, running = 0, parked = 0] = MEASURES.map((measure) => highestOf(points, measure));
  const span = lowest === wanted ? `${wanted} throughout` : `${lowest} to ${wanted}`;
  return `Wanted: ${span}. Running: at most ${running}. Parked: ${parked === 0 ? 'never any' : `at most ${parked}`}.`;
}

function renderTable({ name, points, from, to, fleets }: FleetChartInput): Markup {
  const columns = Math.floor(Math.max(200, MOST_ROWS / fleets) / 7);
  const shown = thinSeries(points, { from, to, columns }, MEASURES);
  const isWhole = shown.length === points.length;
  const summary = isWhole
    ? `Table: ${countOf(points.length, 'change')}`
    : `Table: ${shown.length} of ${points.length} changes (of each stretch of time the lowest, the highest and the last)`;
  return renderTableUnder(summary, {
    caption: `${name}: wanted, running and parked from each instant on (UTC)`,
    columns: [
      { title: 'From' },
      { title: 'Wanted', isFigure: true },
      { title: 'Running', isFigure: true },
      { title: 'Of these parked', isFigure: true },
    ],
    rows: shown.map(({ at, wanted, running, parked }) => [toIsoMinute(at), `${wanted}`, `${running}`, `${parked}`]),
  });
}

const LEGEND = markup`<ul class="legend"><li><span class="swatch wanted"></span>wanted (line)</li><li><span class="swatch running"></span>running (area)</li><li><span class="swatch parked"></span>of these parked (hatched)</li></ul>`;

export function renderFleetChart(input: FleetChartInput): Markup {
  const { id, name, points, from, to, fleets } = input;
  const columns = fleets <= 4 ? MOST_COLUMNS : MOST_COLUMNS / 2;
  const drawn = thinSeries(points, { from, to, columns }, MEASURES);
  const ticks = listValueTicks(Math.max(...MEASURES.map((measure) => highestOf(points, measure))), 5, 1);
  const y = createScale(0, ticks.at(-1)!);
  const x = createScale(from, to);
  const box: PathBox = { x, y, width: PATH_WIDTH, height: HEIGHT, digits: 1 };
  // The hatched band is cut out of a rectangle by fractions of it: a pattern in the stretched part would be stretched too.
  const unit: PathBox = { ...box, width: 1, height: 1, digits: 4 };
  const running = toSeries(drawn, ({ running }) => running);
  const serving = toSeries(drawn, ({ running, parked }) => running - parked);
  const chart = renderChart({
    id,
    kind: 'fleet',
    title: `${name}: wanted, running and parked VMs`,
    description: `${toIsoMinute(from)} to ${toIsoMinute(to)}. ${describe(points)}`,
    span: { from, to },
    x,
    height: HEIGHT,
    valueTicks: ticks.map((value) => ({ place: y.place(value), label: `${value}` })),
    definitions: markup`<pattern id="${id}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-ground" width="6" height="6"/><rect class="hatch-line" width="2.5" height="6"/></pattern><clipPath id="${id}-band" clipPathUnits="objectBoundingBox"><path d="${drawStepArea(running, unit, serving)}"/></clipPath>`,
    paths: [
      markup`<path class="running" d="${drawStepArea(running, box)}"/>`,
      markup`<path class="running-edge" d="${drawStepLine(running, box)}"/>`,
    ],
    marks: [
      markup`<rect width="100%" height="${HEIGHT}" fill="url(#${id}-hatch)" clip-path="url(#${id}-band)"/>`,
      markup`<svg viewBox="0 0 ${PATH_WIDTH} ${HEIGHT}" preserveAspectRatio="none" width="100%" height="${HEIGHT}"><path class="${drawn.length > MANY_POINTS ? 'wanted dense' : 'wanted'}" d="${drawStepLine(
        toSeries(drawn, ({ wanted }) => wanted),
        box,
      )}"/></svg>`,
    ],
  });
  return markup`<figure><h3>${name}</h3>
<figcaption><p>${describe(points)}${drawn.length < points.length && markup` Drawn coarsely: of each stretch of time the lowest, the highest and the last.`}</p>${LEGEND}</figcaption>
${chart}
${renderTable(input)}
</figure>`;
}
