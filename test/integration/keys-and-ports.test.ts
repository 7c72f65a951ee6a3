// SSH keys, ports and names as declared, from the policy through queue and worker to the API and back, at both products over
// HTTP. The sandbox's own state judges.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunningCloudSandbox, RunningSandbox } from '../../src/sim/sandbox-server.js';
import { createMemoryDriver, type MemoryDriver } from './engine-driver.js';
import { describeFleet, MINUTE, openCloudRig, openRig, type Rig } from './engine-rig.js';
import { openTestRedis, type TestRedis } from './store-redis.js';

const KIM = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2dQCDIO8NJYlOayMl+BQMe1ozHsS1vYJGiNkAgjf4D kim@example';
const ANN = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBE1ug3jzlQ0VT9PGzBk7ZeDd0zuaVRaAjGLZcqDNhJA ann@example';

type Product = 'marketplace' | 'cloud';

let redis: TestRedis;
let rig: Rig<RunningSandbox> | Rig<RunningCloudSandbox>;
let driver: MemoryDriver;
let opened = 0;

beforeAll(async () => {
  redis = await openTestRedis();
});
afterEach(() => rig.close());
afterAll(() => redis.close());

async function open(product: Product): Promise<void> {
  opened += 1;
  const options = { redis, installation: `k${'0123456789abcdefghjkmnpqrstvwxyz'.charAt(opened)}` };
  if (product === 'cloud') {
    const cloud = await openCloudRig(options);
    rig = cloud;
    driver = createMemoryDriver(cloud);
  } else {
    const market = await openRig(options);
    rig = market;
    driver = createMemoryDriver(market);
  }
}

function api() {
  return rig.engine.accounts.get('main')!.cloud;
}

async function listKeyNames(): Promise<readonly string[]> {
  return (await api().listKeys()).map(({ name }) => name).sort();
}

function describeKeys(keys: Readonly<Record<string, string>>, more = ''): string {
  const lines = Object.entries(keys).map(([name, key]) => `  - {name: ${name}, key: "${key}"}`);
  return ['kind: keys', 'name: team', 'keys:', ...lines, more].join('\n');
}

function describePorted(vm: string): string {
  return describeFleet('web', 1)
    .replace('sshKeys: [ops]', `sshKeys: [ops], ${vm}`)
    .replace('configuration: cpu-2-ram-4gb-storage-25gb', 'minimum: {vcpu: 2, ramGb: 4, storageGb: 25}');
}

/** What is open on the fleet's only member, as the service itself has it. */
async function listOpenPorts(product: Product): Promise<readonly string[]> {
  const [vm] = (await api().listVms()).vms;
  if (product === 'marketplace') return vm!.ports.map(({ port, protocol }) => `${port}/${protocol}`).sort();
  const { cloud } = rig.sandbox as RunningCloudSandbox;
  const attached = cloud.vms.get(vm!.id)!.interfaces.flatMap(({ groupId }) => groupId ?? []);
  const group = cloud.groups.get(attached[0] ?? '');
  if (group === undefined) return ['any'];
  expect(group.ingress).toMatchObject({ type: 'allow' });
  const text = JSON.stringify(group.ingress);
  return [
    ...new Set(
      [...text.matchAll(/"(tcp|udp)":\{"ports":\{"exact":\{"value":(\d+)/g)].map(
        ([, protocol, port]) => `${port}/${protocol}`,
      ),
    ),
  ].sort();
}

describe.each<Product>(['marketplace', 'cloud'])('on the %s', (product) => {
  it('SSH keys are added, kept, and removed when the policy that added them lets them go', async () => {
    await open(product);
    await rig.publish(describeKeys({ kim: KIM, ann: ANN }));
    await driver.tick(2);
    expect(await listKeyNames()).toEqual(['ann', 'kim', 'ops']);
    expect((await driver.readPlan()).keys).toMatchObject([{ declared: 2, present: 2, others: 1 }]);
    expect((await driver.readBooks()).notes.addedKeys?.['team']).toHaveLength(2);

    const kim = (await api().listKeys()).find(({ name }) => name === 'kim')!;
    await api().removeKey(kim.fingerprint);
    await driver.tick(2);
    expect(await listKeyNames()).toEqual(['ann', 'kim', 'ops']);

    await rig.publish(describeKeys({ kim: KIM }));
    await driver.tick(2);
    expect(await listKeyNames()).toEqual(['kim', 'ops']);
    expect(driver.takeErrors()).toEqual([]);

    await rig.publish(describeKeys({ kim: KIM }, 'exclusive: true'));
    await driver.tick(2);
    expect(await listKeyNames()).toEqual(['kim']);
    expect((await driver.readBooks()).intents.filter(({ state }) => state !== 'done')).toEqual([]);
  });

  it('a refused key waits longer each time, and is told', async () => {
    await open(product);
    const path = product === 'cloud' ? '/v1/ssh_keys' : '/ssh_keys';
    const effect = { kind: 'answer', status: 422, body: { error: 'no room', code: 'unprocessable_entity' } } as const;
    rig.sandbox.faults.add({ rules: [{ match: { method: 'POST', path }, effect, count: 0 }] });
    await rig.publish(describeKeys({ kim: KIM }));
    await driver.tick(4);
    const holds = (await driver.readPlan()).holds.filter(({ reason }) => reason.code === 'backing-off');
    expect(holds).toMatchObject([{ policy: 'team', reason: { text: expect.stringContaining('no room') as string } }]);
    expect(rig.sandbox.books().calls[`POST ${path}`]!.count).toBeLessThan(4);
    rig.sandbox.faults.clear();
    await driver.advanceBy(10 * MINUTE);
    expect(await listKeyNames()).toEqual(['kim', 'ops']);
  });

  it('ports follow the policy on members that run, and close only in words', async () => {
    await open(product);
    await rig.publish(describePorted('ports: [80/tcp]'));
    await driver.advanceBy(10 * MINUTE);
    expect(await listOpenPorts(product)).toEqual(['22/tcp', '80/tcp']);

    await rig.publish(describePorted('ports: [443/tcp, 53/udp]'));
    await driver.tick(3);
    expect(await listOpenPorts(product)).toEqual(['22/tcp', '443/tcp', '53/udp', '80/tcp']);

    await rig.publish(describePorted('ports: [443/tcp], closedPorts: [80/tcp]'));
    await driver.tick(3);
    expect(await listOpenPorts(product)).toEqual(['22/tcp', '443/tcp', '53/udp']);
    const plan = await driver.readPlan();
    expect(plan.actions).toEqual([]);
    expect(driver.takeErrors()).toEqual([]);
  });

  it('a member that a hand renamed gets a name back that leads to its purchase', async () => {
    await open(product);
    await rig.publish(describePorted('ports: []'));
    await driver.advanceBy(10 * MINUTE);
    const [vm] = (await api().listVms()).vms;
    await api().renameVms([{ id: vm!.id, name: 'mine' }]);
    await driver.tick(3);
    expect((await api().listVms()).vms[0]!.name).toMatch(/^web-k[0-9a-z]{9}$/);
    expect((await driver.readBooks()).claims).toMatchObject([{ vmId: vm!.id, state: 'member' }]);
  });
});
