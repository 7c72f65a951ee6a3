import { describe, expect, it } from 'vitest';
import { nameVms } from '../../src/cli/name-vms.js';
import type { LedgerEntry } from '../../src/core/books.js';
import type { VmTally } from '../../src/core/tallies.js';
import type { Look } from '../../src/scheduler/look.js';
import { makeClaim, makeSnapshot, makeVm, NOON } from '../core/samples.js';
import { makeEntry } from '../queue/books-samples.js';

/** Two VMs of one purchase, charged when they bore one name. */
const tally = (vmId: string, vmName = 'web-5byhj622'): VmTally => {
  return { day: 0, policy: 'web', use: 'wanted', vmId, vmName, part: undefined, amount: 1n };
};
const BOTH = [tally('1'), tally('2')];
const lookAt = (vmIds: readonly string[]): Look => {
  const claims = [makeClaim('2', { vmName: 'web-5byhj62201' })];
  const vms = vmIds.map((id) => makeVm(id, { name: `web-5byhj6220${Number(id) - 1}` }));
  return { reckoned: makeSnapshot(vms, { claims }) } as Look;
};

async function nameWith(tallies: readonly VmTally[], look: Look | undefined, ledger: readonly LedgerEntry[] = []) {
  const asked: string[] = [];
  const readLedger = (account: string) => {
    asked.push(account);
    return Promise.resolve(ledger);
  };
  const names = await nameVms({ readLedger }, 'main', tallies, look, NOON);
  return { names: Object.fromEntries(names), asked };
}

describe('the names of VMs that were charged under one', () => {
  it('are those that the list and the claims show now', async () => {
    const { names, asked } = await nameWith(BOTH, lookAt(['1']));
    expect(names).toEqual({ 1: 'web-5byhj62200', 2: 'web-5byhj62201' });
    expect(asked).toEqual([]);
  });

  it('are the last that the ledger knows of those that are gone', async () => {
    const named = (vmId: string, vmName: string) => makeEntry(NOON, { vmId, vmName });
    const ledger = [named('1', 'web-5byhj622'), named('1', 'web-5byhj62200'), named('3', 'other')];
    const { names } = await nameWith(BOTH, undefined, ledger);
    expect(names).toEqual({ 1: 'web-5byhj62200' });
  });

  it('are not looked up where nothing is alike', async () => {
    expect((await nameWith([tally('1'), tally('1'), tally('2', 'db-1')], undefined)).asked).toEqual([]);
  });
});
