// Ports of a VM on the cloud: what is found out before the change, and the one request that the change is.
import { afterEach, describe, expect, it } from 'vitest';
import type { Port } from '../../../src/core/types.js';
import { catchError } from '../marketplace/setup.js';
import * as answers from './answers.js';
import { setUp, type Routes, type Setup } from './setup.js';

const { uuid } = answers;
const VM = uuid('a', 1);
const PLUG = uuid('e', 1);
const CLUSTER = answers.CLUSTERS[0];

let setup: Setup;
afterEach(() => setup.close());

const tcp = (...ports: readonly number[]): Port[] => ports.map((port) => ({ port, protocol: 'tcp' }));

const ANYWHERE = [
  { type: 'ipv4', remote: { address: '0.0.0.0/0' } },
  { type: 'ipv6', remote: { address: '::/0' } },
];

function rules(ports: readonly number[], from: readonly object[] = ANYWHERE) {
  return ports.flatMap((port) =>
    from.map((each) => ({ ...each, protocolKind: { tcp: { ports: { exact: { value: port } } } } })),
  );
}

function group(index: number, name: string, ingressRules: unknown) {
  return {
    ...{ id: uuid('d', index), userId: uuid('f', 1), clusterId: CLUSTER, vpcId: uuid('f', 2), name, status: 'ready' },
    ...{ ingressRules, egressRules: { type: 'allowAll' }, createdAt: '2026-11-20T06:00:00Z', attachedTo: [] },
  };
}

const allow = (ports: readonly number[], from?: readonly object[]) => ({ type: 'allow', rules: rules(ports, from) });

function routes(attached: string | null, groups: readonly object[]): Routes {
  const plug = { id: PLUG, default: true, kind: { public: { public_ip: uuid('c', 1) } }, securityGroup: attached };
  return {
    [`GET /v2/vms/${VM}/interfaces`]: { body: [plug] },
    'GET /v1/security_groups': { body: answers.paged([...groups]) },
    'POST /v1/security_groups': { body: group(9, 'purser-new', allow([22, 80])) },
    [`PATCH /v2/vms/${VM}/interfaces/${PLUG}`]: { body: answers.cloudVm(1, { expanded: undefined }) },
  };
}

const update = (ports: readonly Port[], closes: readonly Port[] = []) => ({
  id: VM,
  clusterId: CLUSTER,
  ports,
  closes,
});

async function prepare(given: Routes, wish = update(tcp(22, 80))) {
  setup = await setUp(given);
  return setup.cloud.preparePorts(wish);
}

function portsSent(): readonly number[] {
  const { ingressRules } = setup.bodyOf('POST /v1/security_groups') as { ingressRules: ReturnType<typeof rules> };
  return [...new Set(ingressRules.map(({ protocolKind }) => protocolKind.tcp.ports.exact.value))];
}

describe('ports that are prepared', () => {
  it('get a group of their own where none is attached', async () => {
    const prepared = await prepare(routes(null, []));
    expect(prepared.resolved).toEqual({ interfaceId: PLUG, groupId: uuid('d', 9) });
    expect(portsSent()).toEqual([22, 80]);
    await setup.cloud.setPorts([prepared]);
    expect(setup.asked().at(-1)).toBe(`PATCH /v2/vms/${VM}/interfaces/${PLUG}`);
    expect(setup.bodyOf(`PATCH /v2/vms/${VM}/interfaces/${PLUG}`)).toEqual({ securityGroupId: uuid('d', 9) });
  });

  it('share a group that Purser made for the same ports', async () => {
    const prepared = await prepare(
      routes(null, [group(1, 'purser-1a2b', allow([80, 22])), group(2, 'web', allow([22, 80]))]),
    );
    expect(prepared.resolved).toMatchObject({ groupId: uuid('d', 1) });
    expect(setup.asked().filter((line) => line.startsWith('POST'))).toEqual([]);
  });

  it('need nothing where what is attached opens them', async () => {
    const prepared = await prepare(routes(uuid('d', 2), [group(2, 'web', allow([22, 80]))]));
    expect(prepared.resolved).toBe('in-place');
    const sent = setup.asked().length;
    await setup.cloud.setPorts([prepared]);
    expect(setup.asked()).toHaveLength(sent);
  });

  it('stay closed to IPv6 where somebody opened them to IPv4 alone', async () => {
    const ipv4 = ANYWHERE.slice(0, 1);
    const groups = [group(2, 'kim', allow([22, 443], ipv4)), group(3, 'purser-all', allow([22, 80, 443]))];
    const prepared = await prepare(routes(uuid('d', 2), groups));
    expect(prepared.resolved).toMatchObject({ groupId: uuid('d', 9) });
    expect(setup.bodyOf('POST /v1/security_groups')).toMatchObject({ ingressRules: rules([22, 80, 443], ipv4) });
  });

  it('keep what the attached group opens besides, without what is closed in words', async () => {
    await prepare(routes(uuid('d', 2), [group(2, 'web', allow([22, 443, 8080]))]), update(tcp(22, 80), tcp(8080)));
    expect(portsSent()).toEqual([22, 80, 443]);
  });

  it.each<[string, Routes]>([
    ['a group with rules of its own', routes(uuid('d', 2), [group(2, 'mine', { type: 'allowAll' })])],
    [
      'a group that lets not everything out',
      routes(uuid('d', 2), [{ ...group(2, 'kim', allow([22])), egressRules: { type: 'allow', rules: [] } }]),
    ],
    [
      'a group that lets in some ports from IPv4 alone',
      routes(uuid('d', 2), [
        group(2, 'kim', { type: 'allow', rules: [...rules([22]), ...rules([443], ANYWHERE.slice(0, 1))] }),
      ]),
    ],
    ['a group that is not listed', routes(uuid('d', 3), [])],
    ['no public interface', { ...routes(null, []), [`GET /v2/vms/${VM}/interfaces`]: { body: [] } }],
  ])('leave %s alone', async (_what, given) => {
    setup = await setUp(given);
    const error = await catchError(setup.cloud.preparePorts(update(tcp(22, 80))));
    expect(error).toMatchObject({ code: 'api-conflict', effect: 'none' });
    expect(setup.asked().filter((line) => !line.startsWith('GET'))).toEqual([]);
  });

  it('never open the reserved port', async () => {
    setup = await setUp(routes(null, []));
    const error = await catchError(setup.cloud.preparePorts(update(tcp(22, 10_250))));
    expect(error).toMatchObject({ code: 'api-bad-request', effect: 'none' });
    expect(setup.asked().filter((line) => !line.startsWith('GET'))).toEqual([]);
  });
});

it('ports that were not prepared are refused, unsent', async () => {
  setup = await setUp({});
  expect(await catchError(setup.cloud.setPorts([update(tcp(22))]))).toMatchObject({ effect: 'none' });
  expect(await catchError(setup.cloud.setPorts([update(tcp(22)), update(tcp(22))]))).toMatchObject({ effect: 'none' });
  expect(setup.asked()).toEqual([]);
});
