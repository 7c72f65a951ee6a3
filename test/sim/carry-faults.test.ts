// Faults over HTTP: each one does what it says, and the books know what really happened.
import { describe, expect, it } from 'vitest';
import { deployBody, openSandbox, type SandboxClient } from './sandbox-client.js';

async function fault(sandbox: SandboxClient, effect: object, match: object = { method: 'POST', path: '/vms/v3' }) {
  return sandbox.control('faults', { match, effect });
}

describe('faults', () => {
  it('answers an error instead of the effect, as often as told', async () => {
    const sandbox = await openSandbox();
    await sandbox.control('faults', {
      match: { method: 'POST', path: '/vms/v3' },
      nth: 2,
      count: 2,
      effect: { kind: 'answer', status: 503, body: '<html>busy</html>', retryAfter: 7 },
    });
    const answers = [];
    for (let call = 0; call < 4; call += 1) answers.push(await sandbox.call('POST', '/vms/v3', deployBody()));
    expect(answers.map((answer) => answer.status)).toEqual([200, 503, 503, 200]);
    expect(answers[1]!.text).toBe('<html>busy</html>');
    expect(answers[1]!.headers.get('content-type')).toMatch('text/html');
    expect(answers[1]!.headers.get('retry-after')).toBe('7');
    expect(sandbox.books().creates).toHaveLength(2);
    expect(sandbox.books().calls['POST /vms/v3']).toEqual({ count: 4, byStatus: { 200: 2, 503: 2 } });
    expect(await sandbox.control('faults')).toMatchObject({ rules: [{ seen: 4, hits: 2 }] });
  });

  it('cuts the connection before the effect', async () => {
    const sandbox = await openSandbox();
    await fault(sandbox, { kind: 'drop' });
    await expect(sandbox.call('POST', '/vms/v3', deployBody())).rejects.toThrow();
    expect(sandbox.books().creates).toEqual([]);
  });

  it('lets the effect happen and loses the answer', async () => {
    const sandbox = await openSandbox();
    await fault(sandbox, { kind: 'lose-answer' });
    await expect(sandbox.call('POST', '/vms/v3', deployBody({ instances: 2 }))).rejects.toThrow();
    expect(sandbox.books().creates).toMatchObject([{ instances: 2, name: 'web-1' }]);
    expect(sandbox.books().calls['POST /vms/v3']).toEqual({ count: 1, byStatus: { 0: 1 } });
  });

  it('lets the effect happen and answers with an error', async () => {
    const sandbox = await openSandbox();
    await fault(sandbox, { kind: 'answer', status: 502, afterEffect: true });
    expect((await sandbox.call('POST', '/vms/v3', deployBody())).status).toBe(502);
    expect(sandbox.books().totals.created).toBe(1);
  });

  it('hangs until the caller gives up', async () => {
    const sandbox = await openSandbox();
    await fault(sandbox, { kind: 'hang' }, { path: '/vms/*' });
    const headers = { 'x-api-key': sandbox.key };
    const calling = fetch(`${sandbox.url}/vms/v3`, { headers, signal: AbortSignal.timeout(100) });
    await expect(calling).rejects.toThrow(/timeout|aborted/i);
    expect((await sandbox.call('GET', '/vms/v3')).status).toBe(200);
  });

  it('lets a create take effect later, though it was answered with an error', async () => {
    const sandbox = await openSandbox();
    await fault(sandbox, { kind: 'late-create', after: '15m' });
    expect((await sandbox.call('POST', '/vms/v3', deployBody({ instances: 3 }))).status).toBe(504);
    expect(sandbox.books().vms).toEqual([]);
    sandbox.advanceBy(15 * 60_000);
    expect(sandbox.books().creates).toMatchObject([
      { at: '2026-11-20T06:15:00Z', instances: 3, late: true, error: null },
    ]);
    expect(sandbox.books().vms).toHaveLength(3);
  });

  it('notes a late create that comes to nothing', async () => {
    const sandbox = await openSandbox();
    await fault(sandbox, { kind: 'late-create', after: '1m', then: 'drop' });
    await expect(sandbox.call('POST', '/vms/v3', deployBody({ instances: 4 }))).rejects.toThrow();
    await sandbox.control('offers', { capacity: 0 });
    sandbox.advanceBy(60_000);
    expect(sandbox.books().creates).toMatchObject([{ late: true, vmIds: [], error: 'No suitable offer found' }]);
  });

  it('lets a launch fail without a word', async () => {
    const sandbox = await openSandbox();
    await fault(sandbox, { kind: 'never-active' });
    await sandbox.call('POST', '/vms/v3', deployBody());
    sandbox.advanceBy(86_400_000);
    expect(sandbox.books().vms).toMatchObject([{ status: 'launching', activeAt: null }]);
  });

  it('shows half a listing, a listing without one, or a body cut off', async () => {
    const sandbox = await openSandbox();
    await sandbox.control('vms', { name: 'ci', count: 4 });
    const listing = { method: 'GET', path: '/vms/v3' };
    const read = async (effect: object) => {
      await fault(sandbox, effect, listing);
      return sandbox.call('GET', '/vms/v3');
    };
    expect((await read({ kind: 'partial-list' })).json).toHaveLength(2);
    expect((await read({ kind: 'partial-list', missing: ['ci-3'] })).json).toMatchObject([
      { vmName: 'ci-1' },
      { vmName: 'ci-2' },
      { vmName: 'ci-4' },
    ]);
    const cut = await read({ kind: 'cut-body', share: 0.3 });
    expect([cut.status, cut.json]).toEqual([200, undefined]);
    await expect(read({ kind: 'cut-body', cutConnection: true })).rejects.toThrow();
  });

  it('limits the rate with 429 and says when to come again', async () => {
    const sandbox = await openSandbox();
    await sandbox.control('faults', { ratePerSecond: 2 });
    const answers = await Promise.all(Array.from({ length: 5 }, () => sandbox.call('GET', '/vms/v3')));
    const refused = answers.filter((answer) => answer.status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(2);
    expect(refused[0]!.headers.get('retry-after')).toBe('1');
    await sandbox.call('DELETE', '/_sandbox/faults');
    expect((await sandbox.call('GET', '/vms/v3')).status).toBe(200);
  });

  it('lets every answer take its time and its Date header be wrong', async () => {
    const sandbox = await openSandbox();
    await sandbox.control('faults', { latencyMillis: 40, dateSkewMillis: 32_400_000 });
    const began = performance.now();
    const answer = await sandbox.call('GET', '/vms/v3');
    expect(performance.now() - began).toBeGreaterThanOrEqual(39);
    expect(answer.headers.get('date')).toBe('Fri, 20 Nov 2026 15:00:00 GMT');
  });

  it('refuses a fault that it does not know', async () => {
    const sandbox = await openSandbox();
    const answer = await sandbox.call('POST', '/_sandbox/faults', { effect: { kind: 'explode' } });
    expect([answer.status, answer.text]).toEqual([
      400,
      expect.stringMatching(/effect.kind must be one of answer, drop/),
    ]);
  });
});
