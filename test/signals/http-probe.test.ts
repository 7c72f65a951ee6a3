// Probes over real HTTP: yes and no only from a clear answer, unknown with plain words from everything else.
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpSignal } from '../../src/core/policy-types.js';
import type { SignalProbe } from '../../src/ports/signals.js';
import { createHttpProbe } from '../../src/signals/http-probe.js';
import type { HttpProbeOptions } from '../../src/signals/http-probe.js';
import { sendJson, startServer } from '../fluence/local-server.js';
import type { LocalServer, Responder } from '../fluence/local-server.js';
import { createStillClock } from '../fluence/still-clock.js';

const clock = createStillClock();
const never = new AbortController().signal;
const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function serve(responder: Responder): Promise<LocalServer> {
  const server = await startServer(responder);
  open.push(() => server.close());
  return server;
}

function buildProbe(change: Partial<HttpProbeOptions> = {}): SignalProbe {
  const probe = createHttpProbe({ maxBodyBytes: 65_536, clock, allowLocalTargets: true, ...change });
  open.push(() => probe.close());
  return probe;
}

function buildSignal(url: string, change: Partial<HttpSignal> = {}): HttpSignal {
  return { kind: 'http', id: 's1', url, json: '/busy', equals: false, timeoutMillis: 5000, ...change };
}

const vm = { id: '0x1', name: 'ci-build-07', publicIp: '127.0.0.1' };

async function ask(responder: Responder, change: Partial<HttpSignal> = {}) {
  const server = await serve(responder);
  const signal = buildSignal(`http://{vm.publicIp}:${server.port}/status`, change);
  return buildProbe().probe(signal, vm, never);
}

describe('a probe', () => {
  it('says yes when the answer has the value', async () => {
    const sample = await ask((_request, response) => sendJson(response, 200, { busy: false }));
    expect(sample).toEqual({ at: clock.at, answer: 'yes', text: '/busy = false' });
  });

  it('says no when it has another', async () => {
    const sample = await ask((_request, response) => sendJson(response, 200, { busy: true }));
    expect(sample).toMatchObject({ answer: 'no', text: '/busy = true' });
  });

  it('compares by value', async () => {
    const sample = await ask((_request, response) => sendJson(response, 200, { jobs: [{ b: 1, a: [] }] }), {
      json: '/jobs/0',
      equals: { a: [], b: 1 },
    });
    expect(sample).toMatchObject({ answer: 'yes', text: '/jobs/0 = {"b":1,"a":[]}' });
  });

  it('takes any 2xx for yes when it looks at the status alone', async () => {
    const sample = await ask((_request, response) => response.writeHead(204).end(), { json: undefined });
    expect(sample).toMatchObject({ answer: 'yes', text: 'answered 204' });
  });

  it('asks once, with GET, and follows no redirect', async () => {
    const server = await serve((_request, response) => response.writeHead(302, { location: '/other' }).end());
    const sample = await buildProbe().probe(buildSignal(`${server.url}/a?b={vm.name}`), vm, never);
    expect(sample).toMatchObject({ answer: 'unknown', text: 'answered 302: redirects are not followed' });
    expect(server.received).toMatchObject([{ method: 'GET', path: '/a?b=ci-build-07' }]);
  });
});

describe('a probe does not know', () => {
  const cases: [string, Responder, string][] = [
    ['an error', (_request, response) => sendJson(response, 500, { busy: false }), 'answered 500'],
    [
      'a cached answer',
      (_request, response) => sendJson(response, 200, { busy: false }, { age: '1' }),
      'the answer came from a cache on the way, not from the VM',
    ],
    ['no JSON', (_request, response) => response.end('<html>'), 'the answer is not JSON'],
    ['no body', (_request, response) => response.end(), 'the answer is not JSON'],
    ['a missing member', (_request, response) => sendJson(response, 200, { idle: true }), 'the answer has no /busy'],
    ['a broken connection', (_request, response) => response.destroy(), 'no answer: the connection was closed'],
    [
      'a large answer',
      (_request, response) => sendJson(response, 200, { busy: false, x: 'y'.repeat(65_536) }),
      'answer too large',
    ],
    [
      'an endless answer',
      (_request, response) =>
        void setImmediate(function more() {
          if (response.destroyed) return;
          response.write('y'.repeat(10_000));
          setImmediate(more);
        }),
      'answer too large',
    ],
  ];
  it.each(cases)('what to make of %s', async (_title, responder, text) => {
    expect(await ask(responder)).toEqual({ at: clock.at, answer: 'unknown', text });
  });

  it('when nothing answers in time', async () => {
    expect(await ask(() => undefined, { timeoutMillis: 50 })).toMatchObject({
      answer: 'unknown',
      text: 'no answer: timed out after 50ms',
    });
  });

  it('when the answer is never finished', async () => {
    const sample = await ask((_request, response) => response.write('{"busy": fal'), { timeoutMillis: 50 });
    expect(sample).toMatchObject({ answer: 'unknown', text: 'no answer: timed out after 50ms' });
  });

  it('when the answer is cut off, even where the rest would read', async () => {
    const sample = await ask((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"busy": false}', () => response.destroy());
    });
    expect(sample.answer).toBe('unknown');
  });

  it('when the connection is refused', async () => {
    const server = await startServer(() => undefined);
    await server.close();
    const sample = await buildProbe().probe(buildSignal(server.url), vm, never);
    expect(sample).toMatchObject({ answer: 'unknown', text: 'no answer: connection refused' });
  });

  it('when the host name is not known', async () => {
    const sample = await buildProbe().probe(buildSignal('http://nowhere.invalid/'), vm, never);
    expect(sample.answer).toBe('unknown');
    expect(sample.text).toMatch(/no answer: its host name/);
  });

  it('when the VM has no address', async () => {
    const sample = await buildProbe().probe(
      buildSignal('http://{vm.publicIp}/'),
      { ...vm, publicIp: undefined },
      never,
    );
    expect(sample).toMatchObject({ answer: 'unknown', text: 'not asked: it has no address yet' });
  });

  it('when it is stopped, before or while it asks', async () => {
    const stop = new AbortController();
    const server = await serve(() => stop.abort());
    const probe = buildProbe();
    expect(await probe.probe(buildSignal(server.url), vm, stop.signal)).toMatchObject({ text: 'no answer: stopped' });
    expect(await probe.probe(buildSignal(server.url), vm, stop.signal)).toMatchObject({ text: 'not asked: stopped' });
    expect(server.received).toHaveLength(1);
  });
});

