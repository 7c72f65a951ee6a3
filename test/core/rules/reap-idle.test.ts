// What a reap lets go: foreign VMs that its evidence calls idle throughout, unless anything speaks against it.
import { describe, expect, it } from 'vitest';
import type { Books } from '../../../src/core/books.js';
import type { Plan } from '../../../src/core/plan-types.js';
import type { ReapPolicy } from '../../../src/core/policy-types.js';
import type { EvidenceRun, Vm } from '../../../src/core/types.js';
import {
  DAY,
  deletedIds,
  holdCodes,
  HOUR,
  INSTALLATION,
  intentId,
  makeClaim,
  makeDeploy,
  makeEvidence,
  makeIntent,
  makeReap,
  makeRun,
  makeSnapshot,
  makeVm,
  MINUTE,
  NOON,
  planOf,
} from '../samples.js';

const IDLE = [makeRun('yes', NOON - HOUR, NOON)];

interface Scene {
  readonly vm?: Partial<Vm>;
  readonly runs?: readonly EvidenceRun[];
  readonly books?: Partial<Books>;
  readonly reaps?: readonly ReapPolicy[];
  readonly isProtected?: (vm: Vm) => boolean;
}

function planScene({ vm = {}, runs = IDLE, books = {}, reaps = [makeReap()], isProtected = () => false }: Scene): Plan {
  const seen = makeVm('1', { name: 'ci-1', paidUntil: NOON + MINUTE, ...vm });
  const evidence = reaps.map((reap) => makeEvidence('1', runs, reap.name));
  // The fleet wants one and finds nothing on offer, so that it keeps what it has and buys nothing.
  const snapshot = makeSnapshot([seen], { evidence, ...books }, { offers: [] });
  return planOf(snapshot, { reaps, policies: { isProtected } });
}

const protect = (...names: string[]) => ({ handles: { freeze: undefined, protect: names, approvals: [] } });
const named = `ci-${INSTALLATION}${intentId('aaaa')}`;

describe('an idle VM that a reap selects', () => {
  it('is deleted before its boundary, and its evidence is told', () => {
    const plan = planScene({});
    expect(deletedIds(plan)).toEqual(['1']);
    expect(plan.actions[0]).toMatchObject({ policy: 'reap-ci', reaped: true, reason: { code: 'idle' } });
    expect(plan.actions[0]!.reason.text).toContain('idle 1h of 30m: /busy = false in 61 of 61 samples');
    expect(plan.reaps).toMatchObject([{ matched: 1, idle: 1, busy: 0, unknown: 0 }]);
    expect(plan.probes).toEqual([{ policy: 'reap-ci', vm: { id: '1', name: 'ci-1' }, publicIp: '2001:db8::1' }]);
  });

  it.each([
    ['waits for its deadline', { vm: { paidUntil: NOON + DAY } }, 'idle-until-deadline'],
    ['is not idle for long enough', { runs: [makeRun('yes', NOON - 10 * MINUTE, NOON)] }, 'not-idle-long-enough'],
    ['is busy', { runs: [makeRun('no', NOON - MINUTE, NOON)] }, 'busy'],
    ['is silent', { runs: [makeRun('unknown', NOON - MINUTE, NOON)] }, 'signal-unknown'],
    ['was never asked', { runs: [] }, 'signal-unknown'],
    ['was last asked too long ago', { runs: [makeRun('yes', NOON - HOUR, NOON - 3 * MINUTE)] }, 'signal-unknown'],
    ['is too young', { vm: { createdAt: NOON - 30 * MINUTE + 1 } }, 'too-young'],
    ['is of unknown age', { vm: { createdAt: undefined } }, 'too-young'],
    ['is not running', { vm: { status: 'launching' } }, 'launching'],
    ['has ended', { vm: { status: 'terminated' } }, 'launching'],
    ['has a status that we do not know', { vm: { status: 'unknown' } }, 'status-unknown'],
    ['has no known boundary', { vm: { paidUntil: undefined } }, 'boundary-unknown'],
    ['awaits its charge', { vm: { paidUntil: NOON } }, 'charge-pending'],
    ['is protected by id', { books: protect('1') }, 'protected'],
    ['is protected by name', { books: protect('ci-1') }, 'protected'],
    ['is protected by rule', { isProtected: () => true }, 'protected'],
    ['belongs to a fleet', { books: { claims: [makeClaim('1')] } }, 'owned-by-fleet'],
    ['belonged to a fleet that is gone', { books: { claims: [makeClaim('1', { policy: 'gone' })] } }, 'unclaimed'],
    ['bears a name of ours that the books do not know', { vm: { name: named } }, 'known-by-name'],
    [
      'was just bought',
      {
        vm: { name: named },
        books: { intents: [makeIntent(intentId('aaaa'), { state: 'calling', policy: 'ci', deploy: makeDeploy(1) })] },
      },
      'create-pending',
    ],
    [
      'is doomed already',
      {
        books: {
          claims: [
            makeClaim('1', {
              policy: 'reap-ci',
              origin: 'reaped',
              state: 'doomed',
              deletion: { intent: 'x', calledAt: NOON },
            }),
          ],
        },
      },
      'deleting',
    ],
    ['is of a reap that observes', { reaps: [makeReap({ mode: 'observe' })] }, 'observing'],
    ['is of a reap that is paused', { reaps: [makeReap({ mode: 'pause' })] }, undefined],
  ] as const)('is kept when it %s', (_what, scene, code) => {
    for (const deleteAt of ['boundary', 'now'] as const) {
      if (deleteAt === 'now' && code === 'idle-until-deadline') continue;
      const reaps = ('reaps' in scene ? scene.reaps : [makeReap()]).map((reap) => ({ ...reap, deleteAt }));
      const plan = planScene({ ...scene, reaps });
      expect(deletedIds(plan)).toEqual([]);
      if (code !== undefined) expect(holdCodes(plan, '1')).toContain(code);
    }
  });

  it('goes at once when its reap says so', () => {
    expect(deletedIds(planScene({ vm: { paidUntil: NOON + DAY }, reaps: [makeReap({ deleteAt: 'now' })] }))).toEqual([
      '1',
    ]);
  });

  it('is kept while the list shows its address for another VM too, unless that one has ended: one machine’s answer', () => {
    const plan = (status: Vm['status']) => {
      const vms = ['1', '2'].map((id) =>
        makeVm(id, { name: `ci-${id}`, paidUntil: NOON + MINUTE, publicIp: '192.0.2.7' }),
      );
      const evidence = vms.map(({ id }) => makeEvidence(id, IDLE));
      return planOf(makeSnapshot([vms[0]!, { ...vms[1]!, status }], { evidence }), { reaps: [makeReap()], fleets: [] });
    };
    expect(deletedIds(plan('active'))).toEqual([]);
    expect(holdCodes(plan('active'), '1')).toEqual(['signal-unknown']);
    expect(deletedIds(plan('terminated'))).toEqual(['1']);
  });

  it('is asked while it is too young, so that its evidence stands when it is old enough', () => {
    expect(planScene({ vm: { createdAt: NOON } }).probes.length).toBe(1);
    expect(planScene({ books: protect('1') }).probes).toEqual([]);
  });
});

