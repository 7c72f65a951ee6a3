// The marketplace in a sandbox: what a sandbox needs of it, and what only the marketplace can be told from outside.
import { depositFunds } from './marketplace/market-billing.js';
import { readBooks, type MarketBooks } from './marketplace/market-books.js';
import { endVm, findVmByIp, isRunning, nameOf, placeVm, type ForeignVm } from './marketplace/market-life.js';
import { moveOffers } from './marketplace/market-offers.js';
import { advanceTo, createMarket, nextEventAt } from './marketplace/market.js';
import type { MarketState, MarketVm, OfferMove } from './marketplace/market-state.js';
import { readPublicIp } from './marketplace-api/answers.js';
import { createSandbox, refuse, type Sandbox, type SandboxOptions, type Simulation } from './sandbox.js';
import type { World } from './marketplace/market-world.js';

export interface MarketSandbox extends Sandbox<MarketBooks> {
  readonly market: MarketState;
  readonly variant: World['variant'];
  /** Throws `option-invalid` when no offer is of that kind. */
  placeVms(vms: readonly ForeignVm[]): readonly MarketVm[];
  /** Returns how many offers it changed. */
  moveOffers(move: OfferMove): number;
}

export function createMarketSandbox(world: World, seed: number, options: SandboxOptions): MarketSandbox {
  const market = createMarket(world.market, seed);
  const sandbox = createSandbox(buildSimulation(market), world, options);
  return Object.assign(sandbox, {
    market,
    variant: world.variant,
    placeVms(vms: readonly ForeignVm[]) {
      sandbox.sync();
      return vms.map((vm) => {
        const placed = placeVm(market, vm);
        if (placed === undefined) throw refuse(`No offer fits the VM ${vm.name}: change its country or configuration.`);
        return placed;
      });
    },
    moveOffers(move: OfferMove) {
      sandbox.sync();
      return moveOffers(market, move);
    },
  });
}

function buildSimulation(market: MarketState): Simulation<MarketBooks> {
  return {
    now: () => market.now,
    advanceTo: (instant) => advanceTo(market, instant),
    nextEventAt: () => nextEventAt(market),
    books: () => readBooks(market),
    listVms: () =>
      Array.from(market.vms.values(), (vm) => ({
        id: vm.id,
        name: nameOf(vm),
        status: vm.status,
        isThere: vm.goneAt === undefined,
        isRunning: isRunning(vm),
        end: () => endVm(market, vm, 'terminated'),
      })),
    findVmAt(address) {
      const vm = findVmByIp(market, address);
      return vm === undefined || readPublicIp(vm) === null ? undefined : { id: vm.id, name: nameOf(vm) };
    },
    balance: () => market.balance,
    deposit: (amount) => depositFunds(market, amount),
  };
}
