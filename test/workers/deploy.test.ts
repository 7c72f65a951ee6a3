import { beforeEach, describe, expect, it } from 'vitest';
import { PurserError } from '../../src/core/errors.js';
import { buildStatusError } from '../../src/fluence/call-errors.js';
import { encodeJson } from '../../src/core/json.js';
import { CloudError, type CreateOrder, type PrepareOptions } from '../../src/ports/cloud.js';
import { noteKeys } from '../../src/scheduler/engine.js';
import { createDeployHandler } from '../../workers/deploy.js';
import { makeDeploy, makeFleet, makeIntent, MINUTE, NOON, PRICE } from '../core/samples.js';
import { noAnswer, openCallScene, refusal, type CallScene } from './memory-calls.js';

const CREATE = {
  account: 'main',
  endpoint: {
    name: 'create-vms',
    what: 'create a VM',
    method: 'POST',
    path: '/v2/vms',
    kind: 'change',
    timeout: 'call',
  },
  timeoutMillis: 1,
  scrub: (text: string) => text,
} as const;
const planned = makeIntent('k3f9x2', { state: 'planned', createdAt: NOON, calledAt: undefined, deploy: makeDeploy(2) });
let scene: CallScene;
beforeEach(() => {
  scene = openCallScene([planned], { policies: { fleets: [makeFleet()] } });
});

const deploy = (signal?: AbortSignal) => scene.run(createDeployHandler, 'k3f9x2', signal);
const intent = () => scene.intents.get('k3f9x2');
const events = () => scene.ledger.map((entry) => entry.event);

