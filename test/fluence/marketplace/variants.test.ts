// The variants of the marketplace: found by asking once, remembered, or set by hand; each is written to in its own form.
import { afterEach, describe, expect, it } from 'vitest';
import { sendJson } from '../local-server.js';
import type { Responder } from '../local-server.js';
import type { Variant, VariantMemory } from '../../../src/fluence/marketplace/variants.js';
import { newestVm, oldestVm, vmId } from './answers.js';
import { catchError, order, setUp } from './setup.js';
import type { Setup } from './setup.js';

let setup: Setup;
afterEach(async () => {
  await setup.close();
});

const asked = () => setup.server.received.map(({ method, path }) => `${method} ${path}`);
const bodies = () => setup.server.received.map(({ body }) => (body === '' ? undefined : JSON.parse(body)));

/** An API of before `/vms/v3` was there to list and to change. */
function answerV2(vms: readonly unknown[]): Responder {
  return ({ method, path }, response) => {
    if (method === 'GET' && path === '/vms/v2') sendJson(response, 200, vms);
    else if (method === 'POST' && path === '/vms/v3') sendJson(response, 200, [{ vmId: vmId(1), vmName: 'web' }]);
    else if (path === '/vms/v2' || (method === 'DELETE' && path === '/vms/v3')) response.writeHead(200).end();
    else sendJson(response, 404, { error: 'Not found' });
  };
}

const v2Vm = newestVm({ status: 'ACTIVE' });

