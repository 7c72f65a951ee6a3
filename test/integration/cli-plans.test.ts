import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command as explain } from '../../src/cli/commands/explain.js';
import { command as plan } from '../../src/cli/commands/plan.js';
import { command as record } from '../../src/cli/commands/record.js';
import { command as status } from '../../src/cli/commands/status.js';
import { PurserError } from '../../src/core/errors.js';
import { makeFolder, writeFiles, writeFleet } from '../cli/commands/fake-context.js';
import { openStage, type Stage } from './cli-stage.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

const HOUR = 3_600_000;

let redis: TestRedis;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterAll(() => redis.close());

/** Two members of web that ran for two hours, of which the files now want one; a foreign VM; a fleet still to be bought. */
async function openScene(): Promise<Stage> {
  const stage = await openStage(redis.url);
  await stage.apply({ 'policies/web.yaml': writeFleet('web', 2) });
  await stage.claim('web', await stage.place('web-1', 'web-2'));
  await stage.place('somebody');
  await stage.tick();
  stage.sandbox.advanceBy(2 * HOUR);
  await stage.engine.clock.sync();
  writeFiles(stage.cwd, { 'policies/web.yaml': writeFleet('web', 1), 'policies/farm.yaml': writeFleet('farm', 2) });
  return stage;
}

interface PlanDocument {
  readonly id: string;
  readonly actions: readonly { readonly kind: string }[];
  readonly recording?: object;
}

describe('purser plan', () => {
  it('says what would be done and changes nothing', async () => {
    const stage = await openScene();
    const { code, documents } = await stage.run(plan, { json: true });
    expect(code).toBe(0);
    expect(documents).toMatchObject([
      {
        generation: 2,
        accounts: ['main'],
        actions: [{ kind: 'deploy', policy: 'farm', count: 2, cost: '0.613960' }],
        fleets: [
          { policy: 'farm', wanted: 2, running: 0 },
          { policy: 'web', wanted: 1, running: 2, parked: 1 },
        ],
      },
    ]);
    expect((await stage.engine.store.readGeneration())!.number).toBe(1);
    expect(stage.sandbox.books().totals.created).toBe(0);
    expect(await stage.engine.queue.counts()).toMatchObject({ waiting: 0, active: 0 });
  });

  it('ends with 3 where there is something to do and that was asked for, else with 0', async () => {
    const stage = await openScene();
    expect((await stage.run(plan, { options: { detailedExitcode: true } })).code).toBe(3);
    expect((await stage.run(plan)).code).toBe(0);
    writeFiles(stage.cwd, { 'policies/farm.yaml': writeFleet('farm', 0) });
    expect((await stage.run(plan, { options: { detailedExitcode: true } })).code).toBe(0);
  });

  it('plans one file beside what is in force, and alone with --replace', async () => {
    const stage = await openScene();
    const names = async (options: Record<string, unknown>) => {
      const { documents } = await stage.run(plan, { operands: ['policies/farm.yaml'], options, json: true });
      return (documents[0] as { fleets: { policy: string }[] }).fleets.map(({ policy }) => policy);
    };
    expect(await names({})).toEqual(['farm', 'web']);
    expect(await names({ replace: true })).toEqual(['farm']);
  });
});

describe('purser plan --at', () => {
  it('is a forecast: it says from when and what it supposes, and does not offer to carry it out', async () => {
    const stage = await openScene();
    const { printed } = await stage.run(plan, { options: { at: '2h' } });
    expect(printed).toContain('forecast from Fri 2026-11-20 08:00Z: supposes that nothing is bought until then');
    expect(printed).toMatch(/plan-\w{6} +a forecast: nothing is carried out/);
    expect(printed).not.toContain('purser apply');
    expect(printed).toMatch(/Pay then 0\.613960/);
  });
});

