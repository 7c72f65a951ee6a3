// `purser spend` and the runway of `status`, with real Redis, against the sandboxes' own books: what was paid to the micro, and
// coming charges that then really come.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { command as spend } from '../../src/cli/commands/spend.js';
import { command as status } from '../../src/cli/commands/status.js';
import { ALPHABET } from '../../src/core/names.js';
import { compareBilled } from '../../src/core/compare-billed.js';
import { formatUsdc, parseUsdc } from '../../src/core/money.js';
import { runCommand, type RunOptions } from '../cli/commands/fake-context.js';
import { createMemoryDriver } from './engine-driver.js';
import { describeFleet, HOUR, MINUTE, openCloudRig, openRig, type Rig } from './engine-rig.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

let redis: TestRedis;
/** Each test has books of its own. */
let opened = 0;
const installation = () => `s${ALPHABET.charAt((opened += 1))}`;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(() => redis.close());

interface Sums {
  readonly wanted: string;
  readonly parked: string;
  readonly foreign: string;
  readonly total: string;
}

interface Told {
  readonly from: string;
  readonly accounts: readonly [
    {
      readonly countedSince: string;
      readonly rows: readonly (Sums & {
        readonly policy?: string;
        readonly day?: string;
        readonly vm?: { readonly name: string };
      })[];
      readonly sum: Sums;
      readonly waste?: readonly {
        readonly vmName: string;
        readonly use: string;
        readonly why: string;
        readonly amount: string;
      }[];
      readonly billed?: {
        readonly billed: string;
        readonly counted: string;
        readonly differences: readonly { readonly name: string }[];
      };
      readonly coming?: readonly {
        readonly at: string;
        readonly cost: string;
        readonly fate: string;
        readonly vms: readonly string[];
      }[];
      readonly growth?: readonly string[];
      readonly purchases?: readonly { readonly policy: string; readonly cost: string }[];
      readonly comingSums?: { readonly renewed: string; readonly bought: string; readonly total: string };
      readonly runway?: { readonly endsAt?: string; readonly balance?: string; readonly signs: readonly string[] };
    },
  ];
}

type AnyRig = Pick<Rig, 'env' | 'folder'>;

const run = (rig: AnyRig, more: Partial<RunOptions> = {}, command = spend) =>
  runCommand(command, { cwd: rig.folder, ...more, env: { ...rig.env, ...more.env } });

async function ask(rig: AnyRig, options: Record<string, unknown> = {}) {
  const { documents, code, noted } = await run(rig, { json: true, options });
  const told = documents[0] as Told;
  return { ...told, account: told.accounts[0], code, noted };
}

const sumOf = (texts: readonly string[]) => formatUsdc(texts.reduce((sum, text) => sum + parseUsdc(text)!, 0n));

const OFFICE = describeFleet(
  'office',
  1,
  [
    'schedule:',
    '  timezone: UTC',
    '  windows:',
    '    - {name: day, from: "0 7 * * *", to: "0 9 * * *", replicas: 3}',
  ].join('\n'),
);

