// The schema for editors, the policies that ship, and what documents compile to.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { checkPolicies } from '../../src/policy/check-policies.js';
import { loadPolicyFiles } from '../../src/policy/load-policy-files.js';
import { buildPolicySchema, renderPolicySchema } from '../../src/policy/policy-schema.js';
import { checkText, NOW, OPTIONS, writeFleet, writeReap } from './policy-texts.js';

const baseDir = fileURLToPath(new URL('../../', import.meta.url));

/** By name: others may lie beside them. */
const SHIPPED = ['keep-web-in-france', 'monthly-budget', 'office-hours', 'reap-idle-ci'].map(
  (name) => `policies/${name}.yaml`,
);

/** Every schema below a node that stands for a key. */
function* listKeySchemas(node: unknown, path = ''): Generator<{ path: string; schema: Record<string, unknown> }> {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, child] of Object.entries(node)) {
    if (key === 'properties' && path !== '' && !path.includes('allOf'))
      for (const [name, schema] of Object.entries(child as Record<string, Record<string, unknown>>))
        yield { path: `${path}.${name}`, schema };
    yield* listKeySchemas(child, `${path}/${key}`);
  }
}

describe('buildPolicySchema', () => {
  it('is what policies/policy.schema.json holds', async () => {
    expect(await readFile(new URL('../../policies/policy.schema.json', import.meta.url), 'utf8')).toBe(
      renderPolicySchema(),
    );
  });

  it('describes every key', () => {
    const all = [...listKeySchemas(buildPolicySchema())];
    expect(all.length).toBeGreaterThan(60);
    const silent = all.filter(({ schema, path }) => !('description' in schema) && !path.includes('hardware'));
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it('accepts the shipped policies and refuses slips, in any validator', async () => {
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(
      JSON.parse(renderPolicySchema()) as object,
    );
    for (const path of SHIPPED) {
      const text = await readFile(join(baseDir, path), 'utf8');
      expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./policy.schema.json');
      for (const document of parseAllDocuments(text)) expect(validate(document.toJS())).toBe(true);
    }
    for (const text of [
      writeFleet({ more: 'x: 1' }),
      writeReap({ idle: 'idle: {all: [{tcp: 1}]}' }),
      'kind: budget\nname: x',
      'name: x',
    ])
      expect(validate(parseAllDocuments(text)[0]!.toJS())).toBe(false);
  });
});

describe('the shipped policies', () => {
  it('are right, without a warning before October 2026 is over', async () => {
    const { documents, problems } = await loadPolicyFiles(SHIPPED, { baseDir });
    const result = checkPolicies(documents, { ...OPTIONS, problems, now: Date.parse('2026-10-30T00:00:00Z') });
    expect(result.problems).toEqual([]);
    expect(result.names).toEqual(['web', 'team', 'fr-holidays', 'office', 'reap-ci']);
  });

  it('compile to what they say', async () => {
    const { documents } = await loadPolicyFiles(SHIPPED, { baseDir });
    const { set } = checkPolicies(documents, { ...OPTIONS, generation: 7 });
    const [web, office] = set!.fleets;
    expect(set).toMatchObject({ generation: 7 });
    expect(web).toMatchObject({
      kind: 'fleet',
      name: 'web',
      account: 'main',
      mode: 'act',
      readyBy: 'start',
      deleteAt: 'boundary',
      keepIfWantedWithinMillis: 1_200_000,
      priority: 100,
      floor: 4,
      formerly: [],
      spread: undefined,
      where: {
        countries: ['FR'],
        prefer: 'price',
        configurations: undefined,
        minimum: { vcpu: 2, ramGb: 4, storageGb: 25 },
        hardware: {},
        tier: undefined,
        certifications: [],
        maxPrice: { amount: 800_000n, periodMillis: 86_400_000 },
      },
      vm: {
        image: 'ubuntu-24-04-x64',
        sshKeys: ['ops'],
        ports: [
          { port: 80, protocol: 'tcp' },
          { port: 443, protocol: 'tcp' },
        ],
        hostname: undefined,
      },
    });
    expect(office).toMatchObject({
      where: {
        countries: ['FR', 'DE'],
        prefer: 'listed',
        configurations: ['cpu-2-ram-4gb-storage-25gb'],
        minimum: undefined,
      },
      keepIfWantedWithinMillis: undefined,
      priority: 10,
      floor: 1,
    });
    expect(set!.reaps[0]).toMatchObject({
      name: 'reap-ci',
      mode: 'act',
      minAgeMillis: 1_800_000,
      tellAfterMillis: 7_200_000,
      idle: {
        forMillis: 1_800_000,
        everyMillis: 60_000,
        expression: {
          op: 'all',
          parts: [
            {
              op: 'signal',
              signal: {
                kind: 'http',
                url: 'http://{vm.publicIp}:8080/status',
                json: '/busy',
                equals: false,
                timeoutMillis: 5000,
              },
            },
          ],
        },
      },
    });
  });
});

describe('a compiled set', () => {
  const hashOf = (text: string): Readonly<Record<string, string>> => checkText(text).policyHashes;

  it('fills in the defaults', () => {
    const { set } = checkText(`${writeFleet()}\n---\n${writeReap()}`);
    expect(set!.fleets[0]).toMatchObject({
      account: 'main',
      mode: 'act',
      readyBy: 'start',
      deleteAt: 'boundary',
      priority: 100,
      floor: 4,
    });
    expect(set!.reaps[0]).toMatchObject({
      account: 'main',
      mode: 'observe',
      minAgeMillis: 3_600_000,
      tellAfterMillis: 7_200_000,
      idle: { forMillis: 1_800_000, everyMillis: 60_000 },
    });
  });

  it('reads hardware, hourly prices, lists of configurations and nested signals', () => {
    const { set, problems } = checkText(
      [
        writeFleet({
          where:
            'where: {hardware: {cpu: [{manufacturer: AMD, architecture: Zen}], storage: {type: NVMe}}, configuration: [cpu-2-ram-4gb-storage-25gb, cpu-4-ram-8gb-storage-25gb], maxPrice: .04 / hour}',
        }),
        writeReap({
          idle: 'idle: {any: [{not: {http: {url: "http://{vm.name}/"}}}, {all: [{http: {url: "http://{vm.id}/"}}]}]}',
        }),
      ].join('\n---\n'),
    );
    expect(problems).toEqual([]);
    expect(set!.fleets[0]!.where).toMatchObject({
      hardware: { cpuManufacturer: 'AMD', cpuArchitecture: 'Zen', storageType: 'NVMe' },
      configurations: ['cpu-2-ram-4gb-storage-25gb', 'cpu-4-ram-8gb-storage-25gb'],
      maxPrice: { amount: 40_000n, periodMillis: 3_600_000 },
    });
    expect(set!.reaps[0]!.idle.expression).toMatchObject({
      op: 'any',
      parts: [
        { op: 'not', part: { op: 'signal' } },
        { op: 'all', parts: [{ op: 'signal' }] },
      ],
    });
  });

  it('hashes by content, not by formatting, comments, order, files or said defaults', () => {
    const plain = checkText(`${writeFleet()}\n---\n${writeReap()}`);
    const other = checkPolicies(
      [
        { path: 'z.yaml', text: `# a comment\n${writeFleet({ more: 'mode: act\npriority: 100\nfloor: 4' })}` },
        { path: 'a.yaml', text: JSON.stringify(parseAllDocuments(writeReap({ more: 'minAge: 60m' }))[0]!.toJS()) },
      ],
      OPTIONS,
    );
    expect(other.policyHashes).toEqual(plain.policyHashes);
    expect(other.hash).toBe(plain.hash);
  });

  it('hashes anew when anything that acts changes, holidays and key files included', () => {
    const holidays = (date: string): string =>
      `${writeFleet({ schedule: 'schedule: {timezone: UTC, windows: [{name: h, holidays: h, replicas: 0}]}' })}\n---\nkind: holidays\nname: h\ndates: [${date}]`;
    const withKey = (text: string): string | undefined =>
      checkPolicies(
        [
          { path: 'p.yaml', text: writeFleet({ vm: 'vm: {image: u, sshKeys: [k.pub]}' }) },
          { path: 'ssh-key:k.pub', text },
        ],
        OPTIONS,
      ).policyHashes['web'];
    const hashes = [
      hashOf(writeFleet())['web'],
      hashOf(writeFleet({ replicas: 'replicas: 5' }))['web'],
      hashOf(writeFleet({ more: 'mode: observe' }))['web'],
      hashOf(holidays('2027-12-25'))['web'],
      hashOf(holidays('2027-12-26'))['web'],
      withKey('ssh-ed25519 AAAAone'),
      withKey('ssh-ed25519 AAAAtwo'),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('keeps the hash over a rename, and gives it under the former name too', () => {
    const renamed = hashOf(writeFleet({ name: 'name: site', more: 'formerly: [web]' }));
    expect(renamed).toEqual({ site: hashOf(writeFleet())['web'], web: hashOf(writeFleet())['web'] });
  });

  it('is the same for the same arguments', () => {
    expect(checkText(writeFleet()).hash).toBe(checkText(writeFleet(), { now: NOW }).hash);
  });
});
