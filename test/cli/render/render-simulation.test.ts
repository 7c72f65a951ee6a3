import { describe, expect, it } from 'vitest';
import { renderVerdict } from '../../../src/cli/render/render-simulation.js';
import { buildSampleReport } from './simulation-page/sample-report.js';

const report = buildSampleReport();
const MINUTE = 60_000;

/** What Purser and the cron job paid, and for how many VM-minutes each was short. */
function judge(purser: readonly [paid: bigint, short: number], cron: readonly [paid: bigint, short: number]): string {
  const of = <Known extends (typeof report)['purser']>(outcome: Known, [total, short]: readonly [bigint, number]) => ({
    ...outcome,
    total,
    shortfall: { vmMillis: short * MINUTE, longestMillis: short * MINUTE },
  });
  return renderVerdict({
    ...report,
    purser: of(report.purser, purser),
    baselines: { ...report.baselines, immediate: of(report.baselines.immediate, cron) },
  });
}

describe('The verdict of a backtest', () => {
  it.each<[string, readonly [bigint, number], readonly [bigint, number], RegExp]>([
    [
      'a cron job that was cheaper and short of VMs',
      [2_000_000n, 0],
      [1_500_000n, 265],
      /0\.500000 more than a cron job that creates and deletes at once, which was cheaper while it was short of VMs: 265 VM-minutes, Purser none\.$/,
    ],
    [
      'a cron job that was cheaper and shorter of VMs',
      [2_000_000n, 12.3],
      [1_500_000n, 99],
      /short of VMs: 99\.0 VM-minutes, Purser 12\.3 VM-minutes\.$/,
    ],
    ['a cron job that was cheaper and had as many', [2_000_000n, 5], [1_500_000n, 5], /at once\.$/],
    ['a cron job that was dearer and short of VMs', [1_500_000n, 0], [2_000_000n, 265], /less than .* at once\.$/],
    [
      'a cron job that was dearer and had more VMs',
      [1_500_000n, 12],
      [2_000_000n, 0],
      /less than .* at once, but was short of more VMs meanwhile: 12\.0 VM-minutes, the cron job none\.$/,
    ],
    ['a cron job that paid as much', [2_000_000n, 0], [2_000_000n, 9], /and as much as a cron job .* at once\.$/],
  ])('tells of %s', (_what, purser, cron, said) => {
    expect(judge(purser, cron)).toMatch(said);
  });
});