describe('purser record and plan --record', () => {
  it('give the same plan as the account itself, without API, Redis or key', async () => {
    const stage = await openScene();
    const { printed } = await stage.run(record, { options: { out: 'seen.json' } });
    expect(printed).toBe('seen.json: 3 VMs of 1 account. Plan with it: purser plan --record seen.json');
    const direct = await stage.run(plan, { json: true });
    const away = {
      FLUENCE_API_URL: 'http://127.0.0.1:1',
      FLUENCE_API_KEY: '',
      PURSER_REDIS_URL: 'redis://127.0.0.1:1',
    };
    const recorded = await stage.run(plan, { options: { record: 'seen.json' }, json: true, env: away });
    const { recording, ...same } = recorded.documents[0] as PlanDocument;
    expect(same).toEqual(direct.documents[0]);
    expect(same.actions).toHaveLength(1);
    expect(recording).toEqual({ file: 'seen.json', at: '2026-11-20T08:00:00Z' });
  });

  it('say what schedules save, as the plan of now and status do', async () => {
    const stage = await openScene();
    const windows = '[{name: work, from: "0 8 * * MON-FRI", to: "0 20 * * MON-FRI", replicas: 2}]';
    const office = `${writeFleet('office', 0)}\nschedule: {timezone: UTC, readyBy: buy, windows: ${windows}}\n`;
    writeFiles(stage.cwd, { 'policies/office.yaml': office });
    // All are charged at 18:00Z: at 20:00 of each workday another period has begun, and on Monday it is bought anew.
    const line = 'schedule saves 2 of 14 charges a week';
    await stage.run(record, { options: { out: 'seen.json' } });
    for (const options of [{}, { record: 'seen.json' }])
      expect((await stage.run(plan, { options })).printed).toContain(line);
    const recorded = await stage.run(plan, { options: { record: 'seen.json' }, json: true });
    const { fleets } = recorded.documents[0] as { fleets: { policy: string; schedule?: { saved: number } }[] };
    expect(fleets.find(({ policy }) => policy === 'office')?.schedule).toMatchObject({ always: 14, saved: 2 });
    await stage.apply({});
    expect((await stage.run(status)).printed).toContain(`office: ${line}`);
  });

  it('write a file for its owner alone, with no key in it', async () => {
    const stage = await openScene();
    await stage.run(record, { options: { out: 'seen.json' } });
    expect(statSync(join(stage.cwd, 'seen.json')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(stage.cwd, 'seen.json'), 'utf8')).not.toContain(stage.env['FLUENCE_API_KEY']);
  });

  it('hold the market although nothing is to be bought, so that other policies can be planned with it', async () => {
    const stage = await openScene();
    writeFiles(stage.cwd, { 'policies/farm.yaml': writeFleet('farm', 0) });
    await stage.run(record, { options: { out: 'seen.json' } });
    writeFiles(stage.cwd, { 'policies/farm.yaml': writeFleet('farm', 1) });
    const { documents } = await stage.run(plan, { options: { record: 'seen.json' }, json: true });
    expect(documents).toMatchObject([{ actions: [{ kind: 'deploy', policy: 'farm', count: 1 }] }]);
  });

  it('say which recording it is and of when, and do not offer to carry it out', async () => {
    const stage = await openScene();
    await stage.run(record, { options: { out: 'seen.json' } });
    const { printed } = await stage.run(plan, { options: { record: 'seen.json' } });
    expect(printed).toMatch(/^Recording seen\.json of Fri 2026-11-20 08:00Z\n/);
    expect(printed).toMatch(/plan-\w{6} +a recording: nothing is carried out/);
    expect(printed).not.toContain('purser apply');
  });

  it('make plan fail where the list was not complete, instead of having nothing to do', async () => {
    const stage = await openScene();
    await stage.run(record, { options: { out: 'seen.json' } });
    const recorded = readFileSync(join(stage.cwd, 'seen.json'), 'utf8');
    writeFiles(stage.cwd, { 'seen.json': recorded.replace('"state":"complete"', '"state":"partial"') });
    const { code, printed } = await stage.run(plan, { options: { record: 'seen.json', detailedExitcode: true } });
    expect(printed).toContain("What is to be done can't be told for main");
    expect(code).toBe(1);
  });

  it('need no policies of their own: those that were in force then stand in the recording', async () => {
    const stage = await openScene();
    await stage.run(record, { options: { out: 'seen.json' } });
    const cwd = makeFolder({ 'seen.json': readFileSync(join(stage.cwd, 'seen.json'), 'utf8') });
    const { documents } = await stage.run(plan, { cwd, options: { record: 'seen.json' }, json: true });
    expect(documents).toMatchObject([{ generation: 1, fleets: [{ policy: 'web', wanted: 2 }] }]);
  });

  it('can be asked about a later instant', async () => {
    const stage = await openScene();
    await stage.run(record, { options: { out: 'seen.json' } });
    const { documents } = await stage.run(plan, { options: { record: 'seen.json', at: '9h57m' }, json: true });
    expect((documents[0] as PlanDocument).actions.map(({ kind }) => kind)).toContain('delete');
  });
});

