import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Change, Intent } from '../../src/core/books.js';
import { createRedisStore } from '../../src/queue/redis-store.js';
import type { CallPermit, CallRequest, CallResult, Store } from '../../src/ports/store.js';
import { makeClaim, makeDeploy, makeEntry, makeIntent, NOW } from '../queue/books-samples.js';
import { eventually, openTestRedis, type TestRedis } from './store-redis.js';

let redis: TestRedis;
let store: Store;
let installations = 0;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(async () => {
  await redis.close();
});

function openStore(): Store {
  return createRedisStore({ url: redis.url, installation: `i${installations}` });
}
beforeEach(() => {
  installations += 1;
  store = openStore();
  return () => store.close();
});

/** As a reconcile would, under the account's lease, which is let go afterwards. */
async function write(...changes: Change[]): Promise<void> {
  const lease = await eventually('the lease', () => store.acquireLease('account:main', 'test', 60_000));
  const generation = (await store.readGeneration())?.number ?? 0;
  const result = await store.commit(lease, { account: 'main', generation, changes, ledger: [] });
  expect(result).toEqual({ refused: undefined, failed: [] });
  await store.releaseLease(lease);
}

function request(changes: Partial<CallRequest> = {}): CallRequest {
  return {
    account: 'main',
    intent: 'k3f9x2',
    generation: 0,
    attempt: 'first',
    leaseMillis: 60_000,
    now: NOW + 1,
    doom: [],
    ...changes,
  };
}

function result(intent: Intent, changes: Partial<CallResult> = {}): CallResult {
  return { account: 'main', attempt: 'first', intent, claims: [], undoom: [], ledger: [], ...changes };
}

function plan(intent: Intent): Promise<void> {
  return write({ kind: 'intent', intent, expect: 'absent' });
}

const granted: CallPermit = { granted: true, doomed: [], notDoomed: [], protect: [] };
function refusal(why: Extract<CallPermit, { granted: false }>['why']): CallPermit {
  return { granted: false, why, retryAfterMillis: undefined };
}

