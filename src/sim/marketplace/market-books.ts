// The market's own accounting, as JSON: every create, every VM's life, every charge, every deletion, and where the money is.
// The judge in crash tests. It reads the market and changes nothing.
import { formatUsdc, sumMicros } from '../../core/money.js';
import { formatInstant, formatMaybe } from '../instant-text.js';
import { isRunning, nameOf } from './market-life.js';
import type { MarketState, MarketVm } from './market-state.js';

/** Instants are ISO 8601, money is USDC with six decimals; null: not (yet). */
export interface MarketBooks {
  readonly now: string;
  readonly seed: number;
  readonly regime: 'rolling' | 'fixed';
  readonly balance: string;
  /** In the end deposited = balance + reserved + charged. */
  readonly deposited: string;
  readonly reserved: string;
  readonly charged: string;
  readonly totals: {
    readonly created: number;
    /** Placed by a control or the world, not created through the API. */
    readonly foreign: number;
    readonly listed: number;
    readonly running: number;
    readonly deleted: number;
    readonly charges: number;
  };
  readonly creates: readonly {
    readonly at: string;
    readonly name: string;
    readonly instances: number;
    readonly late: boolean;
    readonly vmIds: readonly string[];
    readonly error: string | null;
  }[];
  readonly vms: readonly BookedVm[];
  readonly charges: readonly {
    readonly vmId: string;
    readonly vmName: string;
    readonly at: string;
    readonly amount: string;
    /** The time paid for; null while its VM isn't active. */
    readonly from: string | null;
    readonly to: string | null;
  }[];
  readonly deletes: readonly {
    readonly vmId: string;
    readonly vmName: string;
    readonly at: string;
    readonly goneAt: string | null;
  }[];
}

export interface BookedVm {
  readonly id: string;
  readonly name: string;
  readonly names: readonly string[];
  readonly foreign: boolean;
  readonly configuration: string;
  readonly country: string;
  readonly pricePerEpoch: string;
  readonly status: string;
  readonly createdAt: string;
  readonly activeAt: string | null;
  readonly nextBillingAt: string | null;
  readonly endedAt: string | null;
  readonly deleteCalledAt: string | null;
  readonly goneAt: string | null;
  readonly reserved: string;
  readonly spent: string;
  /** Of a foreign VM: what it had cost before it was placed. */
  readonly spentBefore: string;
}

export function readBooks(state: MarketState): MarketBooks {
  const { everyVm, charges } = state;
  return {
    now: formatInstant(state.now),
    seed: state.seed,
    regime: state.rules.regime,
    balance: formatUsdc(state.balance),
    deposited: formatUsdc(state.deposited),
    reserved: formatUsdc(sumMicros(everyVm.map((vm) => vm.reserve))),
    charged: formatUsdc(sumMicros(charges.map((charge) => charge.amount))),
    totals: {
      created: everyVm.filter((vm) => !vm.foreign).length,
      foreign: everyVm.filter((vm) => vm.foreign).length,
      listed: state.vms.size,
      running: everyVm.filter(isRunning).length,
      deleted: everyVm.filter((vm) => vm.goneAt !== undefined).length,
      charges: charges.length,
    },
    creates: state.creates.map((create) => ({
      ...create,
      at: formatInstant(create.at),
      error: create.error ?? null,
    })),
    vms: everyVm.map(bookVm),
    charges: charges.map((charge) => ({
      vmId: charge.vm.id,
      vmName: nameOf(charge.vm),
      at: formatInstant(charge.at),
      amount: formatUsdc(charge.amount),
      from: formatMaybe(charge.from),
      to: formatMaybe(charge.to),
    })),
    deletes: everyVm.flatMap((vm) =>
      vm.deletion === undefined
        ? []
        : [
            {
              vmId: vm.id,
              vmName: nameOf(vm),
              at: formatInstant(vm.deletion.calledAt),
              goneAt: formatMaybe(vm.goneAt),
            },
          ],
    ),
  };
}

function bookVm(vm: MarketVm): BookedVm {
  return {
    id: vm.id,
    name: nameOf(vm),
    names: vm.names,
    foreign: vm.foreign,
    configuration: vm.offer.configuration,
    country: vm.offer.place.country,
    pricePerEpoch: formatUsdc(vm.price),
    status: vm.goneAt === undefined ? vm.status : 'gone',
    createdAt: formatInstant(vm.createdAt),
    activeAt: formatMaybe(vm.activeAt),
    nextBillingAt: formatMaybe(vm.nextBillingAt),
    endedAt: formatMaybe(vm.endedAt),
    deleteCalledAt: formatMaybe(vm.deletion?.calledAt),
    goneAt: formatMaybe(vm.goneAt),
    reserved: formatUsdc(vm.reserve),
    spent: formatUsdc(vm.spent),
    spentBefore: formatUsdc(vm.spentBefore),
  };
}
