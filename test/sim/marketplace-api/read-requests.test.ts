// What the product's API refuses, and that a refusal changes nothing.
import { describe, expect, it } from 'vitest';
import { deployBody, openSandbox } from '../sandbox-client.js';

const UNKNOWN_ID = `0x${'ab'.repeat(20)}`;

const ports = (count: number) => Array.from({ length: count }, (_, index) => ({ port: 3000 + index, protocol: 'tcp' }));
const refusals: readonly (readonly [string, number, RegExp, unknown])[] = [
  ['no instances', 400, /instances must be >= 1/, deployBody({ instances: 0 })],
  ['half an instance', 400, /instances must be integer/, deployBody({ instances: 1.5 })],
  ['instances as text', 400, /instances must be integer/, deployBody({ instances: '2' })],
  ['no SSH key', 400, /sshKeys must NOT have fewer than 1/, deployBody({ vm: { sshKeys: [] } })],
  ['an unknown key name', 400, /SSH key not found: deploy/, deployBody({ vm: { sshKeys: ['deploy'] } })],
  ['a broken public key', 400, /Invalid SSH public key/, deployBody({ vm: { sshKeys: ['ssh-rsa AAAAB3 x'] } })],
  ['an image of a wrong format', 400, /Invalid osImage/, deployBody({ vm: { osImage: 'https://x.example/a.iso' } })],
  ['an image that is no URL', 400, /Invalid osImage/, deployBody({ vm: { osImage: 'ubuntu-24-04-x64' } })],
  [
    'the reserved port',
    400,
    /Port 10250 is reserved/,
    deployBody({ vm: { openPorts: [{ port: 10_250, protocol: 'tcp' }] } }),
  ],
  [
    'a port out of range',
    400,
    /must be <= 65535/,
    deployBody({ vm: { openPorts: [{ port: 70_000, protocol: 'tcp' }] } }),
  ],
  [
    'an unknown protocol',
    400,
    /protocol must be one of tcp, udp/,
    deployBody({ vm: { openPorts: [{ port: 80, protocol: 'sctp' }] } }),
  ],
  ['51 ports', 400, /At most 50 ports/, deployBody({ vm: { openPorts: ports(51) } })],
  [
    'a port twice',
    400,
    /Port 3000\/tcp is listed twice/,
    deployBody({ vm: { openPorts: [...ports(2), ...ports(1)] } }),
  ],
  [
    'a name with a space',
    400,
    /name must be 1 to 63 letters, digits and hyphens/,
    deployBody({ vm: { name: 'my vm' } }),
  ],
  [
    'an unknown country format',
    400,
    /countries\[0\] must be a country code/,
    deployBody({ constraints: { datacenter: { countries: ['France'] } } }),
  ],
  [
    'no country in the list',
    400,
    /countries must NOT have fewer/,
    deployBody({ constraints: { datacenter: { countries: [] } } }),
  ],
  [
    'half a CPU type',
    400,
    /hardware.cpu lacks the field "architecture"/,
    deployBody({ constraints: { hardware: { cpu: [{ manufacturer: 'AMD' }] } } }),
  ],
  [
    'half a memory type',
    400,
    /hardware.memory lacks the field "generation"/,
    deployBody({ constraints: { hardware: { memory: [{ type: 'DDR' }] } } }),
  ],
  [
    'extra storage without a storage type',
    400,
    /only be used together with hardware.storage/,
    deployBody({ constraints: { additionalResources: { storage: [{ supply: 4, units: 'GiB' }] } } }),
  ],
  [
    'a price as a number',
    400,
    /maxTotalPricePerEpochUsd must be string/,
    deployBody({ constraints: { maxTotalPricePerEpochUsd: 1.5 } }),
  ],
  [
    'a negative price',
    400,
    /maxTotalPricePerEpochUsd/,
    deployBody({ constraints: { maxTotalPricePerEpochUsd: '-1' } }),
  ],
  [
    'a configuration that is none',
    400,
    /basicConfiguration must be a configuration/,
    deployBody({ constraints: { basicConfiguration: 'large' } }),
  ],
  ['an unknown field', 400, /unknown field "size"/, { ...deployBody(), size: 'large' }],
  [
    'a country without offers',
    422,
    /^No suitable offer found$/,
    deployBody({ constraints: { datacenter: { countries: ['PL'] } } }),
  ],
  [
    'a cap under every price',
    422,
    /^No suitable offer found$/,
    deployBody({ constraints: { maxTotalPricePerEpochUsd: '0.2999999' } }),
  ],
  ['more than there is', 422, /^Not enough offers found$/, deployBody({ instances: 10 })],
  ['an array', 400, /must be object/, []],
  ['null', 400, /must be object/, 'null'],
  ['broken JSON', 400, /not valid JSON/, '{"instances": 1'],
  ['an endless nesting', 400, /Invalid request|not valid JSON/, '['.repeat(100_000)],
  ['two megabytes', 413, /too large/, `"${'x'.repeat(2_000_000)}"`],
];
describe('the marketplace API', () => {
  it.each(refusals)('refuses %s in a deployment and rents nothing', async (_what, status, text, body) => {
    const sandbox = await openSandbox();
    const answer = await sandbox.call('POST', '/vms/v3', body);
    expect(answer.status).toBe(status);
    expect((answer.json as { error: string }).error).toMatch(text);
    expect(sandbox.books()).toMatchObject({ creates: [], vms: [], charged: '0.000000', balance: '100.000000' });
  });

  it('refuses an empty balance with 402, another content type with 415 and an unknown path with 404', async () => {
    const sandbox = await openSandbox({ balance: 0.5 });
    const poor = await sandbox.call('POST', '/vms/v3', deployBody());
    expect([poor.status, poor.json]).toEqual([402, { error: 'Insufficient balance' }]);
    const typed = await sandbox.call('POST', '/vms/v3', deployBody(), { 'content-type': 'text/plain' });
    expect(typed.status).toBe(415);
    expect((await sandbox.call('GET', '/vms/v9')).status).toBe(404);
  });

  it.each([
    ['DELETE', { vmIds: [] }],
    ['DELETE', { vmIds: ['web-1'] }],
    ['DELETE', { vmId: UNKNOWN_ID }],
    ['PATCH', { updates: [] }],
    ['PATCH', { updates: [{ vmName: 'x' }] }],
  ])('refuses a %s that names no VM properly: %j', async (method, body) => {
    const sandbox = await openSandbox();
    expect((await sandbox.call(method, '/vms/v3', body)).status).toBe(400);
  });

  it('refuses a reserved port in an update and changes nothing', async () => {
    const sandbox = await openSandbox();
    const created = await sandbox.call('POST', '/vms/v3', deployBody());
    const [{ vmId: id }] = created.json as [{ vmId: string }];
    const updates = [{ id, vmName: 'other', openPorts: [{ port: 10_250, protocol: 'tcp' }] }];
    expect((await sandbox.call('PATCH', '/vms/v3', { updates })).status).toBe(400);
    expect((await sandbox.call('GET', '/vms/v3')).json).toMatchObject([{ vmName: 'web-1' }]);
  });
});
