// Mutated answers: a clear problem or the truth, never a crash, an invented boundary or an invented price.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readVms } from '../../../src/fluence/cloud/read-vms.js';
import type { VmContext } from '../../../src/fluence/cloud/read-vms.js';
import * as answers from './answers.js';
import { changes, mutateAll } from './mutate.js';

const nothing: VmContext = {
  placeOf: () => undefined,
  configurationOf: () => undefined,
  partOf: () => undefined,
};

function readOne(change: Record<string, unknown>) {
  const { vms, problems } = readVms([answers.cloudVm(1, change)], nothing);
  return { vm: vms[0], problems };
}

describe('statuses', () => {
  it.each([
    ['new', 'new'],
    ['launching', 'launching'],
    ['launched', 'active'],
    ['updating', 'active'],
    ['restarting', 'active'],
    ['softRebooting', 'active'],
    ['failed', 'failed'],
    ['terminating', 'stopped'],
    ['terminated', 'terminated'],
    ['suspending', 'small-balance'],
    ['suspended', 'small-balance'],
    ['unknown', 'unknown'],
    ['Launched', 'unknown'],
    ['hibernating', 'unknown'],
    [undefined, 'unknown'],
  ])('%s is %s in our words', (status, expected) => {
    expect(readOne({ status }).vm?.status).toBe(expected);
  });
});

describe('what is not as documented', () => {
  it.each([
    ['an id of the marketplace', { id: '0x311edB209b61EaA8c3e67c6B96D03288DB5Bc020' }],
    ['a number for an id', { id: 17 }],
    ['a negative price', { priceHourlyUsd: '-0.01' }],
    ['an absurd price', { priceHourlyUsd: '1000000' }],
    ['a price that is a number of unknown unit', { priceHourlyUsd: 0.0128 }],
    ['a boundary without a zone', { paidUntil: '2026-01-02T12:20:00' }],
    ['a boundary of another form', { paidUntil: 1_767_356_400 }],
    ['a cluster that is no id', { clusterId: 'par-a' }],
    ['a disk that is no id', { bootDisk: 'disk', expanded: undefined }],
    ['a disk with a negative price', { expanded: { bootDisk: answers.storage(1, { priceHourlyUsd: '-1' }) } }],
  ])('%s drops the VM, and is told', (_title, change) => {
    const { vm, problems } = readOne(change);
    expect(vm).toBeUndefined();
    expect(problems).toHaveLength(1);
  });

  it('but only left out is not told, and nothing is put in its place', () => {
    const { vm, problems } = readOne({
      priceHourlyUsd: null,
      paidUntil: null,
      createdAt: undefined,
      configurationSlug: null,
      vcpu: null,
      ramGb: null,
      allowedActions: undefined,
      expanded: null,
    });
    expect(problems).toEqual([]);
    expect(vm).toMatchObject({ price: undefined, paidUntil: undefined, configuration: undefined, vcpu: undefined });
    expect(vm).not.toHaveProperty('allowedActions');
  });

  it('tells of what is over when it was charged last, and is no less readable where that is not', () => {
    const lastPaidAt = '2026-01-02T11:20:00Z';
    expect(readOne({ status: 'terminated', lastPaidAt }).vm?.lastPaidAt).toBe(Date.UTC(2026, 0, 2, 11, 20));
    for (const change of [
      { status: 'launched', lastPaidAt },
      { status: 'terminated' },
      { status: 'terminated', lastPaidAt: 'soon' },
    ]) {
      const { vm, problems } = readOne({ lastPaidAt: undefined, ...change });
      expect([vm?.lastPaidAt, problems]).toEqual([undefined, []]);
    }
  });

  it('actions that we have no word for are passed over', () => {
    expect(readOne({ allowedActions: ['fly', 7, 'terminate'] }).vm?.allowedActions).toEqual(['delete']);
  });
});

describe('mutated answers', () => {
  it('never crash the reader, and never make a price or a boundary that was not written', () => {
    fc.assert(
      fc.property(changes, (made) => {
        const expanded = { bootDisk: answers.storage(1), publicIp: answers.address(1) };
        const entry = mutateAll(answers.cloudVm(1, { expanded }), made);
        const text = JSON.stringify(entry);
        const { vms, problems } = readVms([entry], nothing);
        expect(vms.length + problems.length).toBe(1);
        for (const vm of vms) {
          for (const { price, paidUntil } of [vm, ...(vm.parts ?? [])]) {
            expect(price === undefined || (price.amount >= 0n && price.amount <= 100_000_000_000n)).toBe(true);
            expect(paidUntil === undefined || Number.isSafeInteger(paidUntil)).toBe(true);
          }
          if (!text.includes('"paidUntil":"2026-01-02T12:20:00Z"'))
            expect(vm.paidUntil).not.toBe(Date.UTC(2026, 0, 2, 12, 20));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
