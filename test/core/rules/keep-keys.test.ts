// The account's SSH keys as declared, by fingerprint: adds, and removes only what it added unless it is exclusive.
import { describe, expect, it } from 'vitest';
import type { Intent, Notes } from '../../../src/core/books.js';
import type { KeysPolicy, WantedKey } from '../../../src/core/policy-types.js';
import { reckonSnapshot } from '../../../src/core/reckon/reckon.js';
import type { SshKey } from '../../../src/core/types.js';
import {
  holdCodes,
  intentId,
  makeFleet,
  makeIntent,
  makeNotes,
  makePolicies,
  makeSettings,
  makeSnapshot,
  MINUTE,
  NOON,
  planOf,
} from '../samples.js';

function wanted(name: string): WantedKey {
  return { name, publicKey: `ssh-ed25519 AAAA${name} ${name}@desk`, fingerprint: `SHA256:${name}` };
}
function present(name: string, over: Partial<SshKey> = {}): SshKey {
  return { ...wanted(name), algorithm: 'ssh-ed25519', ...over };
}
function keysPolicy(over: Partial<KeysPolicy> = {}): KeysPolicy {
  return {
    kind: 'keys',
    name: 'team',
    account: 'main',
    mode: 'act',
    description: undefined,
    keys: [wanted('ops')],
    exclusive: false,
    ...over,
  };
}

interface Facts {
  readonly policies?: readonly KeysPolicy[];
  readonly keys?: readonly SshKey[] | undefined;
  readonly notes?: Partial<Notes>;
  readonly intents?: readonly Intent[];
  readonly sshKeys?: readonly string[];
}

function plan({ policies = [keysPolicy()], notes = {}, intents = [], sshKeys = ['ops'], ...rest }: Facts) {
  const keys = 'keys' in rest ? rest.keys : [];
  const fleet = makeFleet({ mode: 'observe', vm: { ...makeFleet().vm, sshKeys } });
  const books = { notes: makeNotes(notes), intents };
  return planOf(makeSnapshot([], books, { keys }), { fleets: [fleet], policies: { keys: policies } });
}

function changes(facts: Facts): readonly string[] {
  return plan(facts).actions.flatMap((each) => (each.kind === 'key' ? [`${each.change} ${each.key.name}`] : []));
}

const added = (...names: readonly string[]): Partial<Notes> => ({
  addedKeys: { team: names.map((name) => `SHA256:${name}`) },
});

