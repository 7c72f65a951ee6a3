// The simulated marketplace as a state machine: made from a world and a seed, moved by `advanceTo`, asked and told through
// the market-*.ts functions in between. No I/O, no clock, no chance but the seed's: the same calls give the same world.
import type { Instant, Micros } from '../../core/types.js';
import { playCharge } from './market-billing.js';
import { deployVms } from './market-deploy.js';
import { peekEvent, scheduleEvent, takeEvent } from './market-events.js';
import { activateVm, endVm, finishDeletion, placeVm, terminateNamed, type ForeignVm } from './market-life.js';
import { driftOffers, moveOffers } from './market-offers.js';
import type {
  MarketEvent,
  MarketImage,
  MarketKey,
  MarketOffer,
  MarketRules,
  MarketState,
  OfferMove,
} from './market-state.js';

/** What a market begins with. */
export interface MarketWorld {
  readonly start: Instant;
  readonly rules: MarketRules;
  readonly balance: Micros;
  readonly offers: readonly MarketOffer[];
  readonly images: readonly MarketImage[];
  readonly keys: readonly MarketKey[];
  readonly foreignVms: readonly ForeignVm[];
  readonly terminations: readonly { readonly at: Instant; readonly vmName: string }[];
  readonly moves: readonly { readonly at: Instant; readonly move: OfferMove }[];
}

export function createMarket(world: MarketWorld, seed: number): MarketState {
  const state: MarketState = {
    seed,
    rules: world.rules,
    now: world.start,
    offers: structuredClone([...world.offers]),
    images: world.images,
    keys: new Map(world.keys.map((key) => [key.fingerprint, key])),
    balance: world.balance,
    deposited: world.balance,
    vms: new Map(),
    everyVm: [],
    indebted: new Set(),
    charges: [],
    creates: [],
    due: [],
    lastSequence: 0,
    lastSerial: 0,
  };
  for (const vm of world.foreignVms) placeVm(state, vm);
  for (const { at, vmName } of world.terminations) scheduleEvent(state, at, { kind: 'termination', vmName });
  for (const { at, move } of world.moves) scheduleEvent(state, at, { kind: 'offer-move', move });
  if (world.rules.drift !== undefined) {
    scheduleEvent(state, world.start + world.rules.drift.everyMillis, { kind: 'drift', round: 1 });
  }
  return state;
}

/** Plays everything up to and including `instant`, in order. An instant in the past only plays what is due now. */
export function advanceTo(state: MarketState, instant: Instant): void {
  for (let next = peekEvent(state); next !== undefined && next.at <= instant; next = peekEvent(state)) {
    takeEvent(state);
    // Something may have been scheduled for a moment that has passed (a world's move before its start): it happens now.
    state.now = Math.max(state.now, next.at);
    playEvent(state, next.event);
  }
  state.now = Math.max(state.now, instant);
}

/** When something happens by itself next; undefined when nothing will. */
export function nextEventAt(state: MarketState): Instant | undefined {
  return peekEvent(state)?.at;
}

function playEvent(state: MarketState, event: MarketEvent): void {
  switch (event.kind) {
    case 'charge':
      return playCharge(state, event.vm);
    case 'grace-over':
      return endVm(state, event.vm, 'insufficient-funds');
    case 'termination':
      terminateNamed(state, event.vmName);
      return;
    case 'deletion-finished':
      return finishDeletion(state, event.vm);
    case 'launch-finished':
      return activateVm(state, event.vm);
    case 'offer-move':
      moveOffers(state, event.move);
      return;
    case 'drift':
      return driftOffers(state, event.round);
    case 'late-deploy':
      deployVms(state, event.order, { late: true });
      return;
  }
}
