// `purser simulate`: a backtest in virtual time with the same planner. Needs neither a key nor Redis nor an API; reads files and
// writes at most the page that it was asked for.
import { relative, resolve } from 'node:path';
import { DAY_MILLIS, HOUR_MILLIS } from '../../core/money.js';
import { PurserError } from '../../core/errors.js';
import type { AccountSettings, PolicySet } from '../../core/policy-types.js';
import type { Scenario } from '../../core/scenario.js';
import type { Millis } from '../../core/types.js';
import { formatProblem, isError } from '../../policy/problems.js';
import { readScenario, type ReadScenario } from '../../policy/scenario/read-scenario.js';
import { simulate, type BacktestReport } from '../../compose/backtests.js';
import { createSystemClock } from '../../scheduler/system-clock.js';
import type { CommandContext, CommandModule } from '../command.js';
import { readOptionText } from '../option-text.js';
import type { ComparedSimulation } from '../render/compared-sides.js';
import { formatSpan } from '../render/format-instant.js';
import { renderSimulation } from '../render/render-simulation.js';
import { renderSimulationPage } from '../render/simulation-page/render-simulation-page.js';
import { simulationToJson } from '../render/simulation-to-json.js';
import { requireWritableFolder, writeNamedFile } from '../write-file.js';

/** Of the real clock, between two words of how far it is. */
const TOLD_EVERY: Millis = 300;

interface Sound {
  readonly scenario: Scenario;
  readonly set: PolicySet;
  readonly overlaid: ReadScenario['overlaid'];
}

/** Warnings are told on the side; throws `scenario-invalid` with every error in its place. */
async function readSound(context: CommandContext, file: string, policies: readonly string[]): Promise<Sound> {
  const read = await readScenario(file, {
    baseDir: context.cwd,
    policies: policies.length === 0 ? undefined : policies,
  });
  const errors = read.problems.filter(isError);
  if (read.scenario !== undefined && read.set !== undefined) {
    for (const warning of read.problems) context.note(formatProblem(warning));
    return { scenario: read.scenario, set: read.set, overlaid: read.overlaid };
  }
  const lines = errors.map(formatProblem).join('\n');
  throw new PurserError('scenario-invalid', `${errors.length === 1 ? '' : `${errors.length} problems:\n`}${lines}`, {
    details: { problems: read.problems },
  });
}

/** Rails and ticks are those of the account of that product in purser.yaml; without one, the defaults. */
function readSettings(context: CommandContext, { scenario }: Sound): AccountSettings {
  const { accounts } = context.config();
  const { product, clock } = scenario;
  const { ratePerSecond, concurrency, rails, tickMillis, installation, name } =
    accounts.find((account) => account.product === product) ?? accounts[0]!;
  const periodMillis = clock.kind === 'rolling' ? clock.periodMillis : DAY_MILLIS;
  return {
    name,
    product,
    mode: 'act',
    ratePerSecond,
    concurrency,
    rails,
    tickMillis,
    installation: /^[0-9a-z]{2}$/.test(installation) ? installation : 's1',
    periodMillis: product === 'cloud' ? HOUR_MILLIS : periodMillis,
  };
}

async function play(context: CommandContext, sound: Sound, isRecorded: boolean): Promise<BacktestReport> {
  const clock = createSystemClock();
  const { scenario, set } = sound;
  const settings = readSettings(context, sound);
  const stopwatch = (): Millis => clock.monotonicMillis();
  const tell = createTell(context, scenario.name, stopwatch);
  return simulate({ scenario, policies: set, settings, isRecorded, stopwatch, tell });
}

/** Nothing is told of what is quickly done. */
function createTell(
  context: CommandContext,
  name: string,
  stopwatch: () => Millis,
): (what: string, share: number) => void {
  let toldAt = stopwatch();
  return (what, share) => {
    if (stopwatch() - toldAt < TOLD_EVERY) return;
    toldAt = stopwatch();
    context.progress(`Playing ${name}: ${what}, ${Math.floor(share * 100)} % ...`);
  };
}

/** On stderr, since the same scenario must print the same bytes. */
function tellTime(context: CommandContext, { lowerBound }: BacktestReport, millis: Millis): void {
  context.note(`Played in ${formatSpan(millis)}, the lower bound reckoned in ${formatSpan(lowerBound.tookMillis)}.`);
}

/** What became of the scenario's own policies where others were named, in one line. */
function describeOverlay(files: readonly string[], { overlaid }: Sound): string | undefined {
  if (overlaid === undefined) return undefined;
  const { replaced, added, kept } = overlaid;
  const parts = [
    ...(replaced.length === 0 ? [] : [`${replaced.join(', ')} of the scenario replaced`]),
    ...(added.length === 0 ? [] : [`${added.join(', ')} added, which it doesn't have`]),
    ...(kept.length === 0 ? [] : [`${kept.join(', ')} kept`]),
  ];
  return `With ${files.join(', ')}: ${parts.join('; ')}.`;
}

async function playCompared(
  context: CommandContext,
  file: string,
  isRecorded: boolean,
): Promise<ComparedSimulation | undefined> {
  const other = readOptionText(context, 'compare');
  if (other === undefined) return undefined;
  const sound = await readSound(context, file, [other]);
  context.note(describeOverlay([other], sound)!);
  const report = await play(context, sound, isRecorded);
  const nameOf = (path: string): string => relative(context.cwd, resolve(context.cwd, path));
  const base = context.operands.length === 0 ? undefined : context.operands.map(nameOf).join(', ');
  return { file: nameOf(other), base, report };
}

export const command: CommandModule = {
  operands: '[path...]',
  options: [
    ['--scenario <file>', 'what is played: span, market, demand, policies (docs/scenarios.md)'],
    [
      '--compare <file>',
      'play another version of some policies beside it, with the same luck; by name, the others stay',
    ],
    ['--timing', 'say on stderr how long it took'],
    ['--html <file>', 'write one page with charts and their tables, which needs no server'],
  ],
  endsBySignal: true,
  example:
    'purser simulate --scenario policies/scenarios/office-hours.yaml\n' +
    'purser simulate policies/office-hours.yaml --scenario policies/scenarios/office-hours.yaml --compare old.yaml --html page.html',
  async run(context) {
    const file = readOptionText(context, 'scenario');
    if (file === undefined) {
      const hint = 'Give --scenario FILE, e.g. policies/scenarios/office-hours.yaml.';
      throw new PurserError('option-invalid', `A backtest needs a scenario. ${hint}`);
    }
    const page = readOptionText(context, 'html');
    const isRecorded = page !== undefined;
    if (page !== undefined) requireWritableFolder(resolve(context.cwd, page));
    const sound = await readSound(context, file, context.operands);
    const overlay = describeOverlay(context.operands, sound);
    if (overlay !== undefined) context.note(overlay);
    context.progress(`Playing ${sound.scenario.name} ...`);
    const clock = createSystemClock();
    const began = clock.monotonicMillis();
    const report = await play(context, sound, isRecorded);
    if (context.options['timing'] === true) tellTime(context, report, clock.monotonicMillis() - began);
    const compared = await playCompared(context, file, isRecorded);
    if (page !== undefined) {
      const { product } = sound.scenario;
      writeNamedFile(resolve(context.cwd, page), renderSimulationPage(report, { comparison: compared, product }));
      if (!context.json) context.note(`Wrote ${page}: open it in a browser.`);
    }
    if (context.json) context.printJson(simulationToJson(report, compared));
    else context.print(renderSimulation(report, context.facts, compared));
    return 0;
  },
};
