// Calls that change something: one request each, sent at once, and what is known about their effect when they fail.
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { sendJson } from '../local-server.js';
import { createTrafficScene } from '../traffic-scene.js';
import { vmId } from './answers.js';
import { buildCloud, catchError, KEY, order, setUp } from './setup.js';
import type { Setup } from './setup.js';

let setup: Setup;
afterEach(async () => {
  await setup.close();
});

describe('a deployment', () => {
  it('names everything that was planned, and a cap per epoch that never allows more', async () => {
    setup = await setUp((_request, response) =>
      sendJson(response, 201, [
        { vmId: vmId(1), vmName: 'web-a17k3f2x' },
        { vmId: vmId(2), vmName: 'web-a17k3f2x' },
      ]),
    );
    expect(await setup.cloud.createVms(order())).toEqual([
      { id: vmId(1), name: 'web-a17k3f2x' },
      { id: vmId(2), name: 'web-a17k3f2x' },
    ]);
    const [request] = setup.server.received;
    expect(request).toMatchObject({ method: 'POST', path: '/vms/v3' });
    expect(JSON.parse(request!.body)).toEqual({
      constraints: {
        basicConfiguration: 'cpu-2-ram-4gb-storage-25gb',
        additionalResources: null,
        hardware: null,
        datacenter: { countries: ['FR'] },
        maxTotalPricePerEpochUsd: '0.799992',
      },
      instances: 2,
      vmConfiguration: {
        name: 'web-a17k3f2x',
        openPorts: [{ port: 80, protocol: 'tcp' }],
        osImage: 'https://images.example/u.img',
        sshKeys: ['ops'],
      },
    });
  });

  it('sends the host name and whole hardware types', async () => {
    setup = await setUp((_request, response) => sendJson(response, 200, [{ vmId: vmId(1) }]));
    const hardware = { cpuManufacturer: 'AMD', cpuArchitecture: 'Zen', storageType: 'NVMe' };
    const created = await setup.cloud.createVms(
      order({ count: 1, hostname: 'web', offer: { ...order().offer, hardware } }),
    );
    expect(created).toEqual([{ id: vmId(1), name: 'web-a17k3f2x' }]);
    const body = JSON.parse(setup.server.received[0]!.body);
    expect(body.vmConfiguration.hostname).toBe('web');
    expect(body.constraints.hardware).toEqual({
      cpu: [{ manufacturer: 'AMD', architecture: 'Zen' }],
      storage: [{ type: 'NVMe' }],
    });
  });

  it.each([{ cloudInit: '#cloud-config' }, { dataDisksGb: [10] }])(
    'with %j is refused, not shortened',
    async (change) => {
      setup = await setUp(() => undefined);
      const error = await catchError(setup.cloud.createVms(order(change)));
      expect(error).toMatchObject({ code: 'api-bad-request', effect: 'none' });
      expect(setup.server.received).toHaveLength(0);
    },
  );

  it('with half a hardware type is refused before it is sent', async () => {
    setup = await setUp(() => undefined);
    const offer = { ...order().offer, hardware: { cpuManufacturer: 'AMD' } };
    const error = await catchError(setup.cloud.createVms(order({ offer })));
    expect(error).toMatchObject({ code: 'api-bad-request', effect: 'none' });
    expect(error.message).toMatch(/hardware.cpu must name architecture too/);
    expect(setup.server.received).toHaveLength(0);
  });

  it.each([
    ['too few ids', [{ vmId: vmId(1) }], [vmId(1)]],
    ['too many ids', [{ vmId: vmId(1) }, { vmId: vmId(2) }, { vmId: vmId(3) }], [vmId(1), vmId(2), vmId(3)]],
    ['one id twice', [{ vmId: vmId(1) }, { vmId: vmId(1) }], [vmId(1)]],
    ['an id of a wrong form', [{ vmId: vmId(1) }, { vmId: '17' }], [vmId(1)]],
    ['a bad entry too many', [{ vmId: vmId(1) }, { vmId: vmId(2) }, null], [vmId(1), vmId(2)]],
    ['an object', { vmId: vmId(1) }, []],
    ['null', null, []],
  ])('answered with %s may have taken effect, and its readable ids are kept', async (_title, answer, vmIds) => {
    setup = await setUp((_request, response) => sendJson(response, 200, answer));
    const error = await catchError(setup.cloud.createVms(order()));
    expect(error).toMatchObject({ code: 'api-unreadable', effect: 'unknown', status: 200, details: { vmIds } });
    expect(setup.server.received).toHaveLength(1);
  });

  it.each([
    ['an empty body', ''],
    ['a page', '<html>ok</html>'],
  ])('answered 200 with %s may have taken effect', async (_title, body) => {
    setup = await setUp((_request, response) => response.writeHead(200).end(body));
    expect(await catchError(setup.cloud.createVms(order()))).toMatchObject({
      code: 'api-unreadable',
      effect: 'unknown',
    });
  });

  it('whose answer is cut off may have taken effect', async () => {
    setup = await setUp((_request, response) => {
      response.writeHead(200, { 'content-length': '500' });
      response.write('[{"vmId": "0x', () => response.destroy());
    });
    expect(await catchError(setup.cloud.createVms(order()))).toMatchObject({
      code: 'api-unreadable',
      effect: 'unknown',
      status: 200,
    });
  });
});