describe('a file that is no record', () => {
  it.each([
    ['is not there', undefined],
    ['is no JSON', '{"format": '],
    ['is some other JSON', '{"vms": []}'],
    ['is of another version', '{"format": "purser-snapshot/9", "accounts": []}'],
    [
      'lacks the listing',
      '{"format": "purser-snapshot/1", "accounts": [{"settings": {"name": "main"}, "snapshot": {}}]}',
    ],
    ['holds null', 'null'],
    ['is a list', '[]'],
    ['is empty', ''],
  ])('is refused with its name when it %s', async (_what, text) => {
    const stage = await openStage(redis.url);
    writeFiles(stage.cwd, { 'policies/web.yaml': writeFleet('web', 1) });
    if (text !== undefined) writeFileSync(join(stage.cwd, 'seen.json'), text);
    const refused = stage.run(plan, { options: { record: 'seen.json' } });
    await expect(refused).rejects.toMatchObject({ code: 'snapshot-invalid' });
    await expect(refused).rejects.toThrow(/seen\.json/);
  });

  it('is planned or refused with a sentence, never with a crash, wherever a record was damaged', async () => {
    const stage = await openScene();
    await stage.run(record, { options: { out: 'seen.json' } });
    const whole = readFileSync(join(stage.cwd, 'seen.json'), 'utf8');
    const damages = fc.tuple(fc.nat(), fc.constantFrom('null', '1', '"x"', '[]', '{}', '-1e99', '[null]'));
    await fc.assert(
      fc.asyncProperty(damages, async ([place, value]) => {
        writeFileSync(join(stage.cwd, 'broken.json'), damage(whole, place, value));
        await stage.run(plan, { options: { record: 'broken.json' } }).catch((error: unknown) => {
          if (!(error instanceof PurserError)) throw error;
          expect(error.code).toBe('snapshot-invalid');
          expect(error.message).toContain('broken.json');
        });
      }),
      { numRuns: 150, seed: 7 },
    );
  });
});

/** Replaces one value somewhere in the document. */
function damage(text: string, place: number, value: string): string {
  const root: unknown = JSON.parse(text);
  const holders: [Record<string, unknown>, string][] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      holders.push([node as Record<string, unknown>, key]);
      visit((node as Record<string, unknown>)[key]);
    }
  };
  visit(root);
  const [holder, key] = holders[place % holders.length]!;
  holder[key] = JSON.parse(value);
  return JSON.stringify(root);
}