describe('a purchase', () => {
  it('is one call with what the intent says; its VMs are members at once, and a look is asked for', async () => {
    expect(await deploy()).toEqual({ result: 'done', text: 'bought 2 of web' });
    expect(scene.orders).toMatchObject([{ count: 2, name: 'web-a1', sshKeys: ['ops'], offer: { country: 'FR' } }]);
    expect(intent()).toMatchObject({ state: 'done', closedAt: NOON, deploy: { vmIds: ['new-1', 'new-2'] } });
    expect([...scene.claims.values()]).toMatchObject([
      { vmId: 'new-1', origin: 'bought', intent: 'k3f9x2', state: 'member', price: PRICE },
      { vmId: 'new-2' },
    ]);
    expect(events()).toEqual(['bought', 'bought']);
    expect(scene.engine.queue.ids()).toEqual(['reconcile-main-after-k3f9x2-done']);
  });

  it.each(['api-no-balance', 'api-no-offer', 'api-bad-request', 'api-unreachable', 'api-rate-limited'] as const)(
    'has failed when the service surely refused it: %s',
    async (code) => {
      scene.answer = () => {
        throw refusal(code);
      };
      await deploy();
      expect(intent()).toMatchObject({ state: 'failed', closedAt: NOON, error: { code } });
      expect(events()).toEqual(['buy-failed']);
      expect(scene.calls).toHaveLength(1);
    },
  );

  it.each(['api-timeout', 'api-unavailable', 'api-unreadable'] as const)(
    'is unknown without a clear answer, and sent no second time: %s',
    async (code) => {
      scene.answer = () => {
        throw new CloudError(code, 'hm', { effect: 'unknown' });
      };
      await deploy();
      expect(intent()).toMatchObject({ state: 'unknown', closedAt: undefined, error: { code } });
      expect(events()).toEqual(['buy-unknown']);
      expect(await deploy()).toMatchObject({ result: 'done', text: 'nothing to do: it is unknown' });
      expect(scene.calls).toHaveLength(1);
    },
  );

  describe('with a cloud-init text', () => {
    const secrets = { TOKEN: { env: 'RUNNER_TOKEN' } };
    beforeEach(() => {
      const vm = { ...makeFleet().vm, cloudInit: { text: '#! ${TOKEN}', secrets } };
      scene = openCallScene([planned], { policies: { fleets: [makeFleet({ vm })] } });
    });

    it('is sent with its secrets, which go nowhere else', async () => {
      scene.engine.env = { RUNNER_TOKEN: 'hunter2' };
      await deploy();
      expect(scene.orders).toMatchObject([{ cloudInit: '#! hunter2' }]);
      const kept = [intent(), scene.ledger, [...scene.claims.values()], scene.engine.logged];
      expect(kept.map((part) => encodeJson(part)).join()).not.toContain('hunter2');
    });

    it('has failed, and says what lacks, where a secret is missing: nothing is sent', async () => {
      await deploy();
      expect(scene.calls).toEqual([]);
      const text = expect.stringContaining('RUNNER_TOKEN is not set') as string;
      expect(intent()).toMatchObject({ state: 'failed', error: { code: 'secret-missing', text } });
    });

    const PEM = '-----BEGIN KEY-----\nMIIEabc123\nsecretline2\n-----END KEY-----';
    it.each<[string, string, string, (sent: string) => string]>([
      ['as it is', 'x=${TOKEN}', 'hunter2', (sent) => JSON.stringify({ error: `bad userData: ${sent}` })],
      ['of several lines', 'x=${TOKEN}', PEM, (sent) => JSON.stringify({ error: `bad userData: ${sent}` })],
      ['cut off', `${'x'.repeat(1965)}\${TOKEN}`, 'SECRET'.repeat(9), (sent) => JSON.stringify({ error: sent })],
      ['in escapes', 't=${TOKEN}', 'pa"ss\\word-of-mine', (sent) => `<html>${JSON.stringify({ userData: sent })}`],
      ['that is short', 't=${TOKEN}', 'pw7', (sent) => `<html>no: ${sent}`],
      ['encoded', 't=${TOKEN}', 'k&Zp<9Q>x!7+aB', (sent) => `no: ${encodeURIComponent(sent)} ${btoa(sent)}`],
    ])('keeps nothing of an answer that repeats a secret %s', async (_form, text, TOKEN, echo) => {
      const vm = { ...makeFleet().vm, cloudInit: { text, secrets: { TOKEN: { env: 'RUNNER_TOKEN' } } } };
      scene = openCallScene([planned], { policies: { fleets: [makeFleet({ vm })] } });
      scene.engine.env = { RUNNER_TOKEN: TOKEN };
      scene.answer = () => {
        const body = Buffer.from(echo(scene.orders[0]!.cloudInit!));
        throw buildStatusError(CREATE, { status: 400, headers: {}, sentAt: 0, headersAt: 0, body });
      };
      await deploy();
      const said = expect.stringContaining('the API answered 400 (api-bad-request); its words are not kept') as string;
      expect(intent()).toMatchObject({ state: 'failed', error: { text: said } });
      const kept = encodeJson([intent(), scene.ledger, scene.engine.logged]);
      for (const piece of [TOKEN, TOKEN.slice(0, 7), TOKEN.slice(-7), 'MIIEabc', 'secretline'])
        expect(kept).not.toContain(piece);
    });

    it('keeps what is said of a request that nobody answered', async () => {
      scene.engine.env = { RUNNER_TOKEN: 'hunter2-topsecret' };
      scene.answer = () => {
        throw new CloudError('api-unreachable', 'nobody listens there', { effect: 'none' });
      };
      await deploy();
      expect(intent()!.error!.text).toContain('nobody listens there');
    });
  });

  it('is sent as it was prepared before the gate', async () => {
    const steps: string[] = [];
    const resolved = { configurationId: 'c', keyIds: ['k'], isReplicated: false };
    Object.assign(scene.engine.cloud, {
      prepare: () => Promise.resolve(void steps.push('prepare')),
      prepareOrder: (order: CreateOrder) => {
        steps.push('prepareOrder');
        return Promise.resolve({ ...order, resolved });
      },
    });
    scene.atGate = () => void steps.push('gate');
    scene.answer = () => void steps.push('call');
    await deploy();
    expect(steps).toEqual(['prepare', 'prepareOrder', 'gate', 'call']);
    expect(scene.orders).toMatchObject([{ name: 'web-a1', resolved }]);
  });

  describe('that must register an SSH key first', () => {
    let registered: boolean;
    beforeEach(() => {
      registered = false;
      const prepareOrder = async (order: CreateOrder, options?: PrepareOptions) => {
        await options?.beforeChange?.();
        registered = true;
        return order;
      };
      Object.assign(scene.engine.cloud, { prepareOrder });
    });

    it('does so', async () => {
      await deploy();
      expect([registered, scene.calls.length]).toEqual([true, 1]);
    });

    it.each<[string, () => void]>([
      ['the key of the API was replaced', () => void Object.assign(scene.engine.cloud, { keyMark: () => 'another' })],
      ['it waited too long', () => void scene.engine.clock.step(60 * MINUTE)],
      ['other policies are in force', () => void scene.engine.memory.noteGeneration({ number: 9, hash: 'x' })],
    ])('changes nothing where %s', async (_why, happen) => {
      await scene.engine.store.writeNote(noteKeys.provenKey('main'), scene.engine.cloud.keyMark() ?? 'proven');
      happen();
      await deploy();
      expect([registered, scene.calls.length]).toEqual([false, 0]);
    });

    it.each(['here', 'in the store'] as const)('changes nothing while it is frozen %s', async (where) => {
      if (where === 'here') scene.engine.frozenBy = 'me';
      else scene.handles = { ...scene.handles, freeze: { since: 0, why: '' } };
      await deploy();
      expect([registered, scene.calls.length]).toEqual([false, 0]);
    });
  });

  it.each(['prepare', 'prepareOrder'] as const)(
    'has failed, unsent, where %s says that it can not be had',
    async (step) => {
      Object.assign(scene.engine.cloud, { [step]: () => Promise.reject(refusal('api-no-offer')) });
      await deploy();
      expect(scene.calls).toEqual([]);
      expect(intent()).toMatchObject({ state: 'failed', error: { code: 'api-no-offer' } });
      expect(events()).toEqual(['buy-failed']);
    },
  );

  it('is begun and no more when the worker itself fails in it', async () => {
    scene.answer = () => {
      throw new TypeError('a defect');
    };
    await expect(deploy()).rejects.toThrow('a defect');
    expect(intent()!.state).toBe('calling');
    scene.engine.clock.step(6_000);
    expect(await deploy()).toMatchObject({ text: 'not called: unknown' });
    expect(intent()!.state).toBe('unknown');
    expect(scene.calls).toHaveLength(1);
  });

  it('is written down once Redis is back', async () => {
    scene.outages.push(new PurserError('redis-unreachable', 'Redis is away'));
    await deploy();
    expect(intent()!.state).toBe('done');
  });

  it('is written down in a store that was emptied or set back while it was on its way', async () => {
    for (const forget of [() => scene.intents.delete('k3f9x2'), () => scene.intents.set('k3f9x2', planned)]) {
      scene = openCallScene([planned], { policies: { fleets: [makeFleet()] } });
      scene.answer = () => void forget();
      await deploy();
      expect(intent()!.state).toBe('done');
      expect(scene.claims.size).toBe(2);
    }
  });

  it('keeps its claims although another has closed the intent meanwhile', async () => {
    scene.answer = () => void scene.intents.set('k3f9x2', { ...planned, state: 'failed' });
    await deploy();
    expect(intent()!.state).toBe('failed');
    expect([...scene.claims.keys()]).toEqual(['new-1', 'new-2']);
    expect(scene.engine.logged).toEqual(['warn: An outcome came too late to be written; the next look settles it']);
  });
});

