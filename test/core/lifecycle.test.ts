// The life-cycle table, enumerated: every combination of facts against DESIGN's table, written down here a second time as rows
// from the most special to the most general. The first row that fits says what must hold.
import { describe, expect, it } from 'vitest';
import {
  isEnded,
  isRunning,
  judgeLifecycle,
  type DeletionRight,
  type LifecycleFacts,
  type LifecycleRow,
  type Ownership,
  type PaidUntil,
  type Standing,
} from '../../src/core/lifecycle.js';
import type { VmStatus } from '../../src/core/types.js';

const OWNERSHIPS: readonly Ownership[] = ['member', 'parked', 'doomed', 'unclaimed', 'by-name', 'foreign'];
const STATUSES: readonly VmStatus[] = [
  'new',
  'launching',
  'active',
  'small-balance',
  'insufficient-funds',
  'terminated',
  'stopped',
  'failed',
  'unknown',
];
const PAID: readonly PaidUntil[] = ['known', 'past', 'unknown'];
const BOTH = [false, true];

function listFacts(): readonly LifecycleFacts[] {
  const all: LifecycleFacts[] = [];
  for (const ownership of OWNERSHIPS) {
    for (const status of [...STATUSES, undefined]) {
      for (const paidUntil of PAID) {
        for (const mismatched of BOTH) {
          for (const launchTimedOut of BOTH) {
            all.push({ ownership, listed: status !== undefined, status, paidUntil, mismatched, launchTimedOut });
          }
        }
      }
    }
  }
  return all;
}

const ENDED: readonly (VmStatus | undefined)[] = ['terminated', 'stopped', 'failed', 'insufficient-funds'];
const LAUNCHING: readonly (VmStatus | undefined)[] = ['new', 'launching'];

type Expected = readonly [Standing, counts: 'counts' | 'not', DeletionRight];
interface Row {
  readonly says: string;
  readonly fits: (facts: LifecycleFacts) => boolean;
  readonly is: Expected;
}

const isOwned = ({ ownership }: LifecycleFacts): boolean => ownership === 'member' || ownership === 'parked';

const TABLE: readonly Row[] = [
  {
    says: 'doomed: going on, never taken back',
    fits: (f) => f.ownership === 'doomed',
    is: ['doomed', 'not', 'going-on'],
  },
  { says: 'unclaimed: of nobody, never', fits: (f) => f.ownership === 'unclaimed', is: ['unclaimed', 'not', 'never'] },
  { says: 'foreign: only by a reap', fits: (f) => f.ownership === 'foreign', is: ['foreign', 'not', 'reap'] },
  {
    says: 'known by name, ended: it does not work any more, yet never deleted',
    fits: (f) => f.ownership === 'by-name' && ENDED.includes(f.status),
    is: ['by-name', 'not', 'never'],
  },
  { says: 'known by name: counts, never', fits: (f) => f.ownership === 'by-name', is: ['by-name', 'counts', 'never'] },
  {
    says: 'missing: counts until its absence is proved',
    fits: (f) => !f.listed && f.ownership === 'parked',
    is: ['missing', 'counts', 'never'],
  },
  { says: 'pending: counts', fits: (f) => !f.listed, is: ['pending', 'counts', 'never'] },
  { says: 'ended: its record at once', fits: (f) => ENDED.includes(f.status), is: ['ended', 'not', 'record'] },
  {
    says: 'status unknown: counts, never',
    fits: (f) => f.status === 'unknown',
    is: ['status-unknown', 'counts', 'never'],
  },
  {
    says: 'launch timed out: replaced; at once while nothing is known to be paid',
    fits: (f) => LAUNCHING.includes(f.status) && f.launchTimedOut && f.paidUntil === 'unknown',
    is: ['stuck', 'not', 'at-once'],
  },
  {
    says: 'launch timed out, boundary past: replaced, held',
    fits: (f) => LAUNCHING.includes(f.status) && f.launchTimedOut && f.paidUntil === 'past',
    is: ['stuck', 'not', 'never'],
  },
  {
    says: 'launch timed out: at its boundary',
    fits: (f) => LAUNCHING.includes(f.status) && f.launchTimedOut,
    is: ['stuck', 'not', 'boundary'],
  },
  {
    says: 'mismatched: parked as surplus',
    fits: (f) => f.mismatched && f.paidUntil === 'known',
    is: ['mismatched', 'not', 'boundary'],
  },
  { says: 'mismatched, boundary doubtful: held', fits: (f) => f.mismatched, is: ['mismatched', 'not', 'never'] },
  {
    says: 'parked: in [deadline, boundary)',
    fits: (f) => f.ownership === 'parked' && f.paidUntil === 'known',
    is: ['parked', 'not', 'boundary'],
  },
  { says: 'parked, boundary doubtful: held', fits: (f) => f.ownership === 'parked', is: ['parked', 'not', 'never'] },
  {
    says: 'new, launching: counts',
    fits: (f) => LAUNCHING.includes(f.status) && f.paidUntil === 'known',
    is: ['launching', 'counts', 'by-rule'],
  },
  {
    says: 'new, launching, boundary doubtful: counts, held',
    fits: (f) => LAUNCHING.includes(f.status),
    is: ['launching', 'counts', 'never'],
  },
  {
    says: 'small balance: counts, not replaced',
    fits: (f) => f.status === 'small-balance' && f.paidUntil === 'known',
    is: ['small-balance', 'counts', 'by-rule'],
  },
  {
    says: 'small balance, boundary doubtful: money is what lacks, so still not replaced',
    fits: (f) => f.status === 'small-balance',
    is: ['small-balance', 'counts', 'never'],
  },
  { says: 'active: by rules', fits: (f) => f.paidUntil === 'known', is: ['active', 'counts', 'by-rule'] },
  { says: 'active, boundary doubtful: counts, held', fits: () => true, is: ['active', 'counts', 'never'] },
];

