import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { command } from '../../../src/cli/commands/init.js';
import { command as validate } from '../../../src/cli/commands/validate.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { renderPolicySchema } from '../../../src/policy/policy-schema.js';
import { makeFolder, runCommand } from './fake-context.js';

describe('purser init', () => {
  it('writes a configuration, a policy without a single problem, and its schema', async () => {
    const cwd = makeFolder();
    const run = await runCommand(command, { cwd });
    expect(run.code).toBe(0);
    expect(readdirSync(join(cwd, 'policies')).sort()).toEqual(['policy.schema.json', 'web.yaml']);
    expect(readFileSync(join(cwd, 'policies/policy.schema.json'), 'utf8')).toBe(renderPolicySchema());
    expect(loadConfig({ env: {}, cwd })).toMatchObject({ hasInstallation: true, accounts: [{ mode: 'observe' }] });
    const validated = await runCommand(validate, { cwd, json: true });
    expect(validated.documents).toEqual([{ valid: true, policies: ['web'], problems: [] }]);
  });

  it.each([
    ['marketplace', '0.50/day ', '0.50 USDC a day'],
    ['cloud', '0.021/hour ', '0.021 USDC an hour'],
  ])('caps the first fleet in the unit that the %s charges by', async (product, rate, words) => {
    const cwd = makeFolder();
    const { printed } = await runCommand(command, { cwd, options: { product } });
    expect(printed).toContain(`at most ${words}`);
    expect(readFileSync(join(cwd, 'policies/web.yaml'), 'utf8')).toContain(`  maxPrice: ${rate}`);
    const validated = await runCommand(validate, { cwd, json: true });
    expect(validated.documents).toEqual([{ valid: true, policies: ['web'], problems: [] }]);
  });

  it('says what to do next', async () => {
    const { printed } = await runCommand(command, { cwd: makeFolder() });
    for (const words of ['purser sandbox', 'FLUENCE_API_KEY', 'purser validate', 'purser plan', 'mode: act'])
      expect(printed).toContain(words);
  });

  it('changes nothing when it runs again', async () => {
    const cwd = makeFolder();
    const first = await runCommand(command, { cwd, json: true });
    const texts = () => ['purser.yaml', 'policies/web.yaml'].map((path) => readFileSync(join(cwd, path), 'utf8'));
    const before = texts();
    const second = await runCommand(command, { cwd, json: true });
    expect(texts()).toEqual(before);
    const [{ installation }] = first.documents as [{ installation: string }];
    expect(second.documents).toMatchObject([
      { installation, files: Array.from({ length: 4 }, () => ({ outcome: 'kept' })) },
    ]);
  });

  it('keeps the state directories out of git, and what .gitignore says already', async () => {
    const fresh = makeFolder();
    await runCommand(command, { cwd: fresh });
    expect(readFileSync(join(fresh, '.gitignore'), 'utf8')).toBe('.purser/\n.purser-sandbox/\n*.key\n');
    const own = makeFolder({ '.gitignore': 'dist\n/.purser' });
    const extended = await runCommand(command, { cwd: own, json: true });
    expect(readFileSync(join(own, '.gitignore'), 'utf8')).toBe('dist\n/.purser\n.purser-sandbox/\n*.key\n');
    expect(JSON.stringify(extended.documents)).toContain('{"path":".gitignore","outcome":"extended"}');
    await runCommand(command, { cwd: own });
    expect(readFileSync(join(own, '.gitignore'), 'utf8')).toBe('dist\n/.purser\n.purser-sandbox/\n*.key\n');
  });

  it('leaves a folder with policies alone', async () => {
    const cwd = makeFolder({ 'policies/mine.yml': 'kind: holidays\nname: none\ndates: [2027-01-01]\n' });
    await runCommand(command, { cwd });
    expect(readdirSync(join(cwd, 'policies')).sort()).toEqual(['mine.yml', 'policy.schema.json']);
  });

  it('tells a broken purser.yaml by its places and writes nothing', async () => {
    const cwd = makeFolder({ 'purser.yaml': 'tick: soon\n' });
    await expect(runCommand(command, { cwd })).rejects.toMatchObject({ code: 'config-invalid' });
    expect(readdirSync(cwd)).toEqual(['purser.yaml']);
  });

  it('writes the file that --config names', async () => {
    const cwd = makeFolder();
    await runCommand(command, { cwd, options: { config: 'other.yaml' } });
    expect(readdirSync(cwd).sort()).toEqual(['.gitignore', 'other.yaml', 'policies']);
  });
});
