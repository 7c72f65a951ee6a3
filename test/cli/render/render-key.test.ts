import { expect, it } from 'vitest';
import { explainKey, renderKey } from '../../../src/cli/render/render-key.js';
import { buildPolicyRows } from '../../../src/cli/render/policy-rows.js';
import { renderPlan } from '../../../src/cli/render/render-plan.js';
import type { KeysPolicy } from '../../../src/core/policy-types.js';
import type { SshKey } from '../../../src/core/types.js';
import { makeNotes, makePolicies, makeSnapshot, NOON, planOf } from '../../core/samples.js';

const kim = { name: 'kim', publicKey: 'ssh-ed25519 AAAAkim', fingerprint: 'SHA256:kim' };
const old: SshKey = {
  name: 'old',
  publicKey: 'ssh-ed25519 AAAAold',
  fingerprint: 'SHA256:old',
  algorithm: 'ssh-ed25519',
};
const team: KeysPolicy = {
  ...{ kind: 'keys', name: 'team', account: 'main', mode: 'act', description: undefined },
  keys: [kim],
  exclusive: false,
};
const policies = makePolicies({ keys: [team] });
const reckoned = makeSnapshot([], { notes: makeNotes({ addedKeys: { team: ['SHA256:old'] } }) }, { keys: [old] });
const plan = planOf(reckoned, { fleets: [], policies: { keys: [team] } });
const facts = { now: NOON, width: undefined, colours: false };

it('a plan shows which keys come and go, and why', () => {
  expect(renderPlan([plan], facts).split('\n').slice(1)).toEqual([
    '',
    'team        1 key   there 0   others 1',
    '  + add key kim     SHA256:kim',
    '               key-missing: the account does not have it',
    '  - remove key old  SHA256:old',
    '               key-undeclared: this policy added it and does not declare it any more',
    '',
    "Not Purser's: none      Unclaimed: none",
    'Rails: deletions 0 of 10, deploys 0 of 40',
    '',
    '0 to deploy, 0 to delete, 2 keys to change, 0 held.  Pay now 0.000000, avoid 0.000000.',
    `${plan.id}   run it: purser apply`,
  ]);
});

it('status counts its keys', () => {
  expect(buildPolicyRows([plan])).toMatchObject([
    { policy: 'team', wanted: 1, running: 0, perDay: 0n, next: { text: 'adding 1 key, removing 1 key' } },
  ]);
});

it('a key is explained by its name or fingerprint, in policies and in the account', () => {
  const looks = [{ plan, reckoned }];
  expect(renderKey(explainKey(looks, policies, 'kim')!, facts)).toBe(
    [
      'SSH key kim (SHA256:kim) of account main',
      'The account does not have it; declared by team.',
      'To add: key-missing: the account does not have it.',
      'VMs keep the keys that they were made with.',
    ].join('\n'),
  );
  expect(explainKey(looks, policies, 'SHA256:old')).toMatchObject({
    isThere: true,
    declaredBy: [],
    addedBy: ['team'],
    next: { change: 'remove' },
  });
  expect(explainKey(looks, policies, 'nobody')).toBeUndefined();
  expect(explainKey(looks, makePolicies(), 'old')).toBeUndefined();
});