function expectedOf(facts: LifecycleFacts): Expected {
  return TABLE.find((row) => row.fits(facts))!.is;
}

describe('the life-cycle table', () => {
  it('has the row of DESIGN for every combination of facts', () => {
    for (const facts of listFacts()) {
      const { standing, counts, deletion } = judgeLifecycle(facts);
      expect([standing, counts ? 'counts' : 'not', deletion], JSON.stringify(facts)).toEqual(expectedOf(facts));
    }
  });

  it('needs each of its rows', () => {
    for (const row of TABLE)
      expect(listFacts().some((facts) => TABLE.find((one) => one.fits(facts)) === row)).toBe(true);
  });

  function rowsWhere(fits: (facts: LifecycleFacts, row: LifecycleRow) => boolean): readonly LifecycleRow[] {
    return listFacts().flatMap((facts) => {
      const row = judgeLifecycle(facts);
      return fits(facts, row) ? [row] : [];
    });
  }

  it('never lets an owned VM be deleted to save money while its boundary is not known to lie ahead', () => {
    const rows = rowsWhere((facts) => isOwned(facts) && facts.paidUntil !== 'known');
    expect(new Set(rows.map((row) => row.deletion))).toEqual(new Set(['never', 'record', 'at-once']));
    const held = rowsWhere((facts, row) => isOwned(facts) && facts.listed && row.deletion === 'never');
    expect(held.every((row) => row.hold !== undefined)).toBe(true);
  });

  it('says which doubt holds a deletion back', () => {
    const base = {
      ownership: 'member',
      listed: true,
      status: 'active',
      mismatched: false,
      launchTimedOut: false,
    } as const;
    expect(judgeLifecycle({ ...base, paidUntil: 'past' }).hold).toBe('charge-pending');
    expect(judgeLifecycle({ ...base, paidUntil: 'unknown' }).hold).toBe('boundary-unknown');
    expect(judgeLifecycle({ ...base, paidUntil: 'known', status: 'unknown' }).hold).toBe('status-unknown');
    expect(judgeLifecycle({ ...base, paidUntil: 'known' }).hold).toBeUndefined();
  });

  it('leaves only records outside the caps', () => {
    for (const facts of listFacts()) {
      const row = judgeLifecycle(facts);
      expect(row.capped).toBe(row.deletion !== 'record');
    }
  });
});

describe('statuses', () => {
  it('are ended, running, or neither', () => {
    expect(STATUSES.filter(isEnded)).toEqual(['insufficient-funds', 'terminated', 'stopped', 'failed']);
    expect(STATUSES.filter(isRunning)).toEqual(['active', 'small-balance']);
  });
});
