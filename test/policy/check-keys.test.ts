// `kind: keys` and `closedPorts`: what is wrong with them at its place, and what they compile to.
import { expect, it } from 'vitest';
import { checkPolicies } from '../../src/policy/check-policies.js';
import { fingerprintKey } from '../../src/policy/compile-keys.js';
import { namedFilePath } from '../../src/policy/named-files.js';
import { listPlaces, readMarks } from './marked-text.js';
import { checkText, OPTIONS, writeFleet } from './policy-texts.js';

const KIM = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2dQCDIO8NJYlOayMl+BQMe1ozHsS1vYJGiNkAgjf4D';
/** What `ssh-keygen -l` says of it. */
const FINGERPRINT = 'SHA256:V8kyFhpWc8fRXqz0WN2jIt9CrB8QSADt8U8DD1yaTWw';

function writeKeys(...entries: readonly string[]): string {
  return ['kind: keys', 'name: team', 'keys:', ...entries.map((entry) => `  - ${entry}`)].join('\n');
}
const vm = (ports: string): string => `vm: {image: u, sshKeys: [ops], ${ports}}`;

it.each<[string, string]>([
  ['no keys', 'kind: keys\nname: team\nkeys: <<value-wrong>>[]'],
  ['keys that lack', '<<key-missing>>kind: keys\nname: team'],
  ['an entry that is a text', writeKeys('<<type-wrong>>ops')],
  ['a misspelt key', writeKeys(`{name: kim, <<key-unknown>>keys: "${KIM}"}`)],
  ['a name of a key instead of the key', writeKeys('{name: kim, key: <<ssh-key-wrong>>ops}')],
  ['half a public key', writeKeys('{name: kim, key: <<ssh-key-wrong>>ssh-ed25519 hello}')],
  ['a file that is not there', writeKeys('{name: kim, key: <<ssh-key-unreadable>>kim.pub}')],
  ['a private key', writeKeys('{name: kim, key: <<ssh-key-private>>"-----BEGIN OPENSSH PRIVATE KEY-----"}')],
  ['a name twice', writeKeys(`{name: kim, key: "${KIM}"}`, `{name: <<key-twice>>kim, key: "${KIM.slice(0, -1)}E"}`)],
  [
    'a key twice, whatever its comment',
    writeKeys(`{name: kim, key: "${KIM}"}`, `{name: ann, key: <<key-twice>>"${KIM} ann"}`),
  ],
  ['an account that nobody has', `${writeKeys(`{name: kim, key: "${KIM}"}`)}\naccount: <<account-unknown>>mian`],
  ['a port that is open and closed', writeFleet({ vm: vm('ports: [80/tcp], closedPorts: [<<port-both>>80/tcp]') })],
  ['SSH closed in words', writeFleet({ vm: vm('closedPorts: [<<warning-port-ssh-closed>>22/tcp]') })],
  ['a closed port that is none', writeFleet({ vm: vm('closedPorts: [<<port-wrong>>70000/tcp]') })],
])('places %s', (_what, marked) => {
  const { text, expected } = readMarks(marked);
  expect(listPlaces(checkText(text).problems)).toEqual(listPlaces(expected));
});

it('compiles keys with their fingerprints, from the text and from files', () => {
  const path = namedFilePath('ssh-key', 'p.yaml', 'kim.pub');
  const documents = [
    { path: 'p.yaml', text: writeKeys('{name: kim, key: kim.pub}') },
    { path, text: `${KIM} kim@example` },
  ];
  const { set, problems } = checkPolicies(documents, OPTIONS);
  expect(problems).toEqual([]);
  expect(set?.keys).toEqual([
    {
      kind: 'keys',
      name: 'team',
      description: undefined,
      account: 'main',
      mode: 'act',
      exclusive: false,
      keys: [{ name: 'kim', publicKey: `${KIM} kim@example`, fingerprint: fingerprintKey(KIM) }],
    },
  ]);
});

it('writes fingerprints as ssh-keygen does', () => {
  expect(fingerprintKey(KIM)).toBe(FINGERPRINT);
});

it('leaves the content of fleets that close nothing as it was', () => {
  const [fleet] = checkText(writeFleet()).set!.fleets;
  expect(fleet!.vm).not.toHaveProperty('closedPorts');
  const [closing] = checkText(writeFleet({ vm: vm('closedPorts: [8080/tcp]') })).set!.fleets;
  expect(closing!.vm.closedPorts).toEqual([{ port: 8080, protocol: 'tcp' }]);
});
