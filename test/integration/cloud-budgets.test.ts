// A budget on the cloud, where VMs, disks and IPs are charged apart, against the sandbox's own books: what it expects is what is
// then charged, what passes it is not bought, and what the service billed otherwise is told.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { command as spend } from '../../src/cli/commands/spend.js';
import { formatUsdc, parseUsdc } from '../../src/core/money.js';
import type { BudgetSummary } from '../../src/core/budgets/budget-summary.js';
import { runCommand } from '../cli/commands/fake-context.js';
import { createMemoryDriver, type MemoryDriver } from './engine-driver.js';
import { MINUTE, openCloudRig, type Rig } from './engine-rig.js';
import { openTestRedis, type TestRedis } from './store-redis.js';
import type { RunningCloudSandbox } from '../../src/sim/sandbox-server.js';

let redis: TestRedis;
let opened = 0;
beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(() => redis.close());

/** Its day ends at nine in the morning of UTC, three hours after the rig's beginning. */
const ZONE = 'Pacific/Gambier';
const MIDNIGHT = Date.parse('2026-11-20T09:00:00Z');

function describePolicies(replicas: number, limit: string, more: readonly string[] = []): string {
  const fleet = readFileSync('policies/keep-web-in-france.yaml', 'utf8')
    .replace('replicas: 4', `replicas: ${replicas}`)
    .replace('floor: 4', 'floor: 0');
  const budget = ['kind: budget', 'name: team', `limit: ${limit}/day`, `timezone: ${ZONE}`, ...more].join('\n');
  return `${fleet}\n---\n${budget}\n`;
}

type CloudRig = Rig<RunningCloudSandbox>;

async function openBudget(policies: string): Promise<{ readonly rig: CloudRig; readonly driver: MemoryDriver }> {
  opened += 1;
  const rig = await openCloudRig({ redis, installation: `k${opened}` });
  onTestFinished(() => rig.close());
  // Just before a full hour, so that of one machine some things are charged before it and some after.
  await rig.clock.set(Date.parse('2026-11-20T06:58:45Z'));
  await rig.publish(policies);
  return { rig, driver: createMemoryDriver(rig) };
}

async function readBudget(driver: MemoryDriver): Promise<BudgetSummary> {
  return (await driver.readPlan()).budgets![0]!;
}

function sumCharged({ sandbox }: CloudRig, to: number): bigint {
  const { charges } = sandbox.books();
  return charges.reduce((sum, { at, amount }) => (Date.parse(at) < to ? sum + parseUsdc(amount)! : sum), 0n);
}

describe('a budget on the cloud', () => {
  it('expects to the micro what VMs, disks and IPs are charged until its period ends, each at its own boundary', async () => {
    const { rig, driver } = await openBudget(describePolicies(3, '5'));
    await driver.advanceBy(10 * MINUTE);
    // The clocks of one machine lie on both sides of the full hour at which the day ends.
    const { vms, parts } = rig.sandbox.books();
    const minutes = [...vms, ...parts].map(({ paidUntil }) => new Date(paidUntil!).getUTCMinutes());
    expect(Math.min(...minutes)).toBeLessThan(10);
    expect(Math.max(...minutes)).toBe(59);
    const early = await readBudget(driver);
    await driver.advanceTo(MIDNIGHT - MINUTE / 2);
    const late = await readBudget(driver);
    await driver.advanceTo(MIDNIGHT + MINUTE / 2);
    const charged = sumCharged(rig, MIDNIGHT);
    expect([early.expected, late.expected].map(formatUsdc)).toEqual([formatUsdc(charged), formatUsdc(charged)]);
    expect(early.spent).toBeLessThan(late.spent);
  });

  it('buys what its limit pays with all disks and IPs, and when it is retired the rest', async () => {
    const { rig, driver } = await openBudget(
      describePolicies(4, '0.14', ['steps: [{at: 60%, of: expected, do: stop-growth}]']),
    );
    await driver.advanceBy(10 * MINUTE);
    const few = rig.sandbox.books().vms.length;
    expect(few).toBeGreaterThan(0);
    expect(few).toBeLessThan(4);
    const held = await readBudget(driver);
    expect(held.expected <= held.limit).toBe(true);
    expect(held.steps[0]!.isHeld).toBe(true);
    // It may have all that was foreseen; how much of that is bought, the limit says.
    expect((await driver.readBooks()).notes.budgets?.['team']?.had).toEqual({ web: 4 });
    await driver.advanceTo(MIDNIGHT - MINUTE);
    expect(sumCharged(rig, MIDNIGHT) <= held.limit).toBe(true);
    // The nearer the period's end, the more VMs what is left pays for; never more than that.
    expect(rig.sandbox.books().vms).toHaveLength(3);

    const [fleet] = describePolicies(4, '1').split('\n---\n');
    await rig.publish(fleet!);
    await driver.look();
    expect((await driver.readPlan()).budgets).toBeUndefined();
    expect((await driver.readBooks()).notes.budgets).toEqual({});
    await driver.advanceBy(5 * MINUTE);
    expect(rig.sandbox.books().vms).toHaveLength(4);
  });

  it('and where the service billed otherwise than was counted, `spend` names the thing and both sums', async () => {
    const { rig, driver } = await openBudget(describePolicies(1, '5'));
    await driver.advanceBy(90 * MINUTE);
    const { sandbox, env, folder } = rig;
    const [vm] = sandbox.books().vms;
    // The service bills an hour more of this VM than its dates of payment tell.
    const own = sandbox.cloud.charges.find(({ resource }) => resource.id === vm!.id)!;
    sandbox.cloud.charges.push({ ...own });
    const { documents, printed } = await runCommand(spend, { cwd: folder, env, json: true });
    const { billed } = (documents[0] as { accounts: { billed: { differences: Record<string, unknown>[] } }[] })
      .accounts[0]!;
    sandbox.cloud.charges.pop();
    expect(printed).toBe('');
    expect(billed.differences).toMatchObject([{ id: vm!.id, counted: '0.025580', billed: '0.038370' }]);
    expect((await readBudget(driver)).spent).toBe(sumCharged(rig, rig.clock.now() + 1));
  });
});
