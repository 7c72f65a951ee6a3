// One seeded run: the production tick and handlers in one process, a real store, a sandbox in stepped time. First a storm, then
// calm; the market's books are judged after every step.
import type { Composition } from '../../src/compose.js';
import { ALPHABET } from '../../src/core/names.js';
import { drawInteger } from '../../src/sim/random.js';
import { createMemoryDriver } from '../integration/engine-driver.js';
import { findMiscounted } from '../integration/charge-judge.js';
import { findViolations, type Wish } from '../integration/engine-judge.js';
import { HOUR, listKept, MINUTE, openRig, type Rig } from '../integration/engine-rig.js';
import type { TestRedis } from '../integration/store-redis.js';
import { CALM, createWeather, drawPolicies, STORM, type Weather } from './weather.js';

/** After the storm: intents in doubt are settled, missing ones given up, back-offs over. */
const SETTLED_AFTER = 2 * HOUR;
/** Steps in the storm, so that something can happen between the instants that plans name. */
const STORM_STEP = 7 * MINUTE;

/** The worker is gone in the middle of its job; what it had begun stays as it is. */
class WorkerDied extends Error {}

function wrapPort<Port extends object>(port: Port, name: string, weather: () => Weather | undefined): Port {
  return new Proxy(port, {
    get(target, key) {
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== 'function') return method;
      return (...parameters: unknown[]): unknown => {
        const call = `${name}.${String(key)}`;
        const death = weather()?.drawDeath(call);
        if (death === 'before') throw new WorkerDied(call);
        const answer: unknown = Reflect.apply(method, target, parameters);
        if (death === undefined || !(answer instanceof Promise)) return answer;
        return answer.then(() => {
          throw new WorkerDied(call);
        });
      };
    },
  });
}

/** The engine on ports whose calls may be a worker's last. Names are drawn by the seed, so that a run can be played again. */
function wrapEngine(engine: Composition, seed: number, weather: () => Weather | undefined): Composition {
  let drawn = 0;
  const accounts = [...engine.accounts].map(
    ([name, { cloud, ...account }]) => [name, { ...account, cloud: wrapPort(cloud, 'cloud', weather) }] as const,
  );
  return {
    ...engine,
    store: wrapPort(engine.store, 'store', weather),
    accounts: new Map(accounts),
    drawBody() {
      drawn += 1;
      return Array.from({ length: 4 }, (_, place) =>
        ALPHABET.charAt(drawInteger(seed, `body/${drawn}/${place}`, 0, 31)),
      ).join('');
    },
  };
}

async function findEndProblems(rig: Rig, wish: Wish): Promise<readonly string[]> {
  const books = rig.sandbox.books();
  const { claims, intents } = await rig.engine.store.readBooks('main');
  const wanted = wish.set.fleets[0]!.demand(rig.clock.now(), rig.clock.now() + 1)[0]!.wanted;
  const kept = listKept(books, 'web');
  const surplus = claims.filter((claim) => claim.state === 'parked').length;
  const sum = Number(books.balance) + Number(books.reserved) + Number(books.charged);
  const open = intents.filter((intent) => ['planned', 'calling', 'unknown'].includes(intent.state));
  return [
    kept.length - surplus === wanted ? '' : `${kept.length} kept, ${surplus} of them parked, but ${wanted} wanted`,
    kept.every((vm) => vm.status === 'active') ? '' : `not all run: ${kept.map((vm) => vm.status).join()}`,
    claims.length === kept.length ? '' : `${claims.length} claims for ${kept.length} VMs`,
    open.length === 0 ? '' : `intents are still open: ${open.map((intent) => `${intent.id} ${intent.state}`).join()}`,
    Math.abs(sum - Number(books.deposited)) < 1e-6 ? '' : `${sum} is not the ${books.deposited} that was deposited`,
  ].filter((problem) => problem !== '');
}

export interface SeededRun {
  /** Empty when Purser bore everything. */
  readonly problems: readonly string[];
  readonly created: number;
  readonly deleted: number;
  /** Jobs that were cut off by a death, and those that failed otherwise. */
  readonly deaths: number;
  readonly failures: readonly unknown[];
}

/** Plays one seed. Ends at the first step after which the books show something wrong. */
export async function runSeed(redis: TestRedis, seed: number, installation: string): Promise<SeededRun> {
  const rails = ['PLAN_COUNT', 'PLAN_PERCENT', 'HOUR_COUNT', 'HOUR_PERCENT'];
  const env = Object.fromEntries(rails.map((rail) => [`PURSER_RAILS_DELETES_${rail}`, '100']));
  const world = { vms: [{ name: 'web', country: 'FR', count: 2 }], launch: { least: '30s', most: '3m' } };
  const rig = await openRig({ redis, installation, seed, env, world });
  let weather: Weather | undefined;
  try {
    const driver = createMemoryDriver(
      rig,
      wrapEngine(rig.engine, seed, () => weather),
    );
    const start = rig.clock.now();
    const wishes: Wish[] = [];
    const failures: unknown[] = [];
    let deaths = 0;
    const publish = async (policies: string): Promise<void> => {
      await rig.publish(policies);
      wishes.push({ since: rig.clock.now(), set: rig.check(policies).set });
    };
    const storms = [{ from: start, to: start + STORM + SETTLED_AFTER }];
    const judge = async (): Promise<readonly string[]> => [
      ...findViolations(rig.sandbox.books(), { wishes, storms, maxPrice: 0.8 }),
      ...(await findMiscounted(rig.engine.store, 'main', rig.sandbox.books())),
    ];
    const account = (problems: readonly string[]): SeededRun => {
      const { created, deleted } = rig.sandbox.books().totals;
      return { problems, created, deleted, deaths, failures };
    };
    const live = async (instant: number): Promise<readonly string[]> => {
      await driver.advanceTo(instant);
      for (const error of driver.takeErrors()) {
        if (error instanceof WorkerDied) deaths += 1;
        else failures.push(error);
      }
      return judge();
    };

    await publish(drawPolicies(seed, 0));
    await driver.advanceBy(MINUTE);
    const storm = (weather = createWeather(rig, seed));
    for (let instant = start + 2 * MINUTE; instant <= start + STORM; instant += STORM_STEP) {
      const edited = storm.strike();
      if (edited !== undefined) await publish(edited);
      const problems = await live(instant);
      if (problems.length > 0) return account(problems);
    }
    storm.clear();
    for (let instant = start + STORM; instant <= start + STORM + CALM; instant += HOUR) {
      const problems = await live(instant);
      if (problems.length > 0) return account(problems);
    }
    return account(await findEndProblems(rig, wishes.at(-1)!));
  } finally {
    await rig.close();
  }
}
