// The ports of running members: the whole union, 22/tcp unless the policy says so in words, never 10250, nothing unasked.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Claim, Intent } from '../../../src/core/books.js';
import type { AccountSettings, VmTemplate } from '../../../src/core/policy-types.js';
import { formatPort } from '../../../src/core/format-port.js';
import { joinPorts } from '../../../src/core/rules/keep-ports.js';
import type { Port, Vm } from '../../../src/core/types.js';
import {
  DAY,
  holdCodes,
  intentId,
  makeClaim,
  makeFleet,
  makeIntent,
  makeSnapshot,
  makeVm,
  MINUTE,
  NOON,
  planOf,
} from '../samples.js';

const tcp = (...ports: readonly number[]): Port[] => ports.map((port) => ({ port, protocol: 'tcp' }));

interface Facts {
  readonly open?: readonly Port[];
  readonly declared?: readonly Port[];
  readonly closed?: readonly Port[];
  readonly vm?: Partial<Vm>;
  readonly claim?: Partial<Claim>;
  readonly intents?: readonly Intent[];
  readonly product?: AccountSettings['product'];
}

function plan({ open = tcp(22), declared = [], closed, vm, claim, intents = [], product = 'marketplace' }: Facts) {
  const template: VmTemplate = {
    ...makeFleet().vm,
    ports: declared,
    ...(closed === undefined ? {} : { closedPorts: closed }),
  };
  const seen = makeVm('1', { ports: open, ...vm });
  const books = { claims: [makeClaim('1', claim)], intents };
  return planOf(makeSnapshot([seen], books, { product }), {
    fleets: [makeFleet({ vm: template })],
    settings: { product },
  });
}

/** What would be open then; undefined: no call. */
function wish(facts: Facts): string | undefined {
  const [action] = plan(facts).actions.flatMap((each) => (each.kind === 'ports' ? [each] : []));
  return action?.vms[0]?.ports.map(formatPort).join(' ');
}

describe('the ports of a member', () => {
  it.each<[string, Facts, string | undefined]>([
    ['are let be where they are as declared', { open: tcp(22, 80), declared: tcp(80) }, undefined],
    ['get what is declared', { declared: tcp(443, 80) }, '22/tcp 80/tcp 443/tcp'],
    ['keep what somebody else opened', { open: tcp(22, 8080), declared: tcp(80) }, '22/tcp 80/tcp 8080/tcp'],
    ['keep what is not declared any more', { open: tcp(22, 80), declared: [] }, undefined],
    ['get 22/tcp back', { open: tcp(80), declared: tcp(80) }, '22/tcp 80/tcp'],
    ['lose what the policy closes in words', { open: tcp(22, 80, 8080), closed: tcp(8080) }, '22/tcp 80/tcp'],
    ['lose 22/tcp only in words', { open: tcp(22, 80), declared: tcp(80), closed: tcp(22) }, '80/tcp'],
    ['never get the reserved port', { open: tcp(22, 10_250), declared: tcp(80) }, '22/tcp 80/tcp'],
    ['are let be for the reserved port alone', { open: tcp(22, 10_250) }, undefined],
    ['are let be where the API tells none', { open: [], declared: tcp(80) }, undefined],
  ])('%s', (_what, facts, expected) => {
    expect(wish(facts)).toBe(expected);
  });

  it.each<[string, Facts]>([
    ['is launching', { vm: { status: 'launching' } }],
    ['is parked', { claim: { state: 'parked', unwanted: 'surplus' } }],
    ['is doomed', { claim: { state: 'doomed', deletion: { intent: intentId('dddd'), calledAt: NOON } } }],
    ['may not have its ports set at present', { vm: { allowedActions: ['delete'] } }],
  ])('wait while it %s', (_what, facts) => {
    expect(wish({ declared: tcp(80), ...facts })).toBeUndefined();
  });

  it('are asked about once a day where the listing does not tell them', () => {
    const facts: Facts = { open: [], declared: tcp(80), product: 'cloud', vm: { clusterId: 'c1' } };
    expect(wish(facts)).toBe('22/tcp 80/tcp');
    const target = { vmId: '1', vmName: 'vm-1', ports: tcp(22, 80), closes: [] };
    const done = (ago: number, ports = target.ports) =>
      makeIntent(intentId('pppp'), {
        kind: 'ports',
        closedAt: NOON - ago,
        ports: { targets: [{ ...target, ports }] },
      });
    expect(wish({ ...facts, intents: [done(DAY - MINUTE)] })).toBeUndefined();
    expect(wish({ ...facts, intents: [done(DAY)] })).toBe('22/tcp 80/tcp');
    expect(wish({ ...facts, intents: [done(MINUTE, tcp(22))] })).toBe('22/tcp 80/tcp');
    expect(wish({ ...facts, declared: [] })).toBeUndefined();
  });

  it('are tried again later and later when the API refuses', () => {
    const target = { vmId: '1', vmName: 'vm-1', ports: tcp(22, 80), closes: [] };
    const failed = (body: string, ago: number) =>
      makeIntent(intentId(body), {
        kind: 'ports',
        state: 'failed',
        closedAt: NOON - ago,
        ports: { targets: [target] },
      });
    const again = plan({ declared: tcp(80), intents: [failed('aaaa', MINUTE / 2)] });
    expect(holdCodes(again, '1')).toEqual(['backing-off']);
    expect(again.nextWakeAt).toBe(NOON + MINUTE / 2);
    expect(wish({ declared: tcp(80), intents: [failed('aaaa', MINUTE)] })).toBeDefined();
    expect(wish({ declared: tcp(80), intents: [failed('aaaa', MINUTE), failed('bbbb', 3 * MINUTE)] })).toBeUndefined();
  });

  it('are not set while the same VM is at work already', () => {
    const target = { vmId: '1', vmName: 'vm-1', ports: tcp(22, 80), closes: [] };
    const open = makeIntent(intentId('aaaa'), { kind: 'ports', state: 'calling', ports: { targets: [target] } });
    expect(wish({ declared: tcp(80), intents: [open] })).toBeUndefined();
  });

  it('are held where they would be more than the service opens', () => {
    const open = tcp(22, ...Array.from({ length: 50 }, (_, index) => 1000 + index));
    expect(holdCodes(plan({ open, declared: tcp(80) }), '1')).toEqual(['ports-too-many']);
  });

  it('change nothing where the policy only observes', () => {
    const seen = makeVm('1', { ports: tcp(22) });
    const fleet = makeFleet({ mode: 'observe', vm: { ...makeFleet().vm, ports: tcp(80) } });
    expect(planOf(makeSnapshot([seen], { claims: [makeClaim('1')] }), { fleets: [fleet] }).actions).toEqual([]);
  });
});

test('whatever is open and declared, only what is closed in words goes, and the reserved port never comes', () => {
  const ports = fc.array(
    fc.record({
      port: fc.oneof(fc.constantFrom(22, 80, 10_250), fc.integer({ min: 1, max: 65_535 })),
      protocol: fc.constantFrom('tcp' as const, 'udp' as const),
    }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(ports, ports, ports, (open, declared, closed) => {
      const words = (list: readonly Port[]) => new Set(list.map(formatPort));
      const [shut, result] = [words(closed), words(joinPorts(open, declared, closed))];
      expect(joinPorts(open, declared, closed).some(({ port }) => port === 10_250)).toBe(false);
      for (const each of [...open, ...declared, ...tcp(22)]) {
        if (each.port === 10_250) continue;
        expect(result.has(formatPort(each))).toBe(!shut.has(formatPort(each)));
      }
    }),
    { numRuns: 200 },
  );
});
