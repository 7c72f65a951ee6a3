// `purser simulate --html`: one page that holds a whole backtest and needs nothing else: no script, no font, no server. What it
// shows comes from the report alone; everything in it is escaped.
import type { Product } from '../../../core/types.js';
import type { BacktestReport, Timeline } from '../../../compose/backtests.js';
import type { ComparedSimulation } from '../compared-sides.js';
import { renderBudgetSection } from './budget-section.js';
import { renderCostChart } from './cost-chart.js';
import { renderFleetChart } from './fleet-chart.js';
import { markCode } from './mark-code.js';
import { Markup, markup } from './markup.js';
import { PAGE_STYLE } from './page-style.js';
import { renderFollowers, renderGap, renderPlayed, renderPolicies, renderVerdictText } from './page-summary.js';
import { renderVmChart } from './vm-chart.js';

export interface SimulationPageOptions {
  /** The same scenario with another version of the policies. */
  readonly comparison?: ComparedSimulation | undefined;
  readonly product?: Product | undefined;
}

function renderCharts(report: BacktestReport, timeline: Timeline, compared: ComparedSimulation | undefined): Markup {
  const { from, to } = report;
  const policies = report.policies.map(({ name }) => name);
  const fleets = [...timeline.fleets].map(([name, points], index) =>
    renderFleetChart({ id: `fleet-${index}`, name, points, from, to, fleets: timeline.fleets.size }),
  );
  return markup`<section><h2>Wanted, running, parked</h2>
${fleets.length === 0 ? markup`<p>No fleet was played.</p>` : fleets}</section>
<section><h2>Cost</h2>
${renderCostChart(report, timeline, compared)}</section>
<section><h2>The paid life of each VM</h2>
${renderVmChart(timeline, policies, from, to)}</section>`;
}

function renderNotes({ notes, lowerBound, local }: BacktestReport): Markup {
  const how = lowerBound.method === 'sweep' ? 'by a sweep over equal periods' : 'as a flow of least cost';
  const items = [...notes, `the lower bound was reckoned ${how}`];
  const days = local.zone === 'UTC' ? '' : `, days are those of ${local.zone}`;
  return markup`<section><h2>Notes</h2>
<ul class="notes">${items.map((note) => markup`<li>${markCode(note)}</li>`)}</ul>
<p>Every instant on this page is UTC${days}; money is USDC.</p></section>`;
}

/** A whole HTML document. Without a timeline in the report it has no charts, and says so. */
export function renderSimulationPage(
  report: BacktestReport,
  { comparison, product }: SimulationPageOptions = {},
): string {
  const { timeline } = report;
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${report.scenario}: Purser backtest</title>
<style>${new Markup(PAGE_STYLE)}</style>
</head>
<body>
<main>
<header>${renderPlayed(report, product)}
${renderVerdictText(report, comparison)}</header>
<section>${renderFollowers(report, comparison)}</section>
<section>${renderGap(report, comparison)}</section>
${renderBudgetSection(report, comparison)}
<section>${renderPolicies(report, comparison)}</section>
${timeline === undefined ? markup`<p>The backtest was played without recording what a chart needs, so nothing is drawn.</p>` : renderCharts(report, timeline, comparison)}
${renderNotes(report)}
</main>
</body>
</html>
`;
  return page.toString();
}