describe('a purchase is not sent', () => {
  it.each([
    [
      'frozen by hand',
      (): void => void (scene.handles = { ...scene.handles, freeze: { since: NOON, why: '' } }),
      'frozen',
    ],
    ['frozen here', (): void => void (scene.engine.frozenBy = 'a file'), 'frozen-here'],
    ['under other policies', (): void => void (scene.generation = 2), 'generation-changed'],
    ['planned too long ago', (): void => scene.engine.clock.step(6 * MINUTE), 'it waited too long'],
    [
      'without its policy',
      (): void => void (scene.engine.policies = { ...scene.engine.policies, fleets: [] }),
      'its policy is gone',
    ],
    [
      'frozen between permit and call',
      (): void => void (scene.atGate = () => void (scene.engine.frozenBy = 'a file')),
      'too late',
    ],
    [
      'with a permit that took three seconds',
      (): void => void (scene.atGate = () => scene.engine.clock.step(3_000)),
      'too late',
    ],
    ['with a permit that a crash may forget', (): void => void (scene.isOnDisk = false), 'did not confirm it on disk'],
  ] as const)('%s, and planned anew if it is still wanted', async (_name, change, why) => {
    change();
    expect((await deploy()).result).toBe('done');
    expect(scene.calls).toEqual([]);
    expect(intent()!.state).toBe('refused');
    expect(intent()!.error!.text).toContain(why);
    expect(events()).toEqual(['refused']);
  });

  it('with an image that the product does not know', async () => {
    const fleet = makeFleet({ vm: { ...makeFleet().vm, image: 'no-such-image' } });
    scene = openCallScene([planned], { policies: { fleets: [fleet] } });
    await deploy();
    expect(intent()!.error!.text).toContain('image');
  });

  it('while another worker waits for its answer: the job comes again', async () => {
    scene.begin('k3f9x2', 'another', true);
    expect(await deploy()).toMatchObject({ result: 'retry', afterMillis: 6_000 });
    expect(intent()!.state).toBe('calling');
  });

  it('when the worker that began it is gone: nobody knows whether it bought', async () => {
    scene.begin('k3f9x2', 'another', false);
    expect(await deploy()).toMatchObject({ result: 'done', text: 'not called: unknown' });
    expect(intent()!.state).toBe('unknown');
  });

  it('and not called refused either, where one that was begun meets a freeze', async () => {
    scene.begin('k3f9x2', 'another', false);
    scene.engine.frozenBy = 'a file';
    expect(await deploy()).toMatchObject({ result: 'retry' });
    expect(intent()!.state).toBe('calling');
    expect(events()).toEqual([]);
  });

  it('by a worker that is told to stop; the job goes to another', async () => {
    expect(await deploy(AbortSignal.abort())).toMatchObject({ result: 'retry', afterMillis: 0 });
    expect(intent()!.state).toBe('planned');
  });

  it.each(['done', 'failed', 'refused', 'lapsed', 'unknown'] as const)('when its intent is %s', async (state) => {
    scene.intents.set('k3f9x2', { ...planned, state });
    expect(await deploy()).toEqual({ result: 'done', text: `nothing to do: it is ${state}` });
    expect(scene.calls).toEqual([]);
  });

  it('when the answer of the first is awaited for longer than its lease: the first answer is still written', async () => {
    scene.answer = () => {
      scene.engine.clock.step(7_000);
      scene.intents.set('k3f9x2', { ...intent()!, state: 'unknown' });
    };
    await deploy();
    expect(intent()!.state).toBe('done');
    scene.answer = () => {
      throw noAnswer();
    };
    await deploy();
    expect(scene.calls).toHaveLength(1);
  });
});
