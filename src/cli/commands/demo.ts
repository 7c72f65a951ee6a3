// `purser demo`: two virtual days of the shipped policies against the sandbox, with real Redis, a real queue and real worker
// processes, told as they happen. Needs no key and touches nothing outside a temporary folder.
import { join } from 'node:path';
import type { DemoProduct } from '../../compose/demo-scenes.js';
import { setDemoStage, type DemoStage } from '../../compose/demo-stage.js';
import { formatUsdc } from '../../core/money.js';
import { publishPolicies } from '../../scheduler/publish.js';
import { findPackageRoot } from '../../version.js';
import type { CommandContext, CommandModule } from '../command.js';
import { DEMO_END, DEMO_POLICIES, DEMO_SEED, DEMO_START, DEMO_TICK, demoWorld } from '../demo/demo-script.js';
import { createNarrator } from '../demo/narrator.js';
import { runDemo } from '../demo/run-demo.js';
import { demoToJson, sumUpDemo, type DemoSummary } from '../demo/sum-up.js';
import { checkFiles } from '../policy-choice.js';
import { readProduct } from '../read-product.js';
import { formatDateTime } from '../render/format-instant.js';
import { countOf } from '../render/phrase.js';
import { renderTable } from '../render/render-table.js';

function percentOf(part: bigint, whole: bigint): string {
  return whole === 0n ? '-' : `${(Number((part * 1000n) / whole) / 10).toFixed(1)} %`;
}

function renderSummary(summary: DemoSummary, context: CommandContext): string {
  const row = (name: string, cost: { spent: bigint; periods: number }): string[] => [
    name,
    formatUsdc(cost.spent),
    String(cost.periods),
    percentOf(cost.spent, summary.lowerBound.spent),
  ];
  const table = renderTable(
    [
      { title: 'FOLLOWER OF THE SAME DEMAND' },
      { title: 'SPENT', align: 'right' },
      { title: 'PERIODS', align: 'right' },
      { title: 'OF THE LEAST', align: 'right' },
    ],
    [
      row('Purser, as played', summary),
      row('a cron job that creates and deletes at once', summary.immediate),
      row('the fewest periods that cover the demand', summary.lowerBound),
    ],
    context.facts,
  );
  const counts =
    `${summary.virtualHours} virtual hours: ${countOf(summary.deploys, 'VM')} bought, a parked one taken back ${countOf(summary.takenBack, 'time')}, ` +
    `${summary.deletes} deleted; ${countOf(summary.reaped, 'idle VM')} reaped, ${countOf(summary.healed, 'termination')} healed, ` +
    `${countOf(summary.workersKilled, 'worker')} killed.`;
  const proof = `Charges that came too late to be avoided: ${summary.missedBoundaries}. Bought twice: ${summary.doubled}. (By the ${summary.product}'s own books.)`;
  return `\n${table}\n\n${counts}\n${proof}`;
}

/** What is played, and how to read it. */
function describePlay(product: DemoProduct): string {
  return [
    `Playing ${DEMO_POLICIES.join(', ')}`,
    `from ${formatDateTime(DEMO_START)} to ${formatDateTime(DEMO_END)}, against a simulated ${product} in a temporary folder: nothing is really bought.`,
    '',
    '#  a schedule asks for more or fewer      *  what the world does to Purser',
    '+  bought, or taken back for nothing      -  deleted before its next charge',
    '~  parked: no longer wanted, but paid for; it runs on until shortly before its next charge',
    '',
  ].join('\n');
}

async function prepare(context: CommandContext, stage: DemoStage) {
  const folder = join(findPackageRoot(), 'policies');
  const paths = DEMO_POLICIES.map((name) => join(folder, name));
  const checked = await checkFiles(stage.engine.config, paths, { cwd: folder, now: DEMO_START });
  const { record } = await publishPolicies(stage.engine, checked, 'demo');
  context.print(describePlay(stage.scene.product));
  return stage.engine.compile(record);
}

async function readIntended(stage: DemoStage): Promise<ReadonlyMap<string, number>> {
  const { intents } = await stage.engine.store.readBooks('main');
  return new Map(
    intents.flatMap(({ deploy }) => (deploy === undefined ? [] : [[deploy.vmName, deploy.count] as const])),
  );
}

async function play(context: CommandContext, stage: DemoStage): Promise<DemoSummary> {
  const policies = await prepare(context, stage);
  const workers = [await stage.startWorker()];
  const offers = await stage.engine.accounts.get('main')!.cloud.listOffers();
  const narrator = createNarrator(policies.fleets, context.facts.colours, (line) => context.print(line));
  const run = await runDemo(stage, workers, narrator, context.signal, (now) => context.progress(formatDateTime(now)));
  return sumUpDemo({
    product: stage.scene.product,
    books: stage.scene.books(),
    ledger: run.ledger,
    fleets: policies.fleets,
    offers,
    intended: await readIntended(stage),
    workersKilled: run.workersKilled,
    from: DEMO_START,
    to: DEMO_END,
    periodMillis: stage.scene.periodMillis,
  });
}

export const command: CommandModule = {
  example: 'purser demo\npurser demo --product cloud\npurser demo --json | tail -1',
  async run(context) {
    context.progress('Setting the stage ...');
    const product = readProduct(context) ?? 'marketplace';
    const stage = await setDemoStage({
      product,
      world: demoWorld,
      start: DEMO_START,
      tick: DEMO_TICK,
      seed: DEMO_SEED,
    });
    try {
      const summary = await play(context, stage);
      if (context.json) context.printJson(demoToJson(summary));
      else context.print(renderSummary(summary, context));
      return summary.missedBoundaries === 0 && summary.doubled === 0 ? 0 : 1;
    } finally {
      await stage.close();
    }
  },
};
