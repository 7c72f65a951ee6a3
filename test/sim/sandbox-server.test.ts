// The sandbox around the product's API: its clock, its controls, and the VMs that answer through it.
import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { MarketBooks } from '../../src/sim/marketplace/market-books.js';
import { startSandbox } from '../../src/sim/sandbox-server.js';
import { deployBody, openSandbox, type SandboxClient } from './sandbox-client.js';
import { SMALL, START } from './small-market.js';

/** A request in absolute form, as to a forward proxy. */
async function askVm(sandbox: SandboxClient, url: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: sandbox.port, path: url, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe('the clock', () => {
  it('stands still at speed 0 and dates every answer with its own time', async () => {
    const sandbox = await openSandbox();
    expect(await sandbox.control('clock')).toEqual({
      now: '2026-11-20T06:00:00Z',
      nowMillis: START,
      speed: 0,
      nextEventAt: null,
    });
    const answer = await sandbox.call('GET', '/vms/v3');
    expect(answer.headers.get('date')).toBe('Fri, 20 Nov 2026 06:00:00 GMT');
    expect((await sandbox.call('GET', '/nowhere')).headers.get('date')).toBe('Fri, 20 Nov 2026 06:00:00 GMT');
  });

  it('steps to an instant or by a duration, and says when something happens next', async () => {
    const sandbox = await openSandbox();
    await sandbox.call('POST', '/vms/v3', deployBody());
    expect(await sandbox.control('clock')).toMatchObject({ nextEventAt: '2026-11-20T06:01:00Z' });
    expect(await sandbox.control('clock', { advanceBy: '1m' })).toMatchObject({ nextEventAt: '2026-11-21T06:01:00Z' });
    expect(await sandbox.control('clock', { advanceTo: '2026-11-21T06:01:00Z' })).toMatchObject({
      now: '2026-11-21T06:01:00Z',
      nextEventAt: '2026-11-22T06:01:00Z',
    });
    expect(sandbox.books().totals.charges).toBe(2);
  });

  it('never goes back and refuses what it does not understand', async () => {
    const sandbox = await openSandbox();
    for (const body of [{ advanceTo: '2026-11-20T05:59:59Z' }, {}, { advanceBy: '1m', speed: 2 }, { advanceBy: 60 }]) {
      expect((await sandbox.call('POST', '/_sandbox/clock', body)).status).toBe(400);
    }
    expect(sandbox.now()).toBe(START);
  });

  it('runs by itself at a speed', async () => {
    const sandbox = await openSandbox({}, { speed: 1_000_000 });
    await expect.poll(() => sandbox.now()).toBeGreaterThan(START + 60_000);
    await sandbox.control('clock', { speed: 0 });
    const stood = sandbox.now();
    expect(await sandbox.control('clock')).toMatchObject({ nowMillis: stood, speed: 0 });
  });

  it('follows the clock of its owner, and can not be stepped then', async () => {
    let now = START;
    const sandbox = await openSandbox({}, { clock: { now: () => now } });
    now += 5000;
    expect(await sandbox.control('clock')).toMatchObject({ nowMillis: START + 5000 });
    expect((await sandbox.call('POST', '/_sandbox/clock', { advanceBy: '1m' })).status).toBe(400);
  });
});

describe('the controls', () => {
  it('places VMs that somebody else rented and charges them at their boundary', async () => {
    const sandbox = await openSandbox();
    const placed = await sandbox.control('vms', { name: 'db-1', country: 'FR', createdAt: '-3h', paidUntil: '+2h' });
    expect(placed).toEqual({ vms: [{ id: expect.stringMatching(/^0x[0-9a-fA-F]{40}$/) as string, name: 'db-1' }] });
    expect((await sandbox.call('GET', '/vms/v3')).json).toMatchObject([
      { vmName: 'db-1', status: 'Active', createdAt: '2026-11-20T03:00:00Z', nextBillingAt: '2026-11-20T08:00:00Z' },
    ]);
    sandbox.advanceBy(3 * 3_600_000);
    expect(sandbox.books()).toMatchObject({
      deposited: '100.306980',
      balance: '99.693020',
      charges: [{ vmName: 'db-1', at: '2026-11-20T08:00:00Z', amount: '0.306980' }],
      totals: { created: 0, foreign: 1 },
    });
    expect((await sandbox.call('POST', '/_sandbox/vms', { name: 'x', country: 'PL' })).status).toBe(400);
  });

  it('ends VMs by name, prefix or id, and says so when none is meant', async () => {
    const sandbox = await openSandbox();
    await sandbox.control('vms', { name: 'web', count: 3 });
    expect(await sandbox.control('vms/terminate', { name: 'web-2' })).toMatchObject({ vms: [{ name: 'web-2' }] });
    expect(await sandbox.control('vms/terminate', { prefix: 'web' })).toMatchObject({ vms: [{}, {}] });
    expect((await sandbox.call('POST', '/_sandbox/vms/terminate', { name: 'web-2' })).status).toBe(404);
  });

  it('take what `curl -d` sends without a content type; the API itself does not', async () => {
    const sandbox = await openSandbox();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const send = (path: string) => sandbox.call('POST', path, '{"advanceBy": "1h"}', form);
    expect((await send('/_sandbox/clock')).json).toMatchObject({ nowMillis: START + 3_600_000 });
    expect((await send('/vms/v3')).status).toBe(415);
  });

  it('changes prices, capacity and the balance', async () => {
    const sandbox = await openSandbox();
    expect(await sandbox.control('offers', { country: 'FR', configuration: SMALL, price: '0.2', capacity: 1 })).toEqual(
      {
        changed: 1,
      },
    );
    expect(
      (await sandbox.call('POST', '/marketplace/offers', { datacenter: { countries: ['FR'] } })).json,
    ).toMatchObject([{ configuration: { price: '0.2' }, servers: [{ availableBasicInstances: 1 }] }, {}]);
    expect(await sandbox.control('balance', { set: '1.5' })).toEqual({ balance: '1.500000' });
    expect(await sandbox.control('balance', { add: '-0.5' })).toEqual({ balance: '1.000000' });
    expect((await sandbox.call('POST', '/_sandbox/balance', { add: '-2' })).status).toBe(400);
    expect(sandbox.books().deposited).toBe('1.000000');
  });

  it('shows the books of every create, life, charge and deletion', async () => {
    const sandbox = await openSandbox();
    const created = await sandbox.call('POST', '/vms/v3', deployBody());
    const [{ vmId }] = created.json as [{ vmId: string }];
    await sandbox.call('PATCH', '/vms/v3', { updates: [{ id: vmId, vmName: 'web-1a' }] });
    sandbox.advanceBy(60_000);
    await sandbox.call('DELETE', '/vms/v3', { vmIds: [vmId] });
    sandbox.advanceBy(60_000);
    const books = (await sandbox.control('books')) as MarketBooks;
    expect(books).toMatchObject({
      now: '2026-11-20T06:02:00Z',
      creates: [{ at: '2026-11-20T06:00:00Z', name: 'web-1', instances: 1, vmIds: [vmId] }],
      vms: [
        { id: vmId, names: ['web-1', 'web-1a'], status: 'gone', activeAt: '2026-11-20T06:01:00Z', spent: '0.300000' },
      ],
      charges: [{ vmId, vmName: 'web-1a', from: '2026-11-20T06:01:00Z', to: '2026-11-21T06:01:00Z' }],
      deletes: [{ vmId, at: '2026-11-20T06:01:00Z', goneAt: '2026-11-20T06:01:30Z' }],
      calls: { 'POST /vms/v3': { count: 1 }, 'DELETE /vms/v3': { count: 1, byStatus: { 200: 1 } } },
    });
  });

  it('explains itself in plain text, and needs no key', async () => {
    const sandbox = await openSandbox();
    const answer = await fetch(`${sandbox.url}/_sandbox/`);
    expect(answer.headers.get('content-type')).toMatch('text/plain');
    expect(await answer.text()).toMatch(/POST +\/_sandbox\/clock/);
  });
});

describe('the VMs behind the sandbox', () => {
  it('answer through it as through a forward proxy, by their scripts and the time', async () => {
    const sandbox = await openSandbox({
      vms: [{ name: 'ci-build-07' }],
      apps: [
        {
          name: 'ci-build-07',
          path: '/status',
          answers: [{ body: { busy: true } }, { from: '+1h', body: { busy: false } }],
        },
      ],
    });
    const url = 'http://154.42.3.1:8080/status';
    expect(await askVm(sandbox, url)).toEqual({ status: 200, text: '{"busy":true}' });
    sandbox.advanceBy(3_600_000);
    expect(await askVm(sandbox, url)).toEqual({ status: 200, text: '{"busy":false}' });
    expect((await askVm(sandbox, 'http://154.42.3.1:8080/other')).status).toBe(404);
    await sandbox.control('vms/app', { prefix: 'ci-', path: '/status', status: 500, body: 'broken' });
    expect(await askVm(sandbox, `${url}?deep=1`)).toEqual({ status: 500, text: 'broken' });
  });

  it('are scripted only where they are there, unless a prefix means those to come', async () => {
    const sandbox = await openSandbox({ vms: [{ name: 'ci-build-07', count: 2 }] });
    const script = { path: '/status', body: { busy: false } };
    const answers = (selector: object) => sandbox.control('vms/app', { ...selector, ...script });
    expect(await answers({ name: 'ci-build-07-1' })).toEqual({ answers: 1, vms: ['ci-build-07-1'] });
    await expect(answers({ name: 'ci-build-07' })).rejects.toThrow('There is no VM ci-build-07');
    expect(await answers({ prefix: 'web-' })).toEqual({ answers: 1, vms: [] });
  });

  it('do not answer when there is no such VM, nothing listens, or it was ended or is gone', async () => {
    const sandbox = await openSandbox({
      vms: [{ name: 'ci-1' }, { name: 'ci-2' }],
      apps: [{ name: 'ci-1', port: 8080, body: 1 }],
    });
    const statusOf = async (host: string) => (await askVm(sandbox, `http://${host}/`)).status;
    expect(await statusOf('154.42.3.1:8080')).toBe(200);
    expect(await statusOf('154.42.3.1:9090')).toBe(502);
    expect(await statusOf('154.42.3.2:8080')).toBe(502);
    expect(await statusOf('154.42.3.9:8080')).toBe(502);
    expect(await statusOf('10.0.0.1:8080')).toBe(502);
    sandbox.terminate({ name: 'ci-1' });
    expect(await statusOf('154.42.3.1:8080')).toBe(502);
  });
});

describe('a sandbox', () => {
  it('says in a sentence that its port is taken', async () => {
    const sandbox = await openSandbox();
    await expect(startSandbox({ port: sandbox.port })).rejects.toMatchObject({
      code: 'option-invalid',
      message: expect.stringContaining(`can't listen on port ${sandbox.port}`) as string,
    });
  });
});