describe('the gate before a call', () => {
  it('tells what is protected by hand in the same step as it lets through', async () => {
    await plan(makeIntent('k3f9x2'));
    await store.setProtected('main', 'db-1', true);
    await store.setProtected('lab', 'db-2', true);
    expect(await store.beginCall(request())).toEqual({ ...granted, protect: ['db-1'] });
  });

  it('refuses what is frozen, of another generation, unknown to the books, or closed', async () => {
    expect(await store.beginCall(request())).toEqual(refusal('absent'));
    await plan(makeIntent('k3f9x2'));
    await store.setFreeze({ since: NOW, why: 'looking' });
    expect(await store.beginCall(request())).toEqual(refusal('frozen'));
    await store.setFreeze(undefined);
    expect(await store.beginCall(request({ generation: 7 }))).toEqual(refusal('generation-changed'));
    await store.publishGeneration({ hash: 'h', publishedAt: NOW, documents: [], policies: {}, by: 'test' }, 0);
    expect(await store.beginCall(request({ generation: 0 }))).toEqual(refusal('generation-changed'));
    expect((await store.readIntent('main', 'k3f9x2'))?.state).toBe('planned');
    expect(await store.beginCall(request({ generation: 1 }))).toEqual(granted);
    expect(await store.readIntent('main', 'k3f9x2')).toEqual(
      makeIntent('k3f9x2', { state: 'calling', calledAt: NOW + 1 }),
    );
    const done = makeIntent('k3f9x2', { state: 'done', calledAt: NOW + 1, closedAt: NOW + 2 });
    expect(await store.finishCall(result(done))).toEqual({ written: true, state: 'done' });
    expect(await store.beginCall(request({ generation: 1, attempt: 'second' }))).toEqual(refusal('closed'));
    expect(await store.readIntent('main', 'k3f9x2')).toEqual(done);
  });

  it('lets one of twenty attempts at once through, over two connections', async () => {
    await plan(makeDeploy('k3f9x2'));
    const other = openStore();
    const permits = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? store : other).beginCall(request({ attempt: `attempt-${index}` })),
      ),
    );
    await other.close();
    expect(permits.filter((permit) => permit.granted)).toHaveLength(1);
    for (const permit of permits) {
      if (permit.granted) continue;
      expect(permit.why).toBe('in-flight');
      expect(permit.retryAfterMillis).toBeGreaterThan(50_000);
      expect(permit.retryAfterMillis).toBeLessThanOrEqual(60_000);
    }
  });

  it('answers an attempt that lost its answer the same again', async () => {
    await write(
      { kind: 'intent', intent: makeIntent('k3f9x2'), expect: 'absent' },
      { kind: 'claim', claim: makeClaim('0x1', { state: 'parked' }), expect: 'absent' },
    );
    const first = await store.beginCall(request({ doom: ['0x1'] }));
    expect(first).toEqual({ granted: true, doomed: ['0x1'], notDoomed: [], protect: [] });
    expect(await store.beginCall(request({ doom: ['0x1'] }))).toEqual(first);
  });

  it('never lets a create through twice: without an answer it becomes unknown', async () => {
    await plan(makeDeploy('k3f9x2'));
    expect(await store.beginCall(request({ leaseMillis: 1 }))).toEqual(granted);
    const second = await eventually('the lease lapsed', async () => {
      const permit = await store.beginCall(request({ attempt: 'second' }));
      return !permit.granted && permit.why === 'in-flight' ? undefined : permit;
    });
    expect(second).toEqual(refusal('unknown'));
    expect((await store.readIntent('main', 'k3f9x2'))?.state).toBe('unknown');
    expect(await store.beginCall(request({ attempt: 'third' }))).toEqual(refusal('unknown'));

    // The first attempt had only been asleep, and its answer is a fact.
    const done = makeDeploy('k3f9x2', { state: 'done', calledAt: NOW + 1 });
    const late = result(done, { claims: [makeClaim('0x9')], ledger: [makeEntry(NOW, { event: 'bought' })] });
    expect(await store.finishCall(late)).toEqual({ written: true, state: 'done' });
    expect((await store.readBooks('main')).claims).toEqual([makeClaim('0x9')]);
  });

  it('lets a deletion through again when its attempt is gone, and then hears only the newer attempt', async () => {
    await write(
      { kind: 'intent', intent: makeIntent('k3f9x2'), expect: 'absent' },
      { kind: 'claim', claim: makeClaim('0x1', { state: 'parked' }), expect: 'absent' },
    );
    await store.beginCall(request({ leaseMillis: 1, doom: ['0x1'] }));
    const again = await eventually('the lease lapsed', async () => {
      const permit = await store.beginCall(request({ attempt: 'second', now: NOW + 9, doom: ['0x1'] }));
      return permit.granted && permit;
    });
    expect(again.doomed).toEqual(['0x1']);

    const kept = makeIntent('k3f9x2', { state: 'done' });
    expect(await store.finishCall(result(kept, { undoom: ['0x1'] }))).toEqual({ written: false, state: 'calling' });
    const unknown = makeIntent('k3f9x2', { state: 'unknown' });
    const answer = await store.finishCall(result(unknown, { attempt: 'second' }));
    expect(answer).toEqual({ written: true, state: 'unknown' });
    // Even now: what the second attempt sent may still be on its way.
    expect(await store.finishCall(result(kept, { undoom: ['0x1'] }))).toEqual({ written: false, state: 'unknown' });
    expect((await store.readBooks('main')).claims[0]?.state).toBe('doomed');
    expect(await store.readIntent('main', 'k3f9x2')).toEqual({ ...unknown, calledAt: NOW + 9 });
    expect(await store.beginCall(request({ attempt: 'third', doom: ['0x1'] }))).toMatchObject({ granted: true });
  });
});

