import { describe, expect, it } from 'vitest';
import { writeFirstPolicy } from '../../../src/cli/first-policy.js';
import { command } from '../../../src/cli/commands/simulate.js';
import { makeFolder, runCommand } from './fake-context.js';

function fleet(name: string, replicas: number): string {
  return `kind: fleet
name: ${name}
replicas: ${replicas}
where: { countries: [FR], configuration: cpu-2-ram-4gb-storage-25gb, maxPrice: 0.50/day }
vm: { image: ubuntu-24-04-x64, sshKeys: [ops] }
`;
}

const FILES = {
  's.yaml': 'kind: scenario\nfrom: 2026-11-09\nfor: 2d\npolicies: [app.yaml, batch.yaml]\n',
  'app.yaml': fleet('app', 4),
  'batch.yaml': fleet('batch', 1),
  'new/fewer.yaml': fleet('app', 2),
  'new/same.yaml': `${fleet('app', 4)}priority: 3\n`,
};

describe('purser simulate', () => {
  it('plays the policy that init writes, whose ports no market of a backtest opens', async () => {
    const cwd = makeFolder({
      's.yaml': 'kind: scenario\nfrom: 2026-11-09\nfor: 2d\npolicies: [web.yaml]\n',
      'web.yaml': writeFirstPolicy('marketplace'),
    });
    const { documents } = await runCommand(command, { cwd, options: { scenario: 's.yaml' }, json: true });
    expect(documents[0]).toMatchObject({ cost: { total: '0.613960' }, periods: 2, deploys: 1 });
  });
});

describe('purser simulate --compare', () => {
  it('plays the rest of the scenario on both sides, each beside a bound of its own', async () => {
    const cwd = makeFolder(FILES);
    const options = { scenario: 's.yaml', compare: 'new/fewer.yaml' };
    const { documents } = await runCommand(command, { cwd, options, json: true });
    expect(documents[0]).toMatchObject({
      cost: { byPolicy: { app: '2.455840', batch: '0.613960' } },
      lowerBound: { total: '3.069800', periods: 10 },
      compare: {
        cost: { byPolicy: { app: '1.227920', batch: '0.613960' } },
        lowerBound: { total: '1.841880', periods: 6 },
        ratio: { toLowerBound: 1 },
        isSameDemand: false,
      },
    });
    const { printed } = await runCommand(command, { cwd, options });
    expect(printed).toMatch(
      /With new\/fewer\.yaml Purser would have paid 1\.841880: 1\.227920 less than with the scenario's policies\./,
    );
    expect(printed.replaceAll(/\s+/g, ' ')).toContain('The demand differs, so the sums are not for the same thing');
  });

  it('has both sides in the days, the gap and the names of rows', async () => {
    const cwd = makeFolder(FILES);
    const options = { scenario: 's.yaml', compare: 'new/fewer.yaml' };
    const { printed } = await runCommand(command, { cwd, options });
    expect(printed).toMatch(/^DAY +AS IN THE SCENARIO +WITH new\/fewer\.yaml +DIFFERENCE +PERIODS$/m);
    expect(printed).toMatch(/^Mon 2026-11-09 +1\.534900 +0\.920940 +-0\.613960 +5, 3$/m);
    expect(printed).toMatch(/^Purser as in the scenario +3\.069800/m);
    expect(printed).toMatch(/^Purser with new\/fewer\.yaml +1\.841880/m);
    expect(printed).toMatch(/^Gap to the lower bound as in the scenario: none\.$/m);
    expect(printed).toMatch(/^Gap to the lower bound with new\/fewer\.yaml: none\.$/m);
    const named = await runCommand(command, { cwd, operands: ['new/same.yaml'], options });
    expect(named.printed).toMatch(/^DAY +WITH new\/same\.yaml +WITH new\/fewer\.yaml /m);
    expect(named.printed).toContain('1.227920 less than with new/same.yaml.');
  });

  it('says nothing of demand where the other version wants as much', async () => {
    const cwd = makeFolder(FILES);
    const options = { scenario: 's.yaml', compare: 'new/same.yaml' };
    const { documents } = await runCommand(command, { cwd, options, json: true });
    expect(documents[0]).toMatchObject({ compare: { isSameDemand: true, cost: { total: '3.069800' } } });
  });

  it("keeps the scenario's other policies where some are named to be played", async () => {
    const cwd = makeFolder(FILES);
    const { documents } = await runCommand(command, {
      cwd,
      operands: ['new/fewer.yaml'],
      options: { scenario: 's.yaml' },
      json: true,
    });
    expect(documents[0]).toMatchObject({ cost: { byPolicy: { app: '1.227920', batch: '0.613960' } } });
  });
});
