import { expect, it } from 'vitest';
import { countAwaitingPorts } from '../../src/cli/awaiting-ports.js';
import { makeFleet } from '../core/samples.js';
import { emptyPlan, fleet } from './render/sample-plans.js';

const web = makeFleet({ vm: { ...makeFleet().vm, ports: [{ port: 80, protocol: 'tcp' }] } });
const bare = makeFleet({ name: 'bare', vm: { ...makeFleet().vm, ports: [] } });
const set = { fleets: [web, bare] };
const fleets = [fleet('web', { launching: 2 }), fleet('bare', { launching: 4 })];

it('VMs that launch await their declared ports on the product that opens them afterwards', () => {
  expect(countAwaitingPorts([emptyPlan({ product: 'cloud', fleets })], set)).toBe(2);
  expect(countAwaitingPorts([emptyPlan({ product: 'marketplace', fleets })], set)).toBe(0);
});

it('so do those whose ports differ, on either product', () => {
  const vm = { id: 'v1', name: 'web-1', ports: [], opens: [], closes: [] };
  const facts = { id: 'p', account: 'main', policy: 'web', reason: { code: 'ports-differ', text: '' } } as const;
  const actions = [{ ...facts, kind: 'ports' as const, vms: [vm, vm] }];
  expect(countAwaitingPorts([emptyPlan({ product: 'marketplace', fleets, actions })], set)).toBe(2);
  expect(countAwaitingPorts([emptyPlan()], set)).toBe(0);
});