describe('two reaps', () => {
  const other = makeReap({ name: 'reap-two' });
  it('that agree delete a VM once', () => {
    const plan = planScene({ reaps: [makeReap(), other] });
    expect(plan.actions.map((action) => action.policy)).toEqual(['reap-ci']);
  });

  it('that agree let the one act that may', () => {
    const plan = planScene({ reaps: [makeReap({ mode: 'observe' }), other] });
    expect(plan.actions.map((action) => action.policy)).toEqual(['reap-two']);
  });

  it('that disagree keep it, also when the doubt is of one that only observes', () => {
    for (const mode of ['act', 'observe'] as const) {
      const doubting = makeReap({ name: 'reap-two', mode, minAgeMillis: 30 * DAY });
      const plan = planScene({ reaps: [makeReap(), doubting] });
      expect(deletedIds(plan)).toEqual([]);
      expect(holdCodes(plan, '1')).toContain('two-claimants');
    }
  });

  it('of which one is paused are one', () => {
    const paused = makeReap({ name: 'reap-two', mode: 'pause', minAgeMillis: 30 * DAY });
    expect(deletedIds(planScene({ reaps: [makeReap(), paused] }))).toEqual(['1']);
  });
});

describe('an unknown answer', () => {
  it('says since when it stands, and when a person should hear of it', () => {
    const reap = makeReap({ tellAfterMillis: 2 * HOUR });
    const runs = [makeRun('yes', NOON - HOUR, NOON - 30 * MINUTE), makeRun('unknown', NOON - 29 * MINUTE, NOON)];
    const [hold] = planScene({ runs, reaps: [reap], vm: { paidUntil: NOON + DAY } }).holds;
    expect(hold).toMatchObject({ since: NOON - 29 * MINUTE, tellFrom: NOON + 91 * MINUTE });
    expect(hold?.reason.code).toBe('signal-unknown');
  });

  it('of a VM that was never asked stands since it could have been', () => {
    const vm = { paidUntil: NOON + DAY, createdAt: NOON - 3 * HOUR };
    const [hold] = planScene({ runs: [], reaps: [makeReap({ tellAfterMillis: HOUR })], vm }).holds;
    expect(hold?.reason.code).toBe('signal-unknown');
    expect(hold!.tellFrom! - hold!.since!).toBe(HOUR);
    expect(hold!.since).toBeGreaterThanOrEqual(NOON - 3 * HOUR);
  });
});
