// What all charts have in common: title and description for those who can't see them, a grid, a time axis and a value axis.
// Places along the time axis are percentages, so that a chart fills any width while its letters keep their size.
import type { Instant } from '../../../core/types.js';
import { markup, type Markup } from './markup.js';
import { toPercent, type Scale } from './scale.js';
import { listTimeTicks, type TimeTick } from './time-ticks.js';

/** The width of the stretched part in which paths are written. */
export const PATH_WIDTH = 1000;
const MOST_TIME_TICKS = 9;
const AXIS_HEIGHT = 40;

export interface ChartFrame {
  /** Unique on the page; a prefix of the ids inside. */
  readonly id: string;
  readonly kind: 'fleet' | 'cost' | 'vms';
  readonly title: string;
  readonly description: string;
  readonly span: { readonly from: Instant; readonly to: Instant };
  readonly x: Scale;
  /** Pixels, of the plot alone. */
  readonly height: number;
  /** Places from the foot, 0 to 1, and what stands beside them. */
  readonly valueTicks: readonly { readonly place: number; readonly label: string }[];
  /** Below the plot always; of a tall one above it too. */
  readonly hasAxisAbove?: boolean;
  readonly definitions?: Markup;
  /** In percent of the width and pixels of the height. */
  readonly marks?: readonly Markup[];
  /** In PATH_WIDTH of the width and pixels of the height. */
  readonly paths?: readonly Markup[];
  /** In pixels right of the plot. */
  readonly labels?: readonly Markup[];
}

/** Narrow screens show every second label, or every fourth of many. */
function classOfTick(index: number, count: number): string {
  const isSecond = index % 2 === 1;
  if (count <= 5) return isSecond ? 'tick often' : 'tick';
  return isSecond ? 'tick often always' : index % 4 === 0 ? 'tick' : 'tick often';
}

function renderTimeLabels(ticks: readonly TimeTick[], x: Scale, top: number): readonly Markup[] {
  return ticks.map(
    ({ at, label, below }, index) =>
      markup`<svg x="${toPercent(x.place(at))}" y="${top}" class="${classOfTick(index, ticks.length)}"><text y="14">${label}</text>${
        below !== undefined && markup`<text y="28">${below}</text>`
      }</svg>`,
  );
}

function renderGrid(ticks: readonly TimeTick[], { x, height, valueTicks }: ChartFrame): readonly Markup[] {
  const upright = ticks.map(({ at }) => {
    const place = toPercent(x.place(at));
    return markup`<line x1="${place}" x2="${place}" y1="0" y2="${height}"/>`;
  });
  const level = valueTicks.map(({ place }) => {
    const y = (1 - place) * height;
    return markup`<line x1="0" x2="100%" y1="${y}" y2="${y}"/>`;
  });
  return [...upright, ...level];
}

export function renderChart(frame: ChartFrame): Markup {
  const { id, height, x, valueTicks } = frame;
  const ticks = listTimeTicks(frame.span.from, frame.span.to, MOST_TIME_TICKS);
  const above = frame.hasAxisAbove === true ? AXIS_HEIGHT : 0;
  const values = valueTicks.map(
    ({ place, label }) => markup`<text x="-8" y="${(1 - place) * height + 4}" class="value">${label}</text>`,
  );
  return markup`<div class="chart ${frame.kind}"><svg role="img" aria-labelledby="${id}-title ${id}-description" width="100%" height="${above + height + AXIS_HEIGHT}">
<title id="${id}-title">${frame.title}</title><desc id="${id}-description">${frame.description}</desc>
<defs>${frame.definitions}</defs>
${above > 0 && renderTimeLabels(ticks, x, 0)}<svg y="${above}" height="${height}">
<g class="grid">${renderGrid(ticks, frame)}</g>
<svg viewBox="0 0 ${PATH_WIDTH} ${height}" preserveAspectRatio="none" width="100%" height="${height}">${frame.paths}</svg>
<g>${frame.marks}</g>
<line class="base" x1="0" x2="100%" y1="${height}" y2="${height}"/>
${values}
${frame.labels !== undefined && markup`<svg x="100%">${frame.labels}</svg>`}</svg>
${renderTimeLabels(ticks, x, above + height)}</svg></div>`;
}
