// What a fleet lacks and nobody can buy, read off plans of one or more accounts.
import { describe, expect, it } from 'vitest';
import { describeLacking, listLacking } from '../../../src/cli/render/lacking.js';
import { deploy, emptyPlan, fleet, hold } from './sample-plans.js';

const short = (code: Parameters<typeof hold>[0]) => hold(code, undefined, { policy: 'web', text: 'because' });

describe('what is lacking', () => {
  it('is what is wanted beyond all that runs, comes up, stands elsewhere or is about to be bought', () => {
    const fleets = [fleet('web', { wanted: 10, running: 3, launching: 1, unseen: 1, elsewhere: 1 })];
    const holds = [short('no-offer')];
    const lacking = listLacking([emptyPlan({ fleets, holds, actions: [deploy({ policy: 'web', count: 2 })] })]);
    expect(lacking).toEqual([{ policy: 'web', vms: 2, why: 'no-offer' }]);
    expect(lacking.map(describeLacking)).toEqual(['web lacks 2 VMs (no-offer)']);
  });

  it.each(['image-unknown', 'key-unknown', 'secret-missing', 'no-balance', 'backing-off', 'gave-up'] as const)(
    'counts what %s keeps from being bought',
    (code) => {
      const fleets = [fleet('web', { wanted: 1, running: 0, launching: 0 })];
      expect(listLacking([emptyPlan({ fleets, holds: [short(code)] })])).toMatchObject([{ vms: 1, why: code }]);
    },
  );

  it('is nothing where the fleet waits for something that comes by itself, or has all it wants', () => {
    const fleets = [fleet('web', { wanted: 2, running: 1, launching: 0 })];
    expect(listLacking([emptyPlan({ fleets, holds: [short('create-pending')] })])).toEqual([]);
    const whole = [fleet('web', { wanted: 2, running: 2, launching: 0 })];
    expect(listLacking([emptyPlan({ fleets: whole, holds: [short('no-offer')] })])).toEqual([]);
  });

  it('is told once for a fleet of several accounts', () => {
    const fleets = [fleet('web', { wanted: 1, running: 0, launching: 0 })];
    const one = emptyPlan({ fleets, holds: [short('no-offer')] });
    expect(listLacking([one, { ...one, account: 'spare' }])).toHaveLength(1);
  });
});