describe('a guarded probe', () => {
  it.each([
    'http://127.0.0.1:{port}/',
    'http://2130706433:{port}/',
    'http://[::ffff:127.0.0.1]:{port}/',
    'http://localhost:{port}/',
  ])('does not ask %s, which is this machine', async (template) => {
    const server = await serve((_request, response) => sendJson(response, 200, { busy: false }));
    const probe = buildProbe({ allowLocalTargets: false });
    const sample = await probe.probe(buildSignal(template.replace('{port}', String(server.port))), vm, never);
    expect(sample.answer).toBe('unknown');
    expect(sample.text).toMatch(/this machine's own network/);
    expect(server.received).toHaveLength(0);
  });

  it('does not ask a VM that claims the metadata address', async () => {
    const probe = buildProbe({ allowLocalTargets: false });
    const sample = await probe.probe(
      buildSignal('http://{vm.publicIp}/'),
      { ...vm, publicIp: '169.254.169.254' },
      never,
    );
    expect(sample.text).toBe("not asked: 169.254.169.254 is an address of this machine's own network");
  });
});

describe('a probe through a proxy', () => {
  it('asks it in absolute form, whatever the target', async () => {
    const proxy = await serve((_request, response) => sendJson(response, 200, { busy: false }));
    const probe = buildProbe({ proxyUrl: `http://us%40er:pass@127.0.0.1:${proxy.port}`, allowLocalTargets: false });
    const signal = buildSignal('http://{vm.publicIp}:8080/status?of={vm.name}');
    expect(await probe.probe(signal, { ...vm, publicIp: '154.42.3.7' }, never)).toMatchObject({ answer: 'yes' });
    expect(await probe.probe(signal, vm, never)).toMatchObject({ answer: 'yes' });
    expect(proxy.received.map((request) => [request.path, request.headers.host])).toEqual([
      ['http://154.42.3.7:8080/status?of=ci-build-07', '154.42.3.7:8080'],
      ['http://127.0.0.1:8080/status?of=ci-build-07', '127.0.0.1:8080'],
    ]);
    expect(proxy.received[0]!.headers['proxy-authorization']).toBe(
      `Basic ${Buffer.from('us@er:pass').toString('base64')}`,
    );
  });

  it('does not know when the proxy can not reach the VM', async () => {
    const proxy = await serve((_request, response) => response.writeHead(504).end());
    const sample = await buildProbe({ proxyUrl: proxy.url }).probe(buildSignal('http://154.42.3.7/'), vm, never);
    expect(sample).toMatchObject({ answer: 'unknown', text: 'answered 504' });
  });

  it('asks https targets through a tunnel', async () => {
    const tunnels: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket: Socket) => {
      tunnels.push(request.url ?? '');
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    open.push(() => new Promise((resolve) => proxy.close(resolve)));
    const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const sample = await buildProbe({ proxyUrl }).probe(buildSignal('https://154.42.3.7/status'), vm, never);
    expect(sample.answer).toBe('unknown');
    expect(tunnels).toEqual(['154.42.3.7:443']);
  });
});

describe('a probe leaves nothing behind', () => {
  it('neither connections nor listeners', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((_request, response) => sendJson(response, 200, { busy: false }));
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(() => new Promise((resolve) => server.close(resolve)));
    const probe = buildProbe();
    const { port } = server.address() as AddressInfo;
    for (let count = 0; count < 20; count += 1) {
      await probe.probe(buildSignal(`http://127.0.0.1:${port}/`), vm, never);
    }
    await expect.poll(() => sockets.size).toBe(0);
    await new Promise<void>((resolve) => connect(port, '127.0.0.1', resolve).end());
  });
});