describe('dooming', () => {
  it('dooms only what is parked, says so in the claim, and releases only its own', async () => {
    await write(
      { kind: 'intent', intent: makeIntent('k3f9x2'), expect: 'absent' },
      { kind: 'intent', intent: makeIntent('m4g0y3'), expect: 'absent' },
      { kind: 'claim', claim: makeClaim('0x1', { state: 'parked' }), expect: 'absent' },
      { kind: 'claim', claim: makeClaim('0x2', { state: 'parked' }), expect: 'absent' },
      { kind: 'claim', claim: makeClaim('0x3'), expect: 'absent' },
    );
    await store.beginCall(request({ intent: 'm4g0y3', attempt: 'other', doom: ['0x2'] }));
    const permit = await store.beginCall(request({ doom: ['0x1', '0x2', '0x3', '0x4'] }));
    expect(permit).toEqual({ granted: true, doomed: ['0x1'], notDoomed: ['0x2', '0x3', '0x4'], protect: [] });

    const deletion = { intent: 'k3f9x2', calledAt: NOW + 1 };
    const [first] = (await store.readBooks('main')).claims;
    expect(first).toEqual(makeClaim('0x1', { state: 'doomed', stateSince: NOW + 1, deletion }));

    const done = makeIntent('k3f9x2', { state: 'done' });
    await store.finishCall(result(done, { undoom: ['0x1', '0x2', '0x3'] }));
    const states = (await store.readBooks('main')).claims.map((claim) => claim.state);
    expect(states).toEqual(['parked', 'doomed', 'member']);
    expect((await store.readBooks('main')).claims[0]).toEqual(makeClaim('0x1', { state: 'parked' }));
  });

  it('hands a doomed VM to another deletion when a reconcile says so', async () => {
    await write(
      { kind: 'intent', intent: makeIntent('k3f9x2'), expect: 'absent' },
      { kind: 'intent', intent: makeIntent('m4g0y3'), expect: 'absent' },
      { kind: 'claim', claim: makeClaim('0x1', { state: 'parked' }), expect: 'absent' },
    );
    await store.beginCall(request({ doom: ['0x1'] }));
    const deletion = { intent: 'm4g0y3', calledAt: NOW + 2 };
    const handed = makeClaim('0x1', { state: 'doomed', deletion });
    await write({ kind: 'claim', claim: handed, expect: 'doomed' });
    expect((await store.readBooks('main')).claims).toEqual([handed]);
    const permit = await store.beginCall(request({ intent: 'm4g0y3', attempt: 'other', doom: ['0x1'] }));
    expect(permit).toEqual({ granted: true, doomed: ['0x1'], notDoomed: [], protect: [] });
  });

  it('either dooms a VM or lets it be taken back, never both, in a hundred races', async () => {
    const other = openStore();
    const lease = await eventually('the lease', () => store.acquireLease('account:main', 'test', 60_000));
    const ids = Array.from({ length: 100 }, (_, index) => `0x${index}`);
    const parked: Change[] = ids.map((id) => ({
      kind: 'claim',
      claim: makeClaim(id, { state: 'parked' }),
      expect: 'absent',
    }));
    const intent: Change = { kind: 'intent', intent: makeIntent('k3f9x2'), expect: 'absent' };
    await store.commit(lease, { account: 'main', generation: 0, changes: [...parked, intent], ledger: [] });
    let takenBack = 0;
    await Promise.all(
      ids.map(async (id, index) => {
        const change: Change = { kind: 'claim', claim: makeClaim(id), expect: 'parked' };
        const commit = { account: 'main', generation: 0, changes: [change], ledger: [] };
        const doom = () => other.beginCall(request({ doom: [id] }));
        const [written, permit] =
          index % 2 === 0
            ? await Promise.all([store.commit(lease, commit), doom()])
            : await Promise.all([doom(), store.commit(lease, commit)]).then(([left, right]) => [right, left] as const);
        if (!permit.granted) throw new Error(`refused: ${permit.why}`);
        expect(written.failed.length + permit.notDoomed.length).toBe(1);
        if (permit.doomed.length === 0) takenBack += 1;
      }),
    );
    await other.close();
    const claims = (await store.readBooks('main')).claims;
    expect(claims.filter((claim) => claim.state === 'member')).toHaveLength(takenBack);
    expect(claims.filter((claim) => claim.state === 'doomed')).toHaveLength(100 - takenBack);
  });
});

