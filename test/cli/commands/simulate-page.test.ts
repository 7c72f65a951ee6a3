import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { command } from '../../../src/cli/commands/simulate.js';
import { readHtml } from '../render/simulation-page/read-html.js';
import { makeFolder, runCommand } from './fake-context.js';

const SCENARIO = `kind: scenario
name: two-days
from: 2026-11-09
for: 2d
policies:
  - kind: fleet
    name: web
    replicas: 1
    where: { countries: [FR], configuration: cpu-2-ram-4gb-storage-25gb, maxPrice: 0.50/day }
    vm: { image: ubuntu-24-04-x64, sshKeys: [ops] }
`;

describe('purser simulate --html', () => {
  it('says on stderr which file it wrote, and nothing beside JSON', async () => {
    const cwd = makeFolder({ 'two-days.yaml': SCENARIO });
    const options = { scenario: 'two-days.yaml', html: 'page.html' };
    expect((await runCommand(command, { cwd, options })).noted).toBe('Wrote page.html: open it in a browser.');
    expect((await runCommand(command, { cwd, options, json: true })).noted).toBe('');
  });

  it('writes the page beside what it prints, with the same total', async () => {
    const cwd = makeFolder({ 'two-days.yaml': SCENARIO });
    const options = { scenario: join(cwd, 'two-days.yaml'), html: 'page.html' };
    const { documents } = await runCommand(command, { cwd, options, json: true });
    const total = (documents[0] as { cost: { total: string } }).cost.total;
    const page = readHtml(readFileSync(join(cwd, 'page.html'), 'utf8'));
    expect(page.find(({ name }) => name === 'h1')!.text).toBe('two-days');
    expect(page.find(({ name }) => name === 'strong')!.text).toContain(`Purser would have paid ${total}`);
    expect(page.filter(({ attributes }) => attributes.get('role') === 'img')).toHaveLength(3);
  });

  it('refuses a folder that is not there before it plays', async () => {
    const cwd = makeFolder({ 'two-days.yaml': SCENARIO });
    const options = { scenario: join(cwd, 'two-days.yaml'), html: 'no/page.html' };
    await expect(runCommand(command, { cwd, options })).rejects.toMatchObject({
      code: 'option-invalid',
      message: expect.stringContaining("can't be written: its folder does not exist") as string,
    });
  });
});