describe('a keys policy', () => {
  it.each<[string, Facts, readonly string[]]>([
    ['adds what lacks', {}, ['add ops']],
    ['adds nothing that is there', { keys: [present('ops')] }, []],
    ['knows a key by its fingerprint, under any name', { keys: [present('ops', { name: 'kim' })] }, []],
    [
      'knows a key by itself where fingerprints are written otherwise',
      { keys: [present('ops', { fingerprint: 'MD5:1' })] },
      [],
    ],
    ["leaves other people's keys alone", { keys: [present('ops'), present('kim')] }, []],
    [
      'removes what it added itself',
      { keys: [present('ops'), present('kim')], notes: added('ops', 'kim') },
      ['remove kim'],
    ],
    [
      'removes every other key when it is exclusive',
      { keys: [present('ops'), present('kim')], policies: [keysPolicy({ exclusive: true })] },
      ['remove kim'],
    ],
    [
      'leaves what another policy declares',
      {
        keys: [present('ops'), present('kim')],
        policies: [keysPolicy({ exclusive: true }), keysPolicy({ name: 'more', keys: [wanted('kim')] })],
      },
      [],
    ],
    ['changes nothing while it only observes', { policies: [keysPolicy({ mode: 'observe' })] }, []],
    ['does nothing for another account', { policies: [keysPolicy({ account: 'other' })] }, []],
  ])('%s', (_what, facts, expected) => {
    expect(changes(facts)).toEqual(expected);
  });

  it.each<[string, Facts, string]>([
    ['could not read the keys', { keys: undefined }, 'keys-unread'],
    ['is paused', { policies: [keysPolicy({ mode: 'pause' })] }, 'paused'],
    ['meets another key of the name', { keys: [present('kim', { name: 'ops' })] }, 'key-name-taken'],
    ['only observes', { policies: [keysPolicy({ mode: 'observe' })] }, 'observing'],
  ])('says so when it %s', (_what, facts, code) => {
    expect(changes(facts)).toEqual([]);
    expect(holdCodes(plan(facts))).toContain(code);
  });

  it('keeps a key that a fleet names', () => {
    const facts: Facts = { keys: [present('ops'), present('kim')], notes: added('kim'), sshKeys: ['kim'] };
    expect(changes(facts)).toEqual([]);
    expect(plan(facts).holds.find(({ reason }) => reason.code === 'key-in-use')?.reason.text).toContain('web');
  });

  it.each([
    ['its id', 'C8A7E6B0-0000-4000-8000-000000000001'],
    ['itself', 'ssh-ed25519 AAAAeve another@comment'],
  ])('nor is one that a fleet names by %s', (_what, entry) => {
    const eve = present('eve', { id: 'c8a7e6b0-0000-4000-8000-000000000001' });
    const facts = { policies: [keysPolicy({ exclusive: true })], keys: [present('ops'), eve], sshKeys: [entry] };
    expect(changes(facts)).toEqual([]);
    expect(plan(facts).holds.map(({ reason }) => reason.code)).toContain('key-in-use');
  });

  it('asks once, and after a refusal not at once again', () => {
    const intent = (over: Partial<Intent>) =>
      makeIntent(intentId('aaaa'), { kind: 'key', policy: 'team', key: { change: 'add', ...wanted('ops') }, ...over });
    expect(changes({ intents: [intent({ state: 'planned' })] })).toEqual([]);
    const failed = intent({ state: 'failed', closedAt: NOON - MINUTE / 2 });
    expect(changes({ intents: [failed] })).toEqual([]);
    expect(holdCodes(plan({ intents: [failed] }))).toContain('backing-off');
    expect(changes({ intents: [intent({ state: 'failed', closedAt: NOON - MINUTE })] })).toEqual(['add ops']);
  });

  it('tells how many of its keys are there', () => {
    const policies = [keysPolicy({ keys: [wanted('ops'), wanted('kim')] })];
    expect(plan({ policies, keys: [present('ops'), present('ann')] }).keys).toEqual([
      { account: 'main', policy: 'team', mode: 'act', declared: 2, present: 1, others: 1 },
    ]);
    expect(plan({ policies, keys: undefined }).keys).toMatchObject([{ present: undefined }]);
  });
});

describe('what a keys policy added', () => {
  const settle = (
    over: Partial<Intent>,
    notes: Partial<Notes> = {},
    keys: readonly SshKey[] | undefined = [present('ops')],
  ) => {
    const key = { change: 'add', ...wanted('ops') } as const;
    const intent = makeIntent(intentId('aaaa'), { kind: 'key', policy: 'team', key, closedAt: NOON - MINUTE, ...over });
    const snapshot = makeSnapshot([], { intents: [intent], notes: makeNotes(notes) }, { keys });
    const reckoned = reckonSnapshot(snapshot, makePolicies({ keys: [keysPolicy()] }), makeSettings());
    return reckoned.snapshot.books.notes.addedKeys;
  };
  const remove = { change: 'remove', ...wanted('ops') } as const;
  const there = { change: 'add', ...wanted('ops'), wasThere: true } as const;

  it.each<[string, Parameters<typeof settle>, readonly string[] | undefined]>([
    ['is what was added', [{ state: 'done' }], ['SHA256:ops']],
    ['may be what was never answered', [{ state: 'lapsed' }], ['SHA256:ops']],
    ['is not what was refused', [{ state: 'failed' }], undefined],
    ['is not what was never called for', [{ state: 'refused', calledAt: undefined }], undefined],
    ["is not what was there already under somebody's name", [{ state: 'done', key: there }], undefined],
    ['ends with its removal', [{ state: 'done', key: remove }, added('ops')], []],
    ['stays when the removal failed', [{ state: 'failed', key: remove }, added('ops')], ['SHA256:ops']],
    ['is forgotten when somebody else removed it', [{ state: 'failed' }, added('ops'), []], []],
    ['is kept while the keys can not be read', [{ state: 'failed' }, added('ops'), undefined], ['SHA256:ops']],
  ])('%s', (_what, facts, expected) => {
    expect(settle(...facts)?.['team']).toEqual(expected);
  });
});