describe('writing down what came of a call', () => {
  it('counts the same outcome as written twice, but writes its ledger once', async () => {
    await plan(makeIntent('k3f9x2'));
    await store.beginCall(request());
    const done = result(makeIntent('k3f9x2', { state: 'done' }), { ledger: [makeEntry(NOW)] });
    expect(await store.finishCall(done)).toEqual({ written: true, state: 'done' });
    expect(await store.finishCall(done)).toEqual({ written: true, state: 'done' });
    expect(await store.readLedger('main', 0, NOW)).toHaveLength(1);
  });

  it('keeps a claim that stands already, and records a refusal before any call', async () => {
    await write(
      { kind: 'intent', intent: makeDeploy('k3f9x2'), expect: 'absent' },
      { kind: 'intent', intent: makeDeploy('m4g0y3'), expect: 'absent' },
      { kind: 'claim', claim: makeClaim('0x1', { origin: 'adopted' }), expect: 'absent' },
    );
    await store.beginCall(request());
    const done = makeDeploy('k3f9x2', { state: 'done', calledAt: NOW + 1 });
    await store.finishCall(result(done, { claims: [makeClaim('0x1'), makeClaim('0x2')] }));
    const claims = (await store.readBooks('main')).claims;
    expect(claims.map((claim) => claim.origin)).toEqual(['adopted', 'bought']);

    const refused = makeDeploy('m4g0y3', { state: 'refused', closedAt: NOW });
    expect(await store.finishCall(result(refused))).toEqual({ written: true, state: 'refused' });
  });

  it('keeps what a purchase was answered with although the store was emptied meanwhile', async () => {
    const done = makeDeploy('k3f9x2', { state: 'done', calledAt: NOW + 1 });
    const outcome = result(done, { claims: [makeClaim('0x1', { intent: 'k3f9x2' })], ledger: [makeEntry(NOW)] });
    expect(await store.finishCall(outcome)).toEqual({ written: true, state: 'done' });
    expect(await store.finishCall(outcome)).toEqual({ written: true, state: 'done' });
    const { claims, intents } = await store.readBooks('main');
    expect([claims.map((claim) => claim.vmId), intents]).toEqual([['0x1'], [done]]);
    expect(await store.readLedger('main', 0, NOW)).toHaveLength(1);
    expect(await store.beginCall(request({ attempt: 'second' }))).toEqual(refusal('closed'));
  });

  it('keeps a purchase without an answer although the store was emptied meanwhile, and sends it no second time', async () => {
    await store.finishCall(result(makeDeploy('k3f9x2', { state: 'unknown', calledAt: NOW + 1 })));
    expect(await store.beginCall(request({ attempt: 'second' }))).toEqual(refusal('unknown'));
  });

  it('forgets refusals, deletions and names with an emptied store: they have no effect, or may be sent again', async () => {
    for (const intent of [makeDeploy('k3f9x2', { state: 'refused' }), makeIntent('m4g0y3', { state: 'done' })]) {
      expect(await store.finishCall(result(intent))).toEqual({ written: false, state: undefined });
    }
    expect((await store.readBooks('main')).intents).toEqual([]);
  });

  it('writes a purchase over a store that has forgotten its call; another outcome must be asked for anew', async () => {
    await write(
      { kind: 'intent', intent: makeDeploy('k3f9x2'), expect: 'absent' },
      { kind: 'intent', intent: makeIntent('m4g0y3'), expect: 'absent' },
    );
    const done = makeDeploy('k3f9x2', { state: 'done', calledAt: NOW + 1 });
    expect(await store.finishCall(result(done))).toEqual({ written: true, state: 'done' });
    const other = result(makeIntent('m4g0y3', { state: 'done' }));
    expect(await store.finishCall(other)).toEqual({ written: false, state: 'planned' });
  });

  it('writes the late answer of a purchase that was given up, and the claims of one that somebody else closed', async () => {
    await plan(makeDeploy('k3f9x2'));
    await store.beginCall(request());
    await write({ kind: 'intent', intent: makeDeploy('k3f9x2', { state: 'lapsed' }), expect: 'calling' });
    const done = makeDeploy('k3f9x2', { state: 'done', calledAt: NOW + 1 });
    const outcome = result(done, { claims: [makeClaim('0x1')], ledger: [makeEntry(NOW)] });
    expect(await store.finishCall(outcome)).toEqual({ written: true, state: 'done' });
    const late = result(done, { attempt: 'second', claims: [makeClaim('0x2')] });
    expect(await store.finishCall(late)).toEqual({ written: false, state: 'done' });
    expect((await store.readBooks('main')).claims.map((claim) => claim.vmId)).toEqual(['0x1', '0x2']);
  });
});