describe('the newest form', () => {
  it('is asked first, and nothing else when it answers', async () => {
    setup = await setUp((_request, response) => sendJson(response, 200, []));
    await setup.cloud.prepare();
    await setup.cloud.listVms();
    await setup.cloud.deleteVms([vmId(1), vmId(2)]);
    expect(asked()).toEqual(['GET /vms/v3', 'GET /vms/v3', 'DELETE /vms/v3']);
    expect(setup.cloud.abilities).toMatchObject({ renamesPerCall: 1024, deletesPerCall: 100, partsPerCall: 0 });
  });

  it('is not left when it stops answering: it was there', async () => {
    setup = await setUp((_request, response, index) =>
      sendJson(response, index === 0 ? 200 : 404, index === 0 ? [] : { error: 'Not found' }),
    );
    await setup.cloud.listVms();
    expect(await setup.cloud.listVms()).toMatchObject({ state: 'failed' });
    expect(asked()).toEqual(['GET /vms/v3', 'GET /vms/v3']);
  });

  it('is what an error is told of when neither is there', async () => {
    setup = await setUp((_request, response) => sendJson(response, 404, { error: 'Not found' }));
    const look = await setup.cloud.listVms();
    expect(look.problems).toEqual(['could not list the VMs of account main: the API answered 404: Not found']);
    expect(asked()).toEqual(['GET /vms/v3', 'GET /vms/v2']);
  });

  it('is not given up for a page of a proxy, nor for an API that is down', async () => {
    setup = await setUp((_request, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<html>'));
    await setup.cloud.listVms();
    expect(new Set(asked())).toEqual(new Set(['GET /vms/v3']));
    await setup.close();
    setup = await setUp((_request, response) => sendJson(response, 500, { error: 'away' }));
    await setup.cloud.listVms();
    expect(new Set(asked())).toEqual(new Set(['GET /vms/v3']));
  });
});

describe('the second form', () => {
  it('is found once, and remembered', async () => {
    setup = await setUp(answerV2([v2Vm]));
    expect(await setup.cloud.listVms()).toMatchObject({ state: 'complete', vms: [{ status: 'active' }] });
    await setup.cloud.listVms();
    await setup.cloud.prepare();
    expect(asked()).toEqual(['GET /vms/v3', 'GET /vms/v2', 'GET /vms/v2']);
  });

  it('renames one VM a call with a bare object, and deletes many', async () => {
    setup = await setUp(answerV2([v2Vm]));
    await setup.cloud.prepare();
    expect(setup.cloud.abilities).toMatchObject({ renamesPerCall: 1, deletesPerCall: 100 });
    await setup.cloud.renameVms([{ id: vmId(1), name: 'web-1' }]);
    await setup.cloud.deleteVms([vmId(1), vmId(2)]);
    expect(asked().slice(2)).toEqual(['PATCH /vms/v2', 'DELETE /vms/v3']);
    expect(bodies().slice(2)).toEqual([{ id: vmId(1), vmName: 'web-1' }, { vmIds: [vmId(1), vmId(2)] }]);
    const two = [vmId(1), vmId(2)].map((id) => ({ id, name: 'web' }));
    expect(await catchError(setup.cloud.renameVms(two))).toMatchObject({ code: 'api-bad-request', effect: 'none' });
  });

  it('is left for the newest when that replaces it', async () => {
    setup = await setUp(answerV2([v2Vm]));
    await setup.cloud.listVms();
    setup.server.respond(({ path }, response) => {
      sendJson(response, path === '/vms/v3' ? 200 : 404, path === '/vms/v3' ? [] : { error: 'Not found' });
    });
    expect(await setup.cloud.listVms()).toMatchObject({ state: 'complete', vms: [] });
    expect(setup.cloud.abilities.renamesPerCall).toBe(1024);
  });
});

describe('the oldest form', () => {
  it('is told from the second by its VMs, and deletes one a call', async () => {
    setup = await setUp(answerV2([oldestVm()]));
    await setup.cloud.prepare();
    expect(setup.cloud.abilities).toMatchObject({ renamesPerCall: 1, deletesPerCall: 1 });
    await setup.cloud.deleteVms([vmId(1)]);
    expect(bodies().at(-1)).toEqual({ vmId: vmId(1) });
    const error = await catchError(setup.cloud.deleteVms([vmId(1), vmId(2)]));
    expect(error).toMatchObject({ code: 'api-bad-request', effect: 'none' });
    expect(error.message).toBe('account main can delete 1 to 1 in a call, not 2');
  });

  it('is not known while there is no VM, and asked for again before a change', async () => {
    setup = await setUp(answerV2([]));
    await setup.cloud.prepare();
    expect(setup.cloud.abilities.deletesPerCall).toBe(100);
    setup.server.respond(answerV2([oldestVm()]));
    await setup.cloud.prepare();
    expect(setup.cloud.abilities.deletesPerCall).toBe(1);
  });

  it('tells no boundary and no place, and none is made up', async () => {
    setup = await setUp(answerV2([oldestVm()]));
    const { state, vms } = await setup.cloud.listVms();
    expect(state).toBe('complete');
    expect(vms[0]).toMatchObject({ paidUntil: undefined, createdAt: undefined, place: undefined, publicIp: undefined });
    expect(vms[0]).not.toHaveProperty('parts');
  });

  it('buys where the others buy', async () => {
    setup = await setUp(answerV2([oldestVm()]));
    const prepared = await setup.cloud.prepareOrder(order({ count: 1 }));
    expect(await setup.cloud.createVms(prepared)).toHaveLength(1);
    expect(asked()).toEqual(['POST /vms/v3']);
  });
});

describe('a variant set by hand', () => {
  it.each([
    ['v3', ['GET /vms/v3', 'DELETE /vms/v3'], { vmIds: [vmId(1)] }],
    ['v2', ['GET /vms/v2', 'DELETE /vms/v3'], { vmIds: [vmId(1)] }],
    ['oldest', ['GET /vms/v2', 'DELETE /vms/v3'], { vmId: vmId(1) }],
  ] as const)('%s is believed, whatever the VMs look like', async (variant, expected, body) => {
    setup = await setUp((_request, response) => sendJson(response, 200, [newestVm()]), { variant });
    await setup.cloud.prepare();
    await setup.cloud.listVms();
    await setup.cloud.deleteVms([vmId(1)]);
    expect(asked()).toEqual(expected);
    expect(bodies().at(-1)).toEqual(body);
  });
});

describe('what the marketplace has not', () => {
  it('is told as such: no parts, no balances', async () => {
    setup = await setUp((_request, response) => sendJson(response, 200, []));
    expect(await setup.cloud.listBalances()).toBeUndefined();
    const parts = [{ kind: 'boot-disk' as const, id: vmId(1) }];
    expect(await catchError(setup.cloud.deleteParts(parts))).toMatchObject({ code: 'api-bad-request', effect: 'none' });
    expect(asked()).toEqual([]);
  });
});

describe('a variant that another process has found', () => {
  function keep(variant: Variant | undefined): VariantMemory & { readonly written: Variant[] } {
    const written: Variant[] = [];
    return {
      written,
      read: () => Promise.resolve(written.at(-1) ?? variant),
      write: (found) => Promise.resolve(void written.push(found)),
    };
  }

  it.each([
    ['v3', { renamesPerCall: 1024, deletesPerCall: 100 }],
    ['v2', { renamesPerCall: 1, deletesPerCall: 100 }],
    ['oldest', { renamesPerCall: 1, deletesPerCall: 1 }],
  ] as const)('%s is known without asking', async (variant, expected) => {
    setup = await setUp(answerV2([]), { variantMemory: keep(variant) });
    await setup.cloud.prepare();
    expect(setup.cloud.abilities).toMatchObject(expected);
    expect(asked()).toEqual([]);
  });

  it('is written down once, by the process that asked, and again when it changes', async () => {
    const memory = keep(undefined);
    let vms = [v2Vm];
    setup = await setUp((request, response, index) => answerV2(vms)(request, response, index), {
      variantMemory: memory,
    });
    await setup.cloud.listVms();
    await setup.cloud.listVms();
    expect(memory.written).toEqual(['v2']);
    vms = [oldestVm()];
    await setup.cloud.listVms();
    expect(memory.written).toEqual(['v2', 'oldest']);
  });

  it('is not written down while an empty list leaves open which form it has', async () => {
    const memory = keep(undefined);
    setup = await setUp(answerV2([]), { variantMemory: memory });
    await setup.cloud.listVms();
    expect(memory.written).toEqual([]);
  });

  it.each(['v3', 'v2'] as const)('%s is asked for anew where the API answers 404 to it at once', async (variant) => {
    const memory = keep(variant);
    const other = variant === 'v3' ? '/vms/v2' : '/vms/v3';
    setup = await setUp(
      ({ path }, response) =>
        path === other ? sendJson(response, 200, [newestVm()]) : sendJson(response, 404, { error: 'Not found' }),
      { variantMemory: memory },
    );
    expect((await setup.cloud.listVms()).vms).toHaveLength(1);
    expect(memory.written).toEqual([variant === 'v3' ? 'v2' : 'v3']);
  });

  it('is not looked up where one is set by hand', async () => {
    setup = await setUp(answerV2([]), { variant: 'v2', variantMemory: keep('v3') });
    await setup.cloud.prepare();
    expect(setup.cloud.abilities).toMatchObject({ renamesPerCall: 1 });
  });
});