describe('purser explain', () => {
  it('knows a VM by its name and by its id, and says which rule decides', async () => {
    const stage = await openScene();
    const [vm] = stage.sandbox.books().vms.filter(({ name }) => name === 'web-1');
    const byName = await stage.run(explain, { operands: ['web-1'] });
    expect(byName.printed).toContain(vm!.id);
    expect(byName.printed).toContain('park-surplus');
    expect((await stage.run(explain, { operands: [vm!.id] })).printed).toBe(byName.printed);
    const { documents } = await stage.run(explain, { operands: ['web-1'], json: true });
    expect(documents).toMatchObject([{ vm: { name: 'web-1' }, policy: 'web', decides: 'park-surplus' }]);
  });

  it('says of a foreign VM that nobody touches it', async () => {
    const stage = await openScene();
    const { code, documents } = await stage.run(explain, { operands: ['somebody'], json: true });
    expect(code).toBe(0);
    expect(documents).toMatchObject([{ vm: { name: 'somebody' }, listed: true, says: 'keep' }]);
  });

  it('says so of a VM that no account has', async () => {
    const stage = await openScene();
    await expect(stage.run(explain, { operands: ['nobody'] })).rejects.toMatchObject({ code: 'vm-unknown' });
  });
});

describe('purser status', () => {
  it('looks itself where nobody has lately, and needs no scheduler for it', async () => {
    const stage = await openScene();
    const { code, printed, documents } = await stage.run(status, { json: true });
    expect([code, printed]).toEqual([0, '']);
    expect(documents).toHaveLength(1);
    const text = (await stage.run(status)).printed;
    expect(text).toContain('no scheduler runs');
    expect(text).toMatch(/web +act +2 +2/);
  });

  it('says before anything is in force that nothing is, and what to do', async () => {
    const stage = await openStage(redis.url);
    expect((await stage.run(status)).printed).toMatch(/no policies are in force\n +purser init\n/);
    writeFiles(stage.cwd, { 'policies/web.yaml': writeFleet('web', 1) });
    expect((await stage.run(status)).printed).toMatch(/no policies are in force\n +purser apply\n/);
  });

  it('tells files that are not what is in force, with what to type', async () => {
    const stage = await openStage(redis.url);
    const needs = async () => {
      const { documents } = await stage.run(status, { json: true });
      const [{ needsYou }] = documents as [{ needsYou: { code: string; text: string; remedy: string }[] }];
      return needsYou.filter(({ code }) => code === 'files-not-in-force').map(({ text, remedy }) => [text, remedy]);
    };
    await stage.apply({ 'policies/web.yaml': writeFleet('web', 1) });
    expect(await needs()).toEqual([]);
    writeFiles(stage.cwd, { 'policies/web.yaml': writeFleet('web', 2), 'policies/api.yaml': writeFleet('api', 1) });
    expect(await needs()).toEqual([['policies/ is not what generation 1 says: web changed, api new', 'purser apply']]);
    writeFiles(stage.cwd, { 'policies/web.yaml': 'kind: fleet\n' });
    expect(await needs()).toMatchObject([[expect.stringContaining('generation 1 stays in force'), 'purser validate']]);
    rmSync(join(stage.cwd, 'policies'), { recursive: true });
    expect(await needs()).toEqual([
      ['policies/ holds no policy any more, so generation 1 stays in force (web)', 'purser retire web'],
    ]);
  });

  it('tells in a plan, too, that the files of what it plans are gone', async () => {
    const stage = await openStage(redis.url);
    await stage.apply({ 'policies/web.yaml': writeFleet('web', 1), 'policies/api.yaml': writeFleet('api', 1) });
    expect((await stage.run(plan)).noted).not.toContain('holds no policy');
    rmSync(join(stage.cwd, 'policies'), { recursive: true });
    expect((await stage.run(plan)).noted).toBe(
      'policies/ holds no policy any more, so generation 1 stays in force (api, web). ' +
        'Bring the files back, or: purser retire api; purser retire web',
    );
    mkdirSync(join(stage.cwd, 'policies'));
    await expect(stage.run(plan)).rejects.toThrow(
      /no policies\. Policies are files that end in \.yaml or \.yml\. Generation 1 stays in force/,
    );
  });

  it('tells of an API that cannot be asked, and ends with 0 all the same', async () => {
    const stage = await openScene();
    await stage.sandbox.close();
    const { code, printed } = await stage.run(status, { env: { PURSER_CLOCK: 'system' } });
    expect(code).toBe(0);
    expect(printed).toContain('NOT OK');
  });
});
