import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  checkPolicyFiles,
  createCompiler,
  requireValid,
  type PolicyContext,
} from '../../src/policy/policies-in-force.js';

const NOW = Date.UTC(2026, 10, 21, 10);
const context: PolicyContext = { accounts: ['main'], installation: 'a1', protect: ['vm.name == "db"'] };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'purser-policies-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function describeFleet(name: string, replicas: number | string, remark = ''): string {
  const where = 'where: {countries: [FR], configuration: cpu-2-ram-4gb-storage-25gb, maxPrice: 0.80/day}';
  const vm = 'vm: {image: ubuntu-24-04-x64, sshKeys: [ops]}';
  return [`kind: fleet${remark}`, `name: ${name}`, `replicas: ${replicas}`, where, vm].join('\n');
}

function check(beside?: readonly { path: string; text: string }[]) {
  return checkPolicyFiles(['.'], context, { baseDir: folder, now: NOW, beside });
}

describe('checking policy files', () => {
  it('gives the set, its documents, and a hash of what they mean', async () => {
    writeFileSync(join(folder, 'web.yaml'), describeFleet('web', 2));
    const checked = await check();
    expect(checked.documents.map(({ path }) => path)).toEqual(['web.yaml']);
    expect(requireValid(checked).fleets.map(({ name, account }) => [name, account])).toEqual([['web', 'main']]);
    writeFileSync(join(folder, 'web.yaml'), describeFleet('web', 2, ' # a remark'));
    expect((await check()).hash).toBe(checked.hash);
    writeFileSync(join(folder, 'web.yaml'), describeFleet('web', 3));
    expect((await check()).hash).not.toBe(checked.hash);
  });

  it('tells a change of the files from a change beside them', async () => {
    writeFileSync(join(folder, 'web.yaml'), describeFleet('web', 2));
    const alone = await checkPolicyFiles(['web.yaml'], context, { baseDir: folder, now: NOW });
    const others = [{ path: 'farm.yaml', text: describeFleet('farm', 1) }];
    const beside = await checkPolicyFiles(['web.yaml'], context, { baseDir: folder, now: NOW, beside: others });
    expect(beside.names.toSorted()).toEqual(['farm', 'web']);
    expect(beside.hash).not.toBe(alone.hash);
    expect(beside.filesHash).toBe(alone.filesHash);
    writeFileSync(join(folder, 'web.yaml'), describeFleet('web', 2, ' # a remark'));
    const remarked = await checkPolicyFiles(['web.yaml'], context, { baseDir: folder, now: NOW });
    expect(remarked.filesHash).not.toBe(alone.filesHash);
  });

  it('refuses a set with an error, with every place', async () => {
    writeFileSync(join(folder, 'web.yaml'), describeFleet('web', 'many'));
    writeFileSync(join(folder, 'farm.yaml'), describeFleet('farm', -1));
    const checked = await check();
    expect(checked.set).toBeUndefined();
    expect(() => requireValid(checked)).toThrow(/^2 problems:\n/);
    expect(() => requireValid(checked)).toThrow(/farm\.yaml:3:11/);
    expect(() => requireValid(checked)).toThrow(/web\.yaml:3:11/);
  });

  it('cannot be had of a folder without policies', async () => {
    await expect(check()).rejects.toMatchObject({ code: 'policy-unreadable' });
  });
});

describe('compiling a generation', () => {
  const record = (number: number, replicas: number) => ({
    number,
    hash: `h${replicas}`,
    publishedAt: NOW,
    documents: [{ path: 'web.yaml', text: describeFleet('web', replicas) }],
  });

  it('gives the policies of its documents under its number', () => {
    const set = createCompiler(context)(record(7, 2));
    expect(set.generation).toBe(7);
    expect(set.fleets[0]!.demand(NOW, NOW + 1)).toMatchObject([{ wanted: 2 }]);
  });

  it('gives the very same set for the same record, and another for the next', () => {
    const compile = createCompiler(context);
    const first = compile(record(7, 2));
    expect(compile(record(7, 2))).toBe(first);
    expect(compile(record(8, 3)).fleets[0]!.demand(NOW, NOW + 1)).toMatchObject([{ wanted: 3 }]);
    expect(compile(record(7, 2)).generation).toBe(7);
  });

  it('refuses a record that this version cannot read', () => {
    const broken = { ...record(7, 2), documents: [{ path: 'web.yaml', text: 'kind: armada\nname: web' }] };
    expect(() => createCompiler(context)(broken)).toThrow(expect.objectContaining({ code: 'policy-invalid' }) as Error);
  });
});
