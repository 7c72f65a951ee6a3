// `vm.cloudInit`: what is wrong with it at its place, the file that it names, and what it compiles to.
import { expect, it } from 'vitest';
import { checkPolicies } from '../../src/policy/check-policies.js';
import { namedFilePath } from '../../src/policy/named-files.js';
import { listPlaces, readMarks } from './marked-text.js';
import { checkText, OPTIONS, writeFleet } from './policy-texts.js';

const CLOUD = { products: { main: 'cloud' } } as const;
const PRIVATE = '-----BEGIN OPENSSH PRIVATE KEY-----';

/** A fleet with these lines below `cloudInit`. */
function writeInit(...lines: readonly string[]): string {
  return writeFleet({
    vm: ['vm:', '  image: u', '  sshKeys: [ops]', '  cloudInit:', ...lines.map((line) => `    ${line}`)].join('\n'),
  });
}

it.each<[string, string]>([
  ['a right one', writeInit('text: "#cloud-config ${TOKEN}"', 'secrets: {TOKEN: {env: RUNNER_TOKEN}}')],
  ['a secret from a file', writeInit('text: "#!/bin/sh ${TOKEN}"', 'secrets: {TOKEN: {file: /run/secrets/token}}')],
  [
    'a text that stands for none',
    writeInit('<<cloud-init-missing>>secrets: {}').replace(
      'cloudInit:\n    <<cloud-init-missing>>',
      '<<cloud-init-missing>>cloudInit:\n    ',
    ),
  ],
  ['a file and a text', writeInit('file: <<cloud-init-unreadable>>a.yaml', '<<cloud-init-twice>>text: "#!"')],
  ['a file that was not read', writeInit('file: <<cloud-init-unreadable>>gone.yaml')],
  ['a misspelt key', writeInit('text: "#!"', '<<key-unknown>>secret: {}')],
  ['a name of a secret that no text could hold', writeInit('text: "#!"', 'secrets: {<<key-unknown>>a-b: {env: A}}')],
  ['a secret without a place', writeInit('text: "#!"', 'secrets: {<<secret-unused>>TOKEN: {env: A}}')],
  ['a secret from nowhere', writeInit('text: "#! ${T}"', 'secrets: {T: <<value-wrong>>{}}')],
  ['a secret from two places', writeInit('text: "#! ${T}"', 'secrets: {T: <<value-wrong>>{env: A, file: /b}}')],
  ['a secret in the policy itself', writeInit('text: "#! ${T}"', 'secrets: {T: <<type-wrong>>hunter2}')],
  ['a relative file of a secret', writeInit('text: "#! ${T}"', 'secrets: {T: {file: <<value-wrong>>token}}')],
  ['a private key', writeInit(`text: <<cloud-init-private-key>>"#! ${PRIVATE}"`)],
  ['a text of another form', writeInit('text: <<warning-cloud-init-form>>apt install')],
  ['more bytes than the service takes', writeInit(`text: <<cloud-init-too-long>>"#!${'é'.repeat(8_192)}"`)],
])('places %s', (_what, marked) => {
  const { text, expected } = readMarks(marked);
  expect(listPlaces(checkText(text, CLOUD).problems)).toEqual(listPlaces(expected));
});

it.each([
  ['the only account', '', { main: 'marketplace' }],
  ['one account of a list', 'account: [main, lab]', { main: 'cloud', lab: 'marketplace' }],
] as const)('is refused on the marketplace: %s', (_what, more, products) => {
  const text = writeFleet({ vm: 'vm: {image: u, sshKeys: [ops], cloudInit: {text: "#!"}}', more });
  const { problems } = checkText(text, { accounts: Object.keys(products), products });
  const message = expect.stringMatching(/^Account (main|lab) is at the marketplace/) as string;
  expect(problems).toMatchObject([{ code: 'product-wrong', path: 'vm.cloudInit', message }]);
});

it('compiles with the text of its file, and where its secrets come from', () => {
  const path = namedFilePath('cloud-init', 'policies/p.yaml', 'runner.cloud-init.yaml');
  expect(path).toBe('cloud-init:policies/runner.cloud-init.yaml');
  const documents = [
    { path: 'policies/p.yaml', text: writeInit('file: runner.cloud-init.yaml', 'secrets: {T: {env: RUNNER_TOKEN}}') },
    { path, text: '#cloud-config\n# ${T}\n' },
  ];
  const { set, problems } = checkPolicies(documents, { ...OPTIONS, ...CLOUD });
  expect(problems).toEqual([]);
  const cloudInit = { text: '#cloud-config\n# ${T}\n', secrets: { T: { env: 'RUNNER_TOKEN' } } };
  expect(set!.fleets[0]!.vm.cloudInit).toEqual(cloudInit);
});

it('leaves the content of fleets without it as it was', () => {
  expect(checkText(writeFleet()).set!.fleets[0]!.vm).not.toHaveProperty('cloudInit');
});
