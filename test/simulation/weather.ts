// What befalls a simulated run, drawn by its seed: faults of the API, ends of VMs, deaths of workers, edits of policies. It only
// draws and lets happen; whether Purser bore it is judged elsewhere.
import type { FaultRule } from '../../src/sim/faults.js';
import { drawInteger, drawUnit } from '../../src/sim/random.js';
import { DAY, HOUR, listKept, MINUTE, describeFleet, type Rig } from '../integration/engine-rig.js';

const listing = { method: 'GET', path: '/vms/v3' } as const;
const create = { method: 'POST', path: '/vms/v3' } as const;
const remove = { method: 'DELETE', path: '/vms/v3' } as const;
const rename = { method: 'PATCH', path: '/vms/v3' } as const;
const offers = { method: 'POST', path: '/marketplace/offers' } as const;
const HTML = '<html><body>Bad gateway</body></html>';

const FAULTS: readonly FaultRule[] = [
  { match: listing, effect: { kind: 'answer', status: 502, body: HTML }, count: 5 },
  { match: listing, effect: { kind: 'answer', status: 200, body: HTML }, count: 4 },
  { match: listing, effect: { kind: 'cut-body' }, count: 4 },
  { match: listing, effect: { kind: 'drop' }, count: 7 },
  { match: create, effect: { kind: 'lose-answer' } },
  { match: create, effect: { kind: 'drop' } },
  { match: create, effect: { kind: 'answer', status: 500, afterEffect: true } },
  { match: create, effect: { kind: 'cut-body', cutConnection: true } },
  { match: create, effect: { kind: 'late-create', after: '2m', then: 'drop' } },
  { match: create, effect: { kind: 'late-create', after: '9m', status: 504 } },
  { match: create, effect: { kind: 'late-create', after: '45m', then: 'drop' } },
  { match: create, effect: { kind: 'never-active' } },
  { match: remove, effect: { kind: 'answer', status: 409, body: { error: 'VM is busy' } } },
  { match: remove, effect: { kind: 'lose-answer' } },
  { match: remove, effect: { kind: 'answer', status: 404, body: { error: 'VM not found: 0x0' } }, count: 2 },
  { match: rename, effect: { kind: 'answer', status: 404, body: { error: 'VM not found: 0x0' } } },
  { match: rename, effect: { kind: 'lose-answer' } },
  { match: offers, effect: { kind: 'answer', status: 500 }, count: 4 },
];

/** Listings that lie, rather than fail: believed after ten minutes of agreement, so they must not last so long. */
const LIES: readonly FaultRule[] = [
  { match: listing, effect: { kind: 'partial-list', share: 0.5 }, count: 4 },
  { match: listing, effect: { kind: 'partial-list', share: 0 }, count: 4 },
];
/** Refusals make a fleet give up after five, until somebody changes something: fewer than that. */
const REFUSALS: readonly FaultRule[] = [
  { match: create, effect: { kind: 'answer', status: 422, body: { error: 'No suitable offer found' } } },
  { match: create, effect: { kind: 'answer', status: 402, body: { error: 'Insufficient balance' } } },
];
const MOST_REFUSALS = 3;

export interface Weather {
  /** What happens at this instant. Returns new policies when somebody edits them. */
  strike(): string | undefined;
  /** Whether the worker that makes the next call dies before it, or after it. */
  drawDeath(call: string): 'before' | 'after' | undefined;
  /** Everything is well from now on. */
  clear(): void;
}

/** A fleet with a window or without, of 0 to 4. */
export function drawPolicies(seed: number, edit: number): string {
  const replicas = drawInteger(seed, `replicas/${edit}`, 0, 3);
  if (drawUnit(seed, `window/${edit}`) < 0.3) return describeFleet('web', replicas);
  const from = drawInteger(seed, `from/${edit}`, 0, 20);
  const to = from + drawInteger(seed, `to/${edit}`, 1, 3);
  const peak = drawInteger(seed, `peak/${edit}`, 0, 4);
  const window = `{name: busy, from: "0 ${from} * * *", to: "30 ${to} * * *", replicas: ${peak}}`;
  return describeFleet('web', replicas, ['schedule:', '  timezone: UTC', '  windows:', `    - ${window}`].join('\n'));
}

export function createWeather(rig: Rig, seed: number): Weather {
  const { sandbox } = rig;
  let strikes = 0;
  let calls = 0;
  let refusals = 0;
  let edits = 0;
  let isClear = false;
  let liedUntil = 0;
  let skewedUntil = 0;
  const chance = (what: string): number => drawUnit(seed, `${what}/${strikes}`);
  const pick = <Item>(items: readonly Item[]): Item =>
    items[drawInteger(seed, `pick/${strikes}`, 0, items.length - 1)]!;

  function breakSomething(): void {
    const now = rig.clock.now();
    const what = chance('what');
    if (what < 0.08 && now >= liedUntil) {
      liedUntil = now + HOUR;
      sandbox.faults.add({ rules: [pick(LIES)] });
    } else if (what < 0.12 && now >= skewedUntil) {
      skewedUntil = now + 20 * MINUTE;
      sandbox.faults.add({ dateSkewMillis: (chance('sign') < 0.5 ? -9 : 9) * HOUR });
    } else if (what < 0.2 && refusals < MOST_REFUSALS) {
      refusals += 1;
      sandbox.faults.add({ rules: [pick(REFUSALS)] });
    } else sandbox.faults.add({ rules: [pick(FAULTS)] });
  }
  return {
    strike() {
      strikes += 1;
      if (isClear) return undefined;
      if (skewedUntil !== 0 && rig.clock.now() >= skewedUntil) {
        skewedUntil = 0;
        sandbox.faults.add({ dateSkewMillis: 0 });
      }
      if (chance('fault') < 0.2) breakSomething();
      const kept = listKept(sandbox.books(), 'web').filter((vm) => vm.activeAt !== null);
      if (kept.length > 0 && chance('end') < 0.02) sandbox.terminate({ id: pick(kept).id });
      if (chance('edit') >= 0.02) return undefined;
      edits += 1;
      return drawPolicies(seed, edits);
    },
    drawDeath(call) {
      // A lease that was not given back lasts for seconds of real time, in which hours pass here.
      if (isClear || /Lease$/.test(call)) return undefined;
      calls += 1;
      const drawn = drawUnit(seed, `death/${calls}`);
      return drawn < 0.002 ? 'before' : drawn < 0.004 ? 'after' : undefined;
    },
    clear() {
      isClear = true;
      sandbox.faults.clear();
    },
  };
}

/** Storm first, then calm: long enough for everything that was bought in the storm to come to its boundary. */
export const STORM = 30 * HOUR;
export const CALM = DAY + 6 * HOUR;
