// A scenario's market as a world document of the sandbox, so that a backtest and `purser sandbox` play by the same rules.
import { formatUsdc } from '../../core/money.js';
import type { Scenario, ScenarioOffer } from '../../core/scenario.js';
import type { Instant, Millis } from '../../core/types.js';
import { formatInstant } from '../instant-text.js';
import { createCloud } from '../cloud/cloud.js';
import { createMarket } from '../marketplace/market.js';
import { readCloudWorld, readWorld } from '../world.js';
import type { BacktestMarket } from './backtest-market.js';
import { openCloud } from './open-cloud.js';
import { openMarketplace } from './open-marketplace.js';

function writeRange({ leastMillis, mostMillis }: { leastMillis: Millis; mostMillis: Millis }) {
  return { least: `${leastMillis}ms`, most: `${mostMillis}ms` };
}

function writeStart(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

function writeTimeOfDay(millis: Millis): string {
  return new Date(millis).toISOString().slice(11, 16);
}

function writeMoves({ offers }: Scenario) {
  return offers.flatMap(({ country, configuration, changes }) =>
    changes.map(({ at, price, capacity }) => ({
      at: formatInstant(at),
      country,
      configuration,
      ...(price === undefined ? {} : { price: formatUsdc(price.amount) }),
      ...(capacity === undefined ? {} : { capacity }),
    })),
  );
}

function writeShared(scenario: Scenario) {
  const { from, balance, launch, deletion } = scenario;
  return {
    start: writeStart(from),
    balance: formatUsdc(balance),
    launch: { ...writeRange(launch), failPercent: launch.failShare * 100 },
    deletion: writeRange(deletion),
    moves: writeMoves(scenario),
  };
}

function writeOffer({ configuration, country, price, capacity, tier, hardware }: ScenarioOffer) {
  const { cpuManufacturer, cpuArchitecture, memoryType, memoryGeneration, storageType } = hardware;
  return dropUntold({
    configuration,
    country,
    price: formatUsdc(price.amount),
    capacity,
    tier,
    cpu: dropUntold({ manufacturer: cpuManufacturer, architecture: cpuArchitecture }),
    memory: dropUntold({ type: memoryType, generation: memoryGeneration }),
    storage: dropUntold({ type: storageType }),
  });
}

function dropUntold(fields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function buildMarketplace(scenario: Scenario): BacktestMarket {
  const { clock, offers, seed } = scenario;
  const world = readWorld({
    ...writeShared(scenario),
    billing:
      clock.kind === 'fixed'
        ? { regime: 'fixed', boundary: writeTimeOfDay(clock.timeOfDayMillis) }
        : { regime: 'rolling' },
    offers: offers.map(writeOffer),
  });
  return openMarketplace(createMarket(world.market, seed));
}

/** What is made along with a VM is ready before it; at once in a scenario without delays. */
const PROVISION_MILLIS: Millis = 2_000;

/** One cluster a country; disks and addresses don't run out. */
function buildCloud(scenario: Scenario): BacktestMarket {
  const { offers, parts, seed } = scenario;
  const provision = Math.min(PROVISION_MILLIS, scenario.launch.leastMillis);
  const countries = [...new Set(offers.map(({ country }) => country))];
  const world = readCloudWorld({
    ...writeShared(scenario),
    product: 'cloud',
    provision: writeRange({ leastMillis: provision, mostMillis: provision }),
    clusters: countries.map((country) => ({
      name: `${country.toLowerCase()}-1`,
      country,
      configurations: offers
        .filter((offer) => offer.country === country)
        .map(({ configuration, price, capacity }) => ({ configuration, price: formatUsdc(price.amount), capacity })),
      storage: { price: formatUsdc(parts.storagePerGb), freeGb: 100_000_000 },
      publicIps: { price: formatUsdc(parts.publicIp), free: 1_000_000 },
    })),
  });
  return openCloud(createCloud(world.cloud, seed));
}

export function buildMarket(scenario: Scenario): BacktestMarket {
  return scenario.product === 'cloud' ? buildCloud(scenario) : buildMarketplace(scenario);
}