describe('purser spend on the marketplace', () => {
  async function openOffice() {
    const world = { vms: [{ name: 'db', country: 'FR', paidUntil: '+5h' }] };
    const rig = await openRig({ redis, installation: installation(), world });
    onTestFinished(() => rig.close());
    await rig.publish(OFFICE);
    const driver = createMemoryDriver(rig);
    await driver.advanceBy(3 * HOUR);
    return { rig, driver };
  }

  it('says in one sum what will be charged, coming purchases and their renewals included', async () => {
    const { rig, driver } = await openOffice();
    // Two windows: each buys one more.
    const until = '2026-11-22T12:00:00Z';
    const { purchases, comingSums } = (await ask(rig, { until })).account;
    expect(purchases!.map(({ policy }) => policy)).toEqual(['office']);
    const before = rig.sandbox.books().charges.length;
    await driver.advanceTo(Date.parse(until));
    const came = rig.sandbox.books().charges.slice(before);
    expect(comingSums!.total).toBe(sumOf(came.map(({ amount }) => amount)));
    expect(comingSums!.bought).toBe(purchases![0]!.cost);
  });

  it('tells what was paid to the micro, by policy, VM and day alike, and the charges that then come', async () => {
    const { rig, driver } = await openOffice();
    const told = await ask(rig);
    expect(told.code).toBe(0);
    expect(told.from).toBe('2026-11-01T00:00:00Z');
    expect(told.account.rows.map(({ policy, wanted }) => [policy, wanted])).toEqual([['office', '0.920940']]);
    // What comes, is paid: the calendar until tomorrow noon against the books of then.
    const until = '2026-11-21T12:00:00Z';
    const { coming, growth } = (await ask(rig, { until })).account;
    expect(growth).toEqual(['office wants 3 from Sat 07:00Z (bought from Sat 06:57Z), 1 more than will be there']);
    const paid = coming!.filter(({ fate }) => fate === 'renew' || fate === 'not-ours');
    const before = rig.sandbox.books().charges.length;
    await driver.advanceTo(Date.parse('2026-11-21T06:59:00Z'));
    // What is bought ahead of the window is no renewal: `growth` tells of it.
    const known = new Set(coming!.flatMap(({ vms }) => vms));
    const came = rig.sandbox
      .books()
      .charges.slice(before)
      .filter(({ vmName }) => known.has(vmName));
    const isBefore = ({ at }: { readonly at: string }) => at < '2026-11-21T06:59';
    expect(sumOf(came.map(({ amount }) => amount))).toBe(sumOf(paid.filter(isBefore).map(({ cost }) => cost)));
    expect(came.length).toBeGreaterThan(1);
    expect(coming!.some(({ fate }) => fate === 'delete')).toBe(true);
    for (const by of ['policy', 'vm', 'day']) {
      const { sum, rows } = (await ask(rig, { by })).account;
      const own = rig.sandbox.books();
      expect(sum.total).toBe(own.charged);
      expect(sumOf(rows.map(({ total }) => total))).toBe(own.charged);
      expect(sum.foreign).toBe('0.306980');
    }
    const { rows } = (await ask(rig, { by: 'vm' })).account;
    expect(rows.map(({ vm }) => vm!.name)).toContain('db');
    expect((await ask(rig, { by: 'day' })).account.rows.map(({ day }) => day)).toEqual(['2026-11-20', '2026-11-21']);
  });

  it('counts what this very look shows, though nobody has written it down, and once', async () => {
    const { rig, driver } = await openOffice();
    await rig.clock.set(rig.clock.now() + 25 * HOUR);
    const { charged } = rig.sandbox.books();
    const unwritten = (await ask(rig)).account.sum;
    expect(unwritten.total).toBe(charged);
    expect(unwritten.parked).not.toBe('0.000000');
    await driver.look();
    expect((await ask(rig)).account.sum).toEqual(unwritten);
  });

  it('tells the same figures as `status`, foreign VMs and parked time included, written down or not', async () => {
    const { rig, driver } = await openOffice();
    await rig.clock.set(rig.clock.now() + 25 * HOUR);
    const readBoth = async () => {
      const { sum } = (await ask(rig, { from: '24h' })).account;
      const { lastDay } = (await run(rig, { json: true }, status)).documents[0] as {
        lastDay: { paid: string; forNothing: string; foreign: string };
      };
      const { parked, foreign, total } = sum;
      return { spend: { paid: total, forNothing: parked, foreign }, status: lastDay };
    };
    const unwritten = await readBoth();
    expect(unwritten.status).toMatchObject(unwritten.spend);
    expect(unwritten.spend).toMatchObject({ forNothing: '0.613960', foreign: '0.306980' });
    await driver.look();
    const written = await readBoth();
    expect(written.status).toMatchObject(written.spend);
    expect(written.spend).toEqual(unwritten.spend);
  });

  it('explains each waste with the VM, the day and the reason', async () => {
    const { rig, driver } = await openOffice();
    // A day without anybody: two parked VMs pass their boundary.
    await rig.clock.set(rig.clock.now() + 25 * HOUR);
    await driver.look();
    const { account } = await ask(rig, { why: true });
    const surplus = 'surplus: office wants 1 and has 3; nobody looked between 2026-11-20 09:00Z and its boundary';
    expect(account.waste!.map(({ use, amount, why }) => [use, amount, why])).toEqual([
      ['parked', '0.306980', `${surplus} 2026-11-21 06:02Z, so its deadline passed unseen`],
      ['parked', '0.306980', `${surplus} 2026-11-21 06:58Z, so its deadline passed unseen`],
    ]);
    const { printed } = await run(rig, { options: { why: true } });
    expect(printed).toContain('surplus: office wants 1 and has 3');
    expect(printed).toMatch(/^PAID by main, this month \(UTC\): Sun 2026-11-01 00:00Z to Sat 2026-11-21 \d\d:\d\dZ$/m);
    expect(printed).toContain("The marketplace's API tells no balance of main.");
  });

  it('tells what was paid where the API is away, says so, and ends with 1', async () => {
    const { rig } = await openOffice();
    rig.sandbox.faults.add({ rules: [{ match: { method: 'GET' }, effect: { kind: 'drop' }, count: 0 }] });
    const { account, code, noted } = await ask(rig);
    expect([account.sum.wanted, account.coming, code]).toEqual(['0.920940', undefined, 1]);
    expect(noted).not.toBe('');
  });

  it('says which signs of a short balance there are', async () => {
    const { rig, driver } = await openOffice();
    rig.sandbox.deposit(-parseUsdc(rig.sandbox.books().balance)!);
    await driver.advanceBy(3 * HOUR);
    const { runway } = (await ask(rig)).account;
    expect(runway!.signs[0]).toMatch(/^1 VM can't pay the next period; db first, Sat \d\d:\d\dZ: db$/);
  });

  it.each([
    [{ by: 'month' }, 'policy, vm or day'],
    [{ from: '2026-11-22', to: '2026-11-21' }, '--to must lie after'],
    [{ until: '40d' }, '--until lies ahead'],
    [{ by: 'vm', from: '2026-01-01' }, 'kept for 62 days'],
    [{ from: 'yesterday' }, 'is no instant'],
  ])('refuses %j', async (options, said) => {
    const { rig } = await openOffice();
    await expect(run(rig, { options })).rejects.toThrow(said);
  });
});

/** A fleet of two, not bought yet. */
async function openCloudWeb() {
  const rig = await openCloudRig({ redis, installation: installation() });
  onTestFinished(() => rig.close());
  await rig.publish(
    readFileSync('policies/keep-web-in-france.yaml', 'utf8')
      .replace('replicas: 4', 'replicas: 2')
      .replace('floor: 4', 'floor: 0'),
  );
  return { rig, driver: createMemoryDriver(rig) };
}

describe('purser spend on the cloud', () => {
  it('agrees with what the service billed, disks and IPs too, and finds what differs', async () => {
    const { rig, driver } = await openCloudWeb();
    await driver.advanceBy(3 * HOUR + 10 * MINUTE);
    const { account } = await ask(rig);
    const { charged } = rig.sandbox.books();
    expect(account.billed).toEqual({ billed: charged, counted: charged, differences: [] });
    expect(account.sum).toMatchObject({ wanted: charged, total: charged });

    // Billed twice.
    const { id, name } = rig.sandbox.books().vms[0]!;
    const charges = rig.sandbox.books().charges.filter(({ resourceId }) => resourceId === id);
    const billed = charges.map(({ amount }) => ({
      day: Date.UTC(2026, 10, 20),
      id,
      name,
      cost: 2n * parseUsdc(amount)!,
    }));
    const counted = await rig.engine.store.readVmTallies('main', rig.clock.now() - HOUR, rig.clock.now());
    const own = counted.filter(({ vmId, part }) => vmId === id && part === undefined);
    expect(compareBilled(own, billed, 0).differences).toMatchObject([{ id, name }]);
  });

  it('counts what was charged while nobody looked of a VM that then ended, by its record', async () => {
    const { rig, driver } = await openCloudWeb();
    await driver.advanceBy(30 * MINUTE);
    const { id } = rig.sandbox.books().vms[0]!;
    // Two boundaries, unseen, and then its provider ends it.
    await rig.clock.set(rig.clock.now() + 2 * HOUR + 5 * MINUTE);
    rig.sandbox.terminate({ id });
    expect(rig.sandbox.books().charges.filter(({ resourceId }) => resourceId === id)).toHaveLength(3);
    await driver.advanceBy(5 * MINUTE);
    const { account } = await ask(rig, { by: 'vm' });
    const { charged } = rig.sandbox.books();
    expect(account.billed).toEqual({ billed: charged, counted: charged, differences: [] });
  });

  it('tells when the balance ends and which charge fails first; status needs you', async () => {
    const { rig, driver } = await openCloudWeb();
    await driver.advanceBy(30 * MINUTE);
    const left = parseUsdc('0.10')!;
    rig.sandbox.deposit(left - parseUsdc(rig.sandbox.books().balance)!);
    const { runway } = (await ask(rig)).account;
    expect(runway).toMatchObject({ balance: '0.100000' });
    const { documents } = await run(rig, { json: true }, status);
    const { needsYou, runways } = documents[0] as {
      needsYou: { code: string; text: string }[];
      runways: { endsAt: string }[];
    };
    expect(runways[0]!.endsAt).toBe(runway!.endsAt);
    expect(needsYou.find(({ code }) => code === 'balance-ends')?.text).toContain('The balance of 0.100000 lasts');
    // And so it comes: the balance pays everything until that instant, and not what is charged there.
    await driver.advanceTo(Date.parse(runway!.endsAt!) - MINUTE);
    const running = () => rig.sandbox.books().vms.filter(({ status: word }) => word === 'launched').length;
    const unpaid = () =>
      rig.sandbox.books().parts.some(({ paidUntil }) => paidUntil !== null && Date.parse(paidUntil) <= rig.clock.now());
    expect([running(), unpaid()]).toEqual([2, false]);
    await driver.advanceBy(2 * MINUTE);
    expect(running() < 2 || unpaid()).toBe(true);
  });
});
