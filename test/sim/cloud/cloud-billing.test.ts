// What is charged when: every VM, disk and IP by the hour on its own clock, leftovers too; and what happens without money.
import { describe, expect, it } from 'vitest';
import { depositFunds } from '../../../src/sim/cloud/cloud-billing.js';
import { readBooks } from '../../../src/sim/cloud/cloud-books.js';
import { moveCatalogue } from '../../../src/sim/cloud/cloud-catalogue.js';
import { removeParts } from '../../../src/sim/cloud/cloud-parts.js';
import type { CloudState } from '../../../src/sim/cloud/cloud-state.js';
import { terminateVm } from '../../../src/sim/cloud/cloud-vms.js';
import { advanceTo } from '../../../src/sim/cloud/cloud.js';
import { createSmallCloud, deploy, HOUR, MINUTE, SECOND, START } from './small-cloud.js';

/** `kind at amount` of each charge, the time since the start. */
function listCharges(cloud: CloudState): string[] {
  return cloud.charges.map(({ resource, from, amount }) => `${resource.kind} ${(from - START) / SECOND}s ${amount}`);
}

describe('an hour', () => {
  it('begins for each resource at its own activation, and is paid in advance', () => {
    const cloud = createSmallCloud();
    const vm = deploy(cloud);
    expect(listCharges(cloud)).toEqual([]);
    advanceTo(cloud, START + MINUTE);
    expect(listCharges(cloud)).toEqual(['storage 5s 2500', 'public-ip 5s 4000', 'vm 60s 20000']);
    advanceTo(cloud, START + HOUR + MINUTE - 1);
    expect(listCharges(cloud).slice(3)).toEqual(['storage 3605s 2500', 'public-ip 3605s 4000']);
    advanceTo(cloud, START + HOUR + MINUTE);
    expect(listCharges(cloud).slice(5)).toEqual(['vm 3660s 20000']);
    expect(vm.paidUntil).toBe(START + 2 * HOUR + MINUTE);
    expect(cloud.balance).toBe(10_000_000n - 2n * 26_500n);
  });

  it('costs what the catalogue says when it begins', () => {
    const cloud = createSmallCloud();
    deploy(cloud);
    advanceTo(cloud, START + MINUTE);
    moveCatalogue(cloud, { cluster: 'paris-1', price: 50_000n });
    advanceTo(cloud, START + HOUR + MINUTE);
    expect(listCharges(cloud).at(-1)).toBe('vm 3660s 50000');
  });

  it('that begins while a VM is being terminated is paid', () => {
    const cloud = createSmallCloud();
    const vm = deploy(cloud);
    advanceTo(cloud, START + HOUR + MINUTE - 10 * SECOND);
    expect(terminateVm(cloud, vm)).toBeUndefined();
    advanceTo(cloud, START + HOUR + 2 * MINUTE);
    expect(vm.status).toBe('terminated');
    expect(listCharges(cloud).at(-1)).toBe('vm 3660s 20000');
  });
});

describe('what a VM leaves behind', () => {
  it('goes on being charged until it is deleted', () => {
    const cloud = createSmallCloud();
    const vm = deploy(cloud);
    advanceTo(cloud, START + MINUTE);
    const [disk, ip] = [vm.bootDisk!, vm.publicIp!];
    terminateVm(cloud, vm);
    advanceTo(cloud, START + 2 * HOUR - MINUTE);
    expect(listCharges(cloud).slice(3)).toEqual(['storage 3605s 2500', 'public-ip 3605s 4000']);
    expect(readBooks(cloud).leftovers).toMatchObject([
      { kind: 'storage', id: disk.id, madeFor: vm.id, pricePerHour: '0.002500' },
      { kind: 'public-ip', id: ip.id, madeFor: vm.id, pricePerHour: '0.004000' },
    ]);
    removeParts(cloud, [disk, ip]);
    advanceTo(cloud, START + 5 * HOUR);
    expect(cloud.charges).toHaveLength(5);
    expect(readBooks(cloud)).toMatchObject({
      leftovers: [],
      deletes: [
        { kind: 'vm', name: 'web-1', goneAt: '2026-11-20T06:01:30Z' },
        { kind: 'storage', name: 'web-1-boot', at: '2026-11-20T07:59:00Z', goneAt: '2026-11-20T07:59:05Z' },
        { kind: 'public-ip', name: 'web-1-ip', at: '2026-11-20T07:59:00Z' },
      ],
    });
  });
});

describe('without money', () => {
  it('a VM ends at its boundary, and its parts stay and owe', () => {
    // One hour of all three, and one more of the disk.
    const cloud = createSmallCloud({ balance: '0.029' });
    const vm = deploy(cloud);
    advanceTo(cloud, START + 3 * HOUR);
    expect(vm).toMatchObject({ status: 'terminated', endedBy: 'no-money', endedAt: START + HOUR + MINUTE });
    expect(listCharges(cloud).slice(3)).toEqual(['storage 3605s 2500']);
    expect(cloud.balance).toBe(0n);
    expect([...cloud.unpaid].map(({ kind }) => kind)).toEqual(['public-ip', 'storage']);
    expect([...cloud.storages.values()][0]!.status).toBe('ready');
  });

  it('debts are paid by the next money, hour by hour and oldest first', () => {
    const cloud = createSmallCloud({ balance: '0.029' });
    deploy(cloud);
    advanceTo(cloud, START + 3 * HOUR);
    depositFunds(cloud, 9_000n);
    expect(listCharges(cloud).slice(4)).toEqual(['public-ip 3605s 4000', 'public-ip 7205s 4000']);
    expect(cloud.balance).toBe(1000n);
    depositFunds(cloud, 1_000_000n);
    expect(listCharges(cloud).slice(6)).toEqual(['storage 7205s 2500']);
    expect(cloud.unpaid.size).toBe(0);
    advanceTo(cloud, START + 3 * HOUR + 5 * SECOND);
    expect(listCharges(cloud).slice(7)).toEqual(['public-ip 10805s 4000', 'storage 10805s 2500']);
  });

  it('a launch that can not be paid ends at once', () => {
    const cloud = createSmallCloud({ balance: '0.04' });
    const first = deploy(cloud);
    const second = deploy(cloud, { name: 'web-2' });
    advanceTo(cloud, START + MINUTE);
    expect([first.status, second.status]).toEqual(['launched', 'terminated']);
    expect(second).toMatchObject({ endedBy: 'no-money', spent: 0n });
  });
});

describe('a launch that comes to nothing', () => {
  it('ends as failed at its deadline, is never charged, and keeps its parts until it is terminated', () => {
    const cloud = createSmallCloud({ launch: { least: '1m', most: '1m', failPercent: 100, deadline: '30m' } });
    const vm = deploy(cloud);
    advanceTo(cloud, START + 30 * MINUTE - 1);
    expect(vm.status).toBe('launching');
    expect(terminateVm(cloud, vm)).toMatchObject({ status: 406 });
    advanceTo(cloud, START + 30 * MINUTE);
    expect(vm).toMatchObject({ status: 'failed', spent: 0n });
    expect(vm.bootDisk!.spent).toBe(2500n);
    expect(terminateVm(cloud, vm)).toBeUndefined();
    advanceTo(cloud, START + 31 * MINUTE);
    expect(vm.status).toBe('terminated');
    expect(readBooks(cloud).leftovers).toHaveLength(2);
  });
});
