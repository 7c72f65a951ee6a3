// How older variants of the marketplace told VMs, as their documents have it. v2: as the newest form does, with times in
// expanded years and nanoseconds. oldest: a status in capitals, a price in whole micro-USDC, amounts as numbers of MiB, and
// neither dates nor a place nor an address.
import { formatUsdc } from '../../core/money.js';
import { nameOf } from '../marketplace/market-life.js';
import type { MarketState, MarketVm } from '../marketplace/market-state.js';
import { answerVm, formatExpanded, nameStatus } from './answers.js';

export function answerVmOfV2(vm: MarketVm, state: MarketState) {
  return {
    ...answerVm(vm, state),
    // Both were seen: without a zero before the point, and with all six decimals.
    pricePerEpoch: formatUsdc(vm.price).replace(/^0\./, '.'),
    createdAt: formatExpanded(vm.createdAt),
    nextBillingAt: vm.nextBillingAt === undefined ? null : formatExpanded(vm.nextBillingAt),
  };
}

export function answerOldestVm(vm: MarketVm, { now }: MarketState) {
  const { offer } = vm;
  const { cpu, memory, storage } = offer.hardware;
  return {
    id: vm.id,
    vmName: nameOf(vm),
    status: nameStatus(vm, now).toUpperCase(),
    pricePerEpoch: Number(vm.price),
    resources: [
      { type: 'VCPU', quantity: offer.vcpu, details: {}, metadata: cpu },
      { type: 'RAM', quantity: offer.ramGb * 1024, details: {}, metadata: memory },
      {
        type: 'STORAGE',
        quantity: Math.round((offer.storageGb + vm.extraStorageGib) * 1024),
        details: {},
        metadata: storage,
      },
      { type: 'PUBLIC_IP', quantity: 1, details: {}, metadata: { version: '4' } },
      { type: 'NETWORK_BANDWIDTH', quantity: 1000, details: {}, metadata: { type: 'SHARED' } },
    ],
  };
}