describe('errors of the API', () => {
  it.each([
    [403, { error: 'Auth failed. No such API Key' }, 'api-key-refused', 'none'],
    [401, { error: 'unauthorized' }, 'api-key-refused', 'none'],
    [403, undefined, 'api-key-refused', 'none'],
    [422, { error: 'No suitable offer found' }, 'api-no-offer', 'none'],
    [422, { error: 'Not enough offers found' }, 'api-no-offer', 'none'],
    [422, { error: 'name is taken' }, 'api-bad-request', 'none'],
    [402, { error: 'Payment required' }, 'api-no-balance', 'none'],
    [422, { error: 'Insufficient balance for the deposit' }, 'api-no-balance', 'none'],
    [400, { error: 'not enough funds' }, 'api-no-balance', 'none'],
    [403, { error: 'Insufficient balance' }, 'api-no-balance', 'none'],
    [400, { error: 'openPorts: 10250 is reserved' }, 'api-bad-request', 'none'],
    [404, { error: 'no such VM' }, 'api-not-found', 'none'],
    [409, { error: 'VM with this name already exists' }, 'api-conflict', 'unknown'],
    [429, { error: 'slow down' }, 'api-rate-limited', 'none'],
    [408, { error: 'too slow' }, 'api-timeout', 'unknown'],
    [500, { error: 'oops' }, 'api-unavailable', 'unknown'],
    [502, { error: 'bad gateway' }, 'api-unavailable', 'unknown'],
    [503, { error: 'maintenance' }, 'api-unavailable', 'unknown'],
    [504, { error: 'gateway timeout' }, 'api-unavailable', 'unknown'],
    [302, undefined, 'api-unreadable', 'unknown'],
  ])('%i %j is %s with effect %s, and is not sent again', async (status, body, code, effect) => {
    setup = await setUp((_request, response) => {
      if (body === undefined) response.writeHead(status, { location: '/elsewhere' }).end();
      else sendJson(response, status, body);
    });
    const error = await catchError(setup.cloud.createVms(order()));
    expect(error).toMatchObject({ code, effect, status });
    if (body !== undefined) {
      expect(error.message).toContain(body.error);
      expect(error.details?.['apiText']).toBe(body.error);
    }
    expect(setup.server.received).toHaveLength(1);
    expect(setup.pauses).toEqual([]);
  });

  it('are no proof of anything for a 409 to a deletion or a new name: nothing was changed', async () => {
    setup = await setUp((_request, response) => sendJson(response, 409, { error: 'busy' }));
    for (const call of [
      () => setup.cloud.deleteVms([vmId(1)]),
      () => setup.cloud.renameVms([{ id: vmId(1), name: 'web' }]),
    ])
      expect(await catchError(call())).toMatchObject({ code: 'api-conflict', effect: 'none' });
  });

  it('stay unknown for a 503 that names a Retry-After: a gateway may send it after passing the call on', async () => {
    setup = await setUp((_request, response) => sendJson(response, 503, { error: 'later' }, { 'retry-after': '7' }));
    expect(await catchError(setup.cloud.createVms(order()))).toMatchObject({
      effect: 'unknown',
      retryAfterMillis: 7000,
    });
  });

  it.each([401, 403, 404])('%i with a page says nothing about the key or the VM', async (status) => {
    setup = await setUp((_request, response) => response.writeHead(status).end('<html>nginx</html>'));
    expect(await catchError(setup.cloud.deleteVms([vmId(1)]))).toMatchObject({
      code: 'api-unavailable',
      effect: 'none',
      status,
    });
  });

  it('that are a page keep the status and 256 characters, without the key', async () => {
    setup = await setUp((request, response) => {
      const page = `<html>${'y'.repeat(240)}${request.headers['x-api-key'] as string} and more</html>`;
      response.writeHead(403, { 'content-type': 'text/html' }).end(page);
    });
    const error = await catchError(setup.cloud.deleteVms([vmId(1)]));
    expect(error).toMatchObject({ code: 'api-unavailable', status: 403, effect: 'none' });
    expect(error.details?.['apiText']).toHaveLength(256);
    expect(error.details?.['apiText']).toMatch(/y\[API key\]/);
    expect(JSON.stringify(error) + error.message + String(error.stack)).not.toContain(KEY.slice(0, 8));
  });

  it('are judged by their status when their body is cut off', async () => {
    setup = await setUp((_request, response) => {
      response.writeHead(422, { 'content-length': '500' });
      response.write('{"error": "No sui', () => response.destroy());
    });
    expect(await catchError(setup.cloud.createVms(order()))).toMatchObject({
      code: 'api-bad-request',
      status: 422,
      effect: 'none',
    });
  });

  it('never quote the key back', async () => {
    setup = await setUp((_request, response) =>
      sendJson(response, 400, { error: `header x-api-key ${KEY} is odd\n\u001b[2J` }),
    );
    const error = await catchError(setup.cloud.createVms(order()));
    expect(error.message).toMatch(/header x-api-key \[API key\] is odd \[2J$/);
  });
});

describe('calls without an answer', () => {
  it('had no effect when the connection was refused', async () => {
    setup = await setUp(() => undefined);
    await setup.server.close();
    expect(await catchError(setup.cloud.createVms(order()))).toMatchObject({
      code: 'api-unreachable',
      effect: 'none',
      status: undefined,
    });
  });

  it('had no effect when the host name is not known', async () => {
    setup = await setUp(() => undefined);
    const { cloud } = buildCloud('http://nowhere.invalid');
    const error = await catchError(cloud.createVms(order()));
    await cloud.close();
    expect(error).toMatchObject({ code: 'api-unreachable', effect: 'none' });
  });

  it('may have had an effect when the time ran out after they were sent', async () => {
    setup = await setUp(() => undefined, { timeouts: { connectMillis: 500, callMillis: 60, listingMillis: 60 } });
    const error = await catchError(setup.cloud.createVms(order()));
    expect(error).toMatchObject({ code: 'api-timeout', effect: 'unknown' });
    expect(error.message).toBe('could not create VMs of account main: no answer after 60ms');
    expect(setup.server.received).toHaveLength(1);
  });

  it('may have had an effect when the body never ends', async () => {
    setup = await setUp((_request, response) => void response.writeHead(200).write('['), {
      timeouts: { connectMillis: 500, callMillis: 600, listingMillis: 600 },
    });
    expect(await catchError(setup.cloud.createVms(order()))).toMatchObject({
      code: 'api-timeout',
      effect: 'unknown',
      status: 200,
    });
  });

  it('may have had an effect when the connection broke after they were sent', async () => {
    setup = await setUp((_request, response) => response.destroy());
    expect(await catchError(setup.cloud.createVms(order()))).toMatchObject({
      code: 'api-unavailable',
      effect: 'unknown',
    });
    expect(setup.server.received).toHaveLength(1);
  });

  it('may have had an effect when what answers does not speak HTTP', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end('220 mail.example ESMTP\r\n'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    setup = await setUp(() => undefined);
    const { cloud } = buildCloud(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(await catchError(cloud.createVms(order()))).toMatchObject({ code: 'api-unavailable', effect: 'unknown' });
    await cloud.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it('may have had an effect when they are stopped after they were sent, and none when before', async () => {
    const stop = new AbortController();
    setup = await setUp(() => stop.abort());
    const call = { signal: stop.signal };
    expect(await catchError(setup.cloud.createVms(order(), call))).toMatchObject({
      code: 'api-timeout',
      effect: 'unknown',
    });
    expect(await catchError(setup.cloud.createVms(order(), call))).toMatchObject({
      code: 'api-timeout',
      effect: 'none',
    });
    expect(setup.server.received).toHaveLength(1);
  });

  it('had no effect, and are never sent, when they are stopped in the same turn', async () => {
    setup = await setUp((_request, response) => sendJson(response, 200, []));
    const stop = new AbortController();
    const call = setup.cloud.createVms(order(), { signal: stop.signal });
    stop.abort();
    expect(await catchError(call)).toMatchObject({ code: 'api-timeout', effect: 'none' });
    // The connection that it opened is used up by now: a further call shows that nothing came before it.
    await catchError(setup.cloud.createVms(order()));
    expect(setup.server.received).toHaveLength(1);
  });
});

describe('sending', () => {
  it('begins before the method returns: the key of that moment goes out', async () => {
    let key = 'key-before';
    setup = await setUp((_request, response) => response.writeHead(200).end(), {
      readKey: () => key,
      variant: 'v3',
    });
    const calls = [
      setup.cloud.deleteVms([vmId(1)]),
      setup.cloud.renameVms([{ id: vmId(1), name: 'a' }]),
      catchError(setup.cloud.createVms(order())),
    ];
    key = 'key-after';
    await Promise.all(calls);
    expect(setup.server.received.map((request) => request.headers['x-api-key'])).toEqual(Array(3).fill('key-before'));
  });

  it('of changes is never in line behind reads', async () => {
    setup = await setUp((request, response) => void (request.method === 'DELETE' && response.writeHead(200).end()), {
      concurrency: 1,
    });
    const stop = new AbortController();
    const reads = [setup.cloud.listVms({ signal: stop.signal }), setup.cloud.listVms({ signal: stop.signal })];
    await setup.cloud.deleteVms([vmId(1)]);
    stop.abort();
    expect((await Promise.all(reads)).map((look) => look.state)).toEqual(['failed', 'failed']);
  });

  it('takes no turn for gated changes, but ends the one they came with, and takes one for keys', async () => {
    const traffic = createTrafficScene();
    setup = await setUp((_request, response) => response.writeHead(200).end(), { traffic });
    await setup.cloud.deleteVms([vmId(1)], { turn: 'ours' });
    await setup.cloud.renameVms([{ id: vmId(1), name: 'a' }]);
    expect(traffic.told).toEqual(['end answers of ours']);
    await setup.cloud.removeKey('SHA256:f');
    expect(traffic.told).toEqual(['end answers of ours', 'take', 'end answers']);
  });

  it('needs a key that was read: an asynchronous one is prepared first', async () => {
    let tell: (key: string) => void = () => undefined;
    const key = new Promise<string>((resolve) => {
      tell = resolve;
    });
    setup = await setUp((_request, response) => response.writeHead(200).end(), {
      readKey: () => key,
      variant: 'v3',
    });
    expect(await catchError(setup.cloud.deleteVms([vmId(1)]))).toMatchObject({
      code: 'api-key-missing',
      effect: 'none',
    });
    tell('later');
    await setup.cloud.prepare();
    await setup.cloud.deleteVms([vmId(1)]);
    expect(setup.server.received.map((request) => request.headers['x-api-key'])).toEqual(['later']);
  });
});

describe('deletions and renamings', () => {
  it.each([
    ['nothing', ''],
    ['an object', '{"deleted": 2}'],
  ])('are accepted with %s in the body', async (_title, body) => {
    setup = await setUp((_request, response) => response.writeHead(200).end(body));
    await setup.cloud.deleteVms([vmId(1), vmId(2)]);
    expect(setup.server.received[0]).toMatchObject({ method: 'DELETE', path: '/vms/v3' });
    expect(JSON.parse(setup.server.received[0]!.body)).toEqual({ vmIds: [vmId(1), vmId(2)] });
  });

  it('are not accepted by a page that says 200', async () => {
    setup = await setUp((_request, response) => response.writeHead(200).end('<html>'));
    expect(await catchError(setup.cloud.deleteVms([vmId(1)]))).toMatchObject({
      code: 'api-unreadable',
      effect: 'unknown',
    });
  });

  it('of an unknown id are told as not found, once', async () => {
    setup = await setUp((_request, response) => sendJson(response, 404, { error: 'VM not found' }));
    expect(await catchError(setup.cloud.deleteVms([vmId(1)]))).toMatchObject({ code: 'api-not-found', effect: 'none' });
    expect(setup.server.received).toHaveLength(1);
  });

  it('never touch ports', async () => {
    setup = await setUp((_request, response) => response.writeHead(204).end());
    await setup.cloud.renameVms([{ id: vmId(1), name: 'web-1' }]);
    expect(setup.server.received[0]).toMatchObject({ method: 'PATCH', path: '/vms/v3' });
    expect(JSON.parse(setup.server.received[0]!.body)).toEqual({ updates: [{ id: vmId(1), vmName: 'web-1' }] });
  });
});

describe('SSH keys', () => {
  const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKgJIjnDg1DjqOOxINs78oU3f7PJXIyq9uiNocNVhXNx folex@mac.local';
  const fingerprint = 'SHA256:sINcLA/hlKG0nDpE9n233xEnXAgSISxq0/nVWbbx5A4';

  it.each([
    ['new', 201, { name: 'ops', fingerprint, algorithm: 'ssh-ed25519', publicKey }],
    [
      'already there, written public_key',
      200,
      { name: 'first', fingerprint, algorithm: 'ssh-ed25519', public_key: publicKey },
    ],
  ])('are added: %s', async (_title, status, answer) => {
    setup = await setUp((_request, response) => sendJson(response, status, answer));
    expect(await setup.cloud.addKey({ name: 'ops', publicKey })).toEqual({
      name: answer.name,
      fingerprint,
      algorithm: 'ssh-ed25519',
      publicKey,
    });
    expect(JSON.parse(setup.server.received[0]!.body)).toEqual({ name: 'ops', publicKey });
  });

  it('are known from themselves when the answer is empty', async () => {
    setup = await setUp((_request, response) => response.writeHead(201).end());
    expect(await setup.cloud.addKey({ name: 'ops', publicKey })).toEqual({
      name: 'ops',
      fingerprint,
      algorithm: 'ssh-ed25519',
      publicKey,
    });
  });

  it('are removed by fingerprint', async () => {
    setup = await setUp((_request, response) => response.writeHead(200).end());
    await setup.cloud.removeKey(fingerprint);
    expect(setup.server.received[0]).toMatchObject({ method: 'DELETE', path: '/ssh_keys' });
    expect(JSON.parse(setup.server.received[0]!.body)).toEqual({ fingerprint });
  });
});
