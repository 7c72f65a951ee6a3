import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readScenario } from '../../../src/policy/scenario/read-scenario.js';

const baseDir = mkdtempSync(join(tmpdir(), 'overlay-'));
afterAll(() => {
  rmSync(baseDir, { recursive: true });
});

function fleet(name: string, replicas: number): string {
  return `kind: fleet
name: ${name}
replicas: ${replicas}
where: {countries: [FR], configuration: cpu-2-ram-4gb-storage-25gb, maxPrice: 0.50/day}
vm: {image: ubuntu-24-04-x64, sshKeys: [ops]}
`;
}

function write(file: string, text: string): void {
  writeFileSync(join(baseDir, file), text);
}

write('app.yaml', fleet('app', 4));
write('pair.yaml', `${fleet('web', 1)}---\n${fleet('batch', 3)}`);
write('app-new.yaml', fleet('app', 3));
write('batch-new.yaml', fleet('batch', 2));
write('inside-new.yaml', fleet('inside', 9));
write('other.yaml', fleet('other', 1));
const inside = fleet('inside', 5).trimEnd().replaceAll('\n', '\n    ');
write(
  's.yaml',
  `kind: scenario
from: 2026-10-01
for: 2d
policies:
  - app.yaml
  - pair.yaml
  - ${inside}
`,
);

async function play(...policies: readonly string[]) {
  const { set, overlaid, problems } = await readScenario('s.yaml', { baseDir, policies });
  expect(problems).toEqual([]);
  const wanted = set!.fleets.map(({ name, demand }) => [name, demand(0, 1)[0]!.wanted] as const);
  return { wanted: Object.fromEntries(wanted), overlaid };
}

describe('Policies that are tried in a scenario', () => {
  it('replace those of the same names; all others stay', async () => {
    const { wanted, overlaid } = await play('app-new.yaml');
    expect(wanted).toEqual({ app: 3, web: 1, batch: 3, inside: 5 });
    expect(overlaid).toMatchObject({ replaced: ['app'], kept: ['web', 'batch', 'inside'], added: [] });
  });

  it('replace one of several in a file, and one that stands in the scenario', async () => {
    expect((await play('batch-new.yaml')).wanted).toEqual({ app: 4, web: 1, batch: 2, inside: 5 });
    expect((await play('inside-new.yaml')).wanted).toEqual({ app: 4, web: 1, batch: 3, inside: 9 });
  });

  it('replace what a file of the same name held', async () => {
    const folder = mkdtempSync(join(baseDir, 'old-'));
    writeFileSync(join(folder, 'app.yaml'), fleet('site', 7));
    const { wanted, overlaid } = await play(join(folder, 'app.yaml'));
    expect(wanted).toEqual({ web: 1, batch: 3, inside: 5, site: 7 });
    expect(overlaid).toMatchObject({ replaced: ['app'], added: ['site'] });
  });

  it('come beside them where the scenario has none of the name', async () => {
    const { wanted, overlaid } = await play('other.yaml', 'app.yaml');
    expect(wanted).toEqual({ app: 4, web: 1, batch: 3, inside: 5, other: 1 });
    expect(overlaid).toMatchObject({ added: ['other'] });
  });
});
