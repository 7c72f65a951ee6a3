// What a person reads of money that was paid and will be: names that tell VMs apart, waste that no charge shows, and who must run.
import { describe, expect, it } from 'vitest';
import { renderSpend } from '../../../src/cli/render/render-spend.js';
import type { AccountSpend, SpendReport } from '../../../src/cli/render/spend-report.js';
import type { SpendRow } from '../../../src/core/spend-rows.js';
import { HOUR, NOON } from '../../core/samples.js';

const SUMS = { wanted: 20_000n, parked: 0n, idle: 0n, missed: 0n, foreign: 0n };
const row = (id: string, name: string): SpendRow => ({ policy: 'web', vm: { id, name }, sums: SUMS, total: 20_000n });

const SPEND: AccountSpend = {
  account: 'main',
  product: 'cloud',
  countedSince: undefined,
  rows: [],
  sum: { sums: SUMS, total: 20_000n },
  waste: undefined,
  cutShort: undefined,
  ledgerSince: undefined,
  billed: undefined,
  billedProblem: undefined,
  coming: undefined,
  runway: undefined,
};

function render(spend: Partial<AccountSpend>, over: Partial<SpendReport> = {}): string {
  const report: SpendReport = {
    at: NOON,
    from: NOON - HOUR,
    to: NOON,
    by: 'vm',
    span: 'the last hour',
    until: NOON + HOUR,
    isFrozen: false,
    isUp: true,
    accounts: [{ ...SPEND, ...spend }],
    ...over,
  };
  return renderSpend(report, { now: NOON, width: undefined, colours: false });
}

describe('purser spend in words', () => {
  it('tells VMs of one name apart by their ids', () => {
    const told = render({ rows: [row('0xa', 'web-1'), row('0xb', 'web-1'), row('0xc', 'web-2')] });
    expect(told).toMatch(/^web-1 \(0xa\) +web /m);
    expect(told).toMatch(/^web-1 \(0xb\) +web /m);
    expect(told).toMatch(/^web-2 +web /m);
  });

  it('says what a policy is called since it was renamed', () => {
    const desk: SpendRow = { policy: 'desk', nowCalled: 'bureau', sums: SUMS, total: 20_000n };
    expect(render({ rows: [desk] }, { by: 'policy' })).toMatch(/^desk \(now bureau\) +0\.020000 /m);
  });

  it('tells what was lost with VMs that ended, which no charge shows as waste', () => {
    expect(render({ waste: [], cutShort: 0n })).toContain('None: all that was paid was wanted');
    expect(render({ waste: [], cutShort: 600_483n })).toContain(
      "None by charge: all that was paid was wanted, or is not Purser's.\n" +
        '0.600483 of what was paid was lost with VMs that ended by themselves',
    );
  });

  it('says the true reason of a difference to the bill', () => {
    const line = { day: NOON, id: 'd', vmId: '1', name: 'boot-disk of web-1', counted: 5n, billed: 8n };
    const differences = (['while-removed', 'before-counting', 'unknown'] as const).map((reason) => ({
      ...line,
      reason,
    }));
    const told = render({ billed: { billed: 24n, counted: 15n, differences } });
    expect(told).toContain('charged while it was being removed, gone before the next look');
    expect(told).toContain('paid before Purser looked');
    expect(told).toContain('not known: see `purser doctor`');
  });

  it('says that a deletion to come needs somebody who runs', () => {
    const counts = { vms: 1, disks: 0, ips: 0 };
    const group = { account: 'main', at: NOON + HOUR, policy: 'web', vms: ['web-1'], counts, cost: 20_000n };
    const avoidable = { fate: 'delete' as const, avoidableUntil: NOON + HOUR / 2, why: 'surplus' };
    const coming = { groups: [{ ...group, ...avoidable }], until: NOON + HOUR, purchases: [], boughtNow: 0n };
    expect(render({ coming })).toMatch(/12:30Z: will be$/m);
    expect(render({ coming })).toMatch(/0\.020000 will be avoided\.$/m);
    expect(render({ coming }, { isUp: false })).toMatch(/12:30Z: if `up` runs$/m);
    expect(render({ coming }, { isUp: false })).toMatch(/0\.020000 will be avoided if `up` runs\.$/m);
    expect(render({ coming }, { isUp: false, isFrozen: true })).toMatch(/12:30Z: once thawed$/m);
  });
});
