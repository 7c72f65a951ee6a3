// `billing.delayPurchase` and `where.aboveMaxPrice`: what is wrong with them beyond their shape, and what they compile to.
import { expect, it } from 'vitest';
import { checkPolicies } from '../../src/policy/check-policies.js';
import { checkText, OPTIONS, writeFleet } from './policy-texts.js';

const delayed = (delay: string) => writeFleet({ more: `billing: {delayPurchase: ${delay}}` });

it.each([
  ['12h', []],
  ['721m', ['delay-too-long']],
])('a delay of %s is judged as %j', (delay, codes) => {
  expect(checkText(delayed(delay)).problems.map(({ code }) => code)).toEqual(codes);
});

it('a delay is said to have no effect at the cloud, and is no error there', () => {
  const { problems } = checkText(delayed('15m'), { products: { main: 'cloud' } });
  expect(problems).toMatchObject([{ code: 'warning-delay-without-effect', path: 'billing.delayPurchase' }]);
  expect(checkText(delayed('15m'), { products: { main: 'marketplace' } }).problems).toEqual([]);
  expect(checkText(delayed('0s'), { products: { main: 'cloud' } }).problems).toEqual([]);
});

it('what is the default anyway changes no policy', () => {
  const where = (more: string) => `where: {${more}minimum: {vcpu: 2}, maxPrice: 1/day}`;
  const compile = (text: string) => {
    const { set, policyHashes } = checkPolicies([{ path: 'p.yaml', text }], OPTIONS);
    return { fleet: set!.fleets[0]!, hash: Object.values(policyHashes)[0] };
  };
  const plain = compile(writeFleet({ where: where('') }));
  const said = compile(`${writeFleet({ where: where('aboveMaxPrice: keep, ') })}\nbilling: {delayPurchase: 0s}`);
  expect(said.hash).toBe(plain.hash);
  const other = compile(`${writeFleet({ where: where('aboveMaxPrice: replace, ') })}\nbilling: {delayPurchase: 15m}`);
  expect(other.hash).not.toBe(plain.hash);
  expect(other.fleet).toMatchObject({ delayPurchaseMillis: 900_000, where: { aboveMaxPrice: 'replace' } });
});
