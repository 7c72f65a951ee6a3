// Ports of VMs on the marketplace: a PATCH replaces each VM's whole list.
import { afterEach, expect, it } from 'vitest';
import type { Port } from '../../../src/core/types.js';
import { sendJson } from '../local-server.js';
import { vmId } from './answers.js';
import { catchError, setUp, type Setup } from './setup.js';

let setup: Setup;
afterEach(() => setup.close());

const ports: readonly Port[] = [
  { port: 22, protocol: 'tcp' },
  { port: 53, protocol: 'udp' },
];
const update = (index: number, more: readonly Port[] = []) => ({
  id: vmId(index),
  ports: [...ports, ...more],
  closes: [],
});

it('are sent whole, of many VMs in one request', async () => {
  setup = await setUp((_request, response) => response.writeHead(204).end());
  await setup.cloud.setPorts([await setup.cloud.preparePorts(update(1)), update(2)]);
  expect(setup.server.received).toHaveLength(1);
  expect(setup.server.received[0]).toMatchObject({ method: 'PATCH', path: '/vms/v3' });
  expect(JSON.parse(setup.server.received[0]!.body)).toEqual({
    updates: [1, 2].map((index) => ({ id: vmId(index), openPorts: ports })),
  });
});

it('are sent bare and of one VM to the older variants', async () => {
  setup = await setUp((_request, response) => sendJson(response, 200, {}), { variant: 'v2' });
  await setup.cloud.setPorts([update(1)]);
  expect(setup.server.received[0]).toMatchObject({ method: 'PATCH', path: '/vms/v2' });
  expect(JSON.parse(setup.server.received[0]!.body)).toEqual({ id: vmId(1), openPorts: ports });
  expect(await catchError(setup.cloud.setPorts([update(1), update(2)]))).toMatchObject({ effect: 'none' });
});

it('never hold the reserved one', async () => {
  setup = await setUp((_request, response) => response.writeHead(204).end());
  const error = await catchError(setup.cloud.setPorts([update(1, [{ port: 10_250, protocol: 'tcp' }])]));
  expect(error).toMatchObject({ code: 'api-bad-request', effect: 'none' });
  expect(setup.server.received).toEqual([]);
});
