import { describe, expect, it } from 'vitest';
import { command } from '../../../src/cli/commands/validate.js';
import { makeFolder, runCommand, writeFleet } from './fake-context.js';

describe('purser validate', () => {
  it('judges the folder policies/ without purser.yaml, key or Redis, whatever account a policy names', async () => {
    const cwd = makeFolder({ 'policies/web.yaml': writeFleet('web', 2, 'account: elsewhere\n') });
    const run = await runCommand(command, { cwd });
    expect(run.code).toBe(0);
    expect(run.printed).toContain('1 policy valid');
  });

  it('knows the accounts once there is a purser.yaml', async () => {
    const cwd = makeFolder({
      'policies/web.yaml': writeFleet('web', 2, 'account: elsewhere\n'),
      'purser.yaml': 'accounts: {main: {product: marketplace}}\n',
    });
    const run = await runCommand(command, { cwd, json: true });
    expect(run.code).toBe(2);
    expect(run.documents).toMatchObject([
      { valid: false, policies: ['web'], problems: [{ file: 'policies/web.yaml', path: 'account', line: 6 }] },
    ]);
  });

  it('tells every problem of every file with its place, and ends with 2', async () => {
    const cwd = makeFolder({ 'a.yaml': 'kind: fleet\nname: web\nreplica: 4\n', 'b.yaml': 'kind: flet\nname: b\n' });
    const run = await runCommand(command, { cwd, operands: ['a.yaml', 'b.yaml'] });
    expect(run.code).toBe(2);
    expect(run.printed).toContain('a.yaml:3:1');
    expect(run.printed).toContain('Did you mean `replicas`?');
    expect(run.printed).toContain('b.yaml:1:7');
  });

  it('says of a scenario what it is, and which command checks it', async () => {
    const cwd = makeFolder({ 'bad.yaml': 'kind: scenario\nname: two-days\n' });
    const { printed } = await runCommand(command, { cwd, operands: ['bad.yaml'] });
    expect(printed).toContain('bad.yaml:1:7  kind: This is a scenario of a backtest, no policy.');
    expect(printed).toContain('purser simulate --scenario bad.yaml');
  });

  it('names `purser init` where there is no folder policies/, and not for a path that was named', async () => {
    const cwd = makeFolder();
    expect((await runCommand(command, { cwd })).printed).toContain('`purser init` makes the folder');
    expect((await runCommand(command, { cwd, operands: ['web.yaml'] })).printed).not.toContain('purser init');
  });

  it('answers in the same shape when nothing could be read', async () => {
    const run = await runCommand(command, { cwd: makeFolder(), json: true });
    expect(run.code).toBe(2);
    expect(run.documents).toMatchObject([
      { valid: false, policies: [], problems: [{ file: 'policies', code: 'path-missing', line: 1, column: 1 }] },
    ]);
  });

  it('tells what is wrong with purser.yaml as a problem of that file', async () => {
    const cwd = makeFolder({ 'policies/web.yaml': writeFleet('web', 2), 'purser.yaml': 'tick: soon\nticks: 3s\n' });
    const run = await runCommand(command, { cwd, json: true });
    expect(run.code).toBe(2);
    expect(run.documents).toMatchObject([{ valid: false, problems: [{ file: 'purser.yaml', line: 1 }, { line: 2 }] }]);
  });

  it('calls warnings valid', async () => {
    const cwd = makeFolder({
      'policies/web.yaml': `kind: fleet\nname: web\nreplicas: 1\nwhere: {maxPrice: 1/day}\nvm: {image: debian-12, sshKeys: [ops]}\n`,
    });
    const run = await runCommand(command, { cwd, json: true });
    expect(run.code).toBe(0);
    expect(run.documents).toMatchObject([{ valid: true, problems: [{ code: expect.stringMatching(/^warning-/) }] }]);
  });
});
