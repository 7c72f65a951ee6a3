// The look of the page, light and dark, on screens of any width and on paper. Sizes of letters are in rem, colours are named by
// what they stand for; each line of a chart has its own dashes too, so that none is told by colour alone.

const LIGHT = `color-scheme:light;--ground:#fff;--raised:#f6f7f9;--text:#1b1f24;--soft:#57606a;--rule:#d0d7de;--grid:#e7ebef;
--purser:#0b6b4f;--immediate:#b3261e;--last-minutes:#1f5fbf;--never-delete:#6b46a8;--other:#875300;--bound:#57606a;
--wanted:#1b1f24;--running:#bfe3d5;--running-edge:#0b6b4f;--parked:#0b6b4f;--paid:#4f9f86;--unused:#b3261e;--unused-ground:#fbdcd9;`;

const DARK = `color-scheme:dark;--ground:#13171c;--raised:#1b2128;--text:#e6e9ee;--soft:#a3adb8;--rule:#3a434d;--grid:#272e36;
--purser:#5fd3a5;--immediate:#ff9c8f;--last-minutes:#8cb9ff;--never-delete:#cbb2ff;--other:#e8b95c;--bound:#a3adb8;
--wanted:#f4f6f8;--running:#1f4a3d;--running-edge:#5fd3a5;--parked:#5fd3a5;--paid:#3f9b7d;--unused:#ff9c8f;--unused-ground:#4a2522;`;

const TEXT = `*{box-sizing:border-box}
html{font:100%/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--text)}
main{max-width:70rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1,h2,h3{line-height:1.25;overflow-wrap:anywhere}
h1{font-size:1.75rem;margin:0 0 .25rem}
h2{font-size:1.25rem;margin:2.75rem 0 .5rem;padding-top:.75rem;border-top:1px solid var(--rule)}
h3{font-size:1rem;margin:1.5rem 0 .25rem}
p{margin:.25rem 0 .75rem;max-width:46rem;overflow-wrap:anywhere}
.verdict{font-size:1.125rem;margin:1rem 0 1.25rem}
.played{display:grid;grid-template-columns:max-content 1fr;gap:.125rem 1rem;margin:.75rem 0}
.played dt{color:var(--soft)}.played dd{margin:0;overflow-wrap:anywhere}
figure{margin:0 0 2rem}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.9em}
ul.notes{padding-left:1.25rem;max-width:46rem;overflow-wrap:anywhere}`;

const TABLES = `.scroll{overflow:auto;max-width:100%;max-height:26rem;border:1px solid var(--rule);border-radius:.375rem}
.whole .scroll{max-height:none;width:fit-content}.whole table{width:auto}
.whole tbody th{white-space:normal;min-width:9rem;max-width:30rem;overflow-wrap:break-word}
table{border-collapse:separate;border-spacing:0;font-size:.875rem;font-variant-numeric:tabular-nums;width:100%}
caption{text-align:left;color:var(--soft);padding:.5rem .75rem;font-size:.8125rem}
th,td{text-align:left;padding:.3125rem .75rem;border-top:1px solid var(--grid);white-space:nowrap;font-weight:400;vertical-align:top}
thead th{position:sticky;top:0;background:var(--raised);font-weight:600;white-space:normal;vertical-align:bottom;border-bottom:1px solid var(--rule)}
tbody th{font-weight:500}
.figure{text-align:right}
.whole tr:first-child th,.whole tr:first-child td{font-weight:650}
.whole thead tr:first-child th{font-weight:600}
details{margin:.75rem 0}
summary{cursor:pointer;padding:.25rem 0;color:var(--text);font-size:.875rem}
summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--last-minutes);outline-offset:2px}
details[open]>summary{margin-bottom:.375rem}`;

