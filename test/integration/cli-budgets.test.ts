// A budget through the command line and a real store: a step that waits for a person, its approval, and a recording that says the
// same without API or Redis.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command as approve } from '../../src/cli/commands/approve.js';
import { command as plan } from '../../src/cli/commands/plan.js';
import { command as record } from '../../src/cli/commands/record.js';
import { command as retire } from '../../src/cli/commands/retire.js';
import { command as status } from '../../src/cli/commands/status.js';
import { writeFleet } from '../cli/commands/fake-context.js';
import { openStage, type Stage } from './cli-stage.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

let redis: TestRedis;
beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(() => redis.close());

const BUDGET = [
  'kind: budget',
  'name: team',
  'limit: 100/month',
  'timezone: UTC',
  'steps: [{at: 1%, of: expected, do: stop-buying}]',
  'resume: approval',
].join('\n');

interface Shown {
  readonly budgets: readonly {
    readonly budget: string;
    readonly expected: string;
    readonly steps: readonly { readonly held: boolean; readonly approve?: string }[];
  }[];
  readonly actions: readonly { readonly kind: string }[];
}

async function readPlan(stage: Stage, options: Readonly<Record<string, string>> = {}): Promise<Shown> {
  const done = await stage.run(plan, { json: true, options });
  return done.documents[0] as Shown;
}

/** Foreign VMs alone are more than one percent. */
async function openBudget(): Promise<Stage> {
  const stage = await openStage(redis.url);
  await stage.place('db-1', 'db-2', 'db-3', 'db-4');
  await stage.apply({ 'policies/web.yaml': writeFleet('web', 1), 'policies/budget.yaml': BUDGET });
  await stage.tick();
  return stage;
}

describe('a step that waits for a person', () => {
  it('holds purchases until it is approved, and is told with the command that does', async () => {
    const stage = await openBudget();
    const before = await readPlan(stage);
    expect(before.actions).toEqual([]);
    expect(before.budgets[0]!.steps[0]!.held).toBe(true);
    const id = before.budgets[0]!.steps[0]!.approve!;
    const told = await stage.run(status);
    expect(told.printed).toContain('Budget team   expected');
    expect(told.printed).toContain(`purser approve ${id}`);
    await expect(stage.run(approve, { operands: ['plan-0000000000'] })).rejects.toThrow(
      `purser approve ${id}   budget team`,
    );

    const done = await stage.run(approve, { operands: [id] });
    expect(done.printed).toContain('Approved: 1% of expected: stop-buying of budget team.');
    const after = await readPlan(stage);
    expect(after.actions.map(({ kind }) => kind)).toEqual(['deploy']);
    expect(after.budgets[0]!.steps[0]).toMatchObject({ held: false });
    await stage.tick();
    const { notes, intents } = await stage.engine.store.readBooks('main');
    expect(notes.budgets?.['team']?.steps).toEqual({});
    expect(intents.map(({ kind }) => kind)).toEqual(['deploy']);
    const ledger = await stage.engine.store.readLedger('main', 0, Number.MAX_SAFE_INTEGER);
    expect(ledger.flatMap(({ policy, text }) => (policy === 'team' ? [text.split(' (')[0]] : []))).toEqual([
      'team: 1% of expected is reached: stop-buying',
      '1% of expected: stop-buying of budget team approved by hand',
      'team: 1% of expected is over: stop-buying ends',
    ]);
  });
});

describe('a forecast', () => {
  it('judges the budget too, with what will be charged by then, and says that it supposes so', async () => {
    const stage = await openBudget();
    // The four foreign VMs are charged again in twelve hours, at 0.3 each.
    type Budget = Awaited<ReturnType<typeof readPlan>>['budgets'][number] & { readonly spent: string };
    const later = (await readPlan(stage, { at: '13h' })).budgets[0]! as Budget;
    expect(later.spent).toBe('1.200000');
    expect(later.steps[0]!.held).toBe(true);
    const { printed } = await stage.run(plan, { options: { at: '13h' } });
    expect(printed.replace(/\s+/g, ' ')).toContain('and budgets count as spent what is charged by then');
    expect(printed).toContain('Budget team');
  });
});

describe('a budget that is retired', () => {
  it('is refused while its file holds it; then its step ends, and what it held is bought', async () => {
    const stage = await openBudget();
    await expect(stage.run(retire, { operands: ['team'], options: { yes: true } })).rejects.toThrow(
      '"team" stands in policies/budget.yaml',
    );
    rmSync(join(stage.cwd, 'policies/budget.yaml'));
    await stage.tick();
    const held = await stage.tick();
    expect([held.actions, held.budgets?.[0]?.steps[0]?.isHeld]).toEqual([[], true]);

    const done = await stage.run(retire, { operands: ['team'], options: { yes: true } });
    expect(done.printed).toContain('is in force, without "team".');
    const after = await stage.tick();
    expect(after.budgets).toBeUndefined();
    expect(after.actions.map(({ kind }) => kind)).toEqual(['deploy']);
    expect((await stage.engine.store.readBooks('main')).notes.budgets).toEqual({});
  });
});

describe('a recording', () => {
  it('says of the budget what the account itself said', async () => {
    const stage = await openBudget();
    await stage.run(record, { options: { out: 'now.json' } });
    const live = await readPlan(stage);
    const recorded = await readPlan(stage, { record: 'now.json' });
    expect(recorded.budgets).toEqual(live.budgets);
  });
});