const CHARTS = `.chart{padding:.75rem 1.75rem .25rem 3rem}
.chart svg{overflow:visible;display:block}
.chart.cost{padding-right:12rem}
.chart.vms{padding-left:9rem}
.chart text{font-size:.75rem;fill:var(--soft)}
.chart .tick text{text-anchor:middle}
.chart .value,.chart .name{text-anchor:end}
.chart .name{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.6875rem;fill:var(--text)}
.chart .heading{font-weight:600;fill:var(--text)}
.grid line{stroke:var(--grid);stroke-width:1}
.base{stroke:var(--rule);stroke-width:1}
path{vector-effect:non-scaling-stroke}
path.running{fill:var(--running)}
path.running-edge{fill:none;stroke:var(--running-edge);stroke-width:1.25}
path.wanted{fill:none;stroke:var(--wanted);stroke-width:2.25;stroke-linejoin:round}
path.wanted.dense{stroke-width:1.25}
.hatch-ground{fill:var(--ground)}.hatch-line{fill:var(--parked)}
.curve{fill:none;stroke-width:2;stroke-linejoin:round}
.curve.purser{stroke:var(--purser);stroke-width:3}
.curve.immediate{stroke:var(--immediate);stroke-dasharray:8 3}
.curve.last-minutes{stroke:var(--last-minutes);stroke-dasharray:3 3}
.curve.never-delete{stroke:var(--never-delete);stroke-dasharray:11 3 2 3}
.curve.other{stroke:var(--other);stroke-dasharray:6 2 2 2 2 2}
.curve.bound{stroke:var(--bound);stroke-width:1.5;stroke-dasharray:1 4;stroke-linecap:round}
.leader{stroke:var(--rule)}
.chart .end{font-weight:600}.chart .end .amount{font-weight:400;font-variant-numeric:tabular-nums}
.end.purser{fill:var(--purser)!important}.end.immediate{fill:var(--immediate)!important}.end.last-minutes{fill:var(--last-minutes)!important}
.end.never-delete{fill:var(--never-delete)!important}.end.other{fill:var(--other)!important}.end.bound{fill:var(--bound)!important}
rect.paid{fill:var(--paid);stroke:var(--ground);stroke-width:1}
rect.paid.thin{stroke:none}
rect.unused{fill:url(#vms-hatch);stroke:var(--unused);stroke-width:1}
.unused-ground{fill:var(--unused-ground)}.unused-line{fill:var(--unused)}
path.deletion{fill:none;stroke:var(--text);stroke-width:2}
path.provider{fill:var(--unused);stroke:var(--ground);stroke-width:1}
.legend{list-style:none;margin:.25rem 0;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;font-size:.8125rem}
.legend li{display:flex;align-items:center;gap:.5rem;overflow-wrap:anywhere}
.swatch{display:inline-block;flex:none;width:1.75rem;height:0;border-top:2px solid var(--soft)}
.swatch.running,.swatch.parked,.swatch.paid,.swatch.unused{width:1.125rem;height:.75rem;border:1px solid var(--running-edge)}
.swatch.running{background:var(--running)}
.swatch.parked{background:repeating-linear-gradient(135deg,var(--parked) 0 2px,var(--ground) 2px 5px)}
.swatch.paid{background:var(--paid);border-color:var(--paid)}
.swatch.unused{border-color:var(--unused);background:repeating-linear-gradient(135deg,var(--unused) 0 2px,var(--unused-ground) 2px 4px)}
.swatch.wanted{border-top:3px solid var(--wanted)}
.swatch.purser{border-top:3px solid var(--purser)}
.swatch.immediate,.swatch.last-minutes,.swatch.never-delete,.swatch.other,.swatch.bound{border:0;height:3px}
.swatch.immediate{background:repeating-linear-gradient(90deg,var(--immediate) 0 8px,transparent 8px 11px)}
.swatch.last-minutes{background:repeating-linear-gradient(90deg,var(--last-minutes) 0 3px,transparent 3px 6px)}
.swatch.never-delete{background:repeating-linear-gradient(90deg,var(--never-delete) 0 11px,transparent 11px 14px,var(--never-delete) 14px 16px,transparent 16px 19px)}
.swatch.other{background:repeating-linear-gradient(90deg,var(--other) 0 6px,transparent 6px 8px,var(--other) 8px 10px,transparent 10px 12px)}
.swatch.bound{background:repeating-linear-gradient(90deg,var(--bound) 0 2px,transparent 2px 5px)}
.sign{width:1.125rem;text-align:center;font-weight:700}.sign.provider{color:var(--unused)}`;

/** Narrow screens show fewer labels of an axis, and amounts in the legend alone. */
const NARROW = `@media (max-width:60rem){.chart .always{display:none}}
@media (max-width:40rem){.whole tbody th{min-width:6.5rem;max-width:9rem}th,td{padding:.3125rem .5rem}}
@media (max-width:40rem){main{padding:1rem .75rem 3rem}h1{font-size:1.375rem}.chart .often{display:none}.chart{padding-left:2.25rem;padding-right:1.25rem}
.chart.cost{padding-right:6.5rem}.chart.cost .amount{display:none}.chart.vms{padding-left:8.25rem}.played{grid-template-columns:1fr;gap:0}.played dd{margin-bottom:.5rem}}`;

const PAPER = `@media print{:root{${LIGHT}}html{font-size:80%}main{max-width:none;padding:0}body{-webkit-print-color-adjust:exact;print-color-adjust:exact}
figure:not(.long){break-inside:avoid}h2,h3,figcaption{break-after:avoid}.scroll{max-height:none;overflow:visible;border:0}
details:not([open]){display:none}thead th{position:static}}`;

export const PAGE_STYLE = [
  `:root{${LIGHT}}`,
  `@media (prefers-color-scheme:dark){:root{${DARK}}}`,
  TEXT,
  TABLES,
  CHARTS,
  NARROW,
  PAPER,
].join('\n');
