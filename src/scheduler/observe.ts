// Looks at one account: listing, books, clocks, and (when they are needed) the market. It writes nothing and decides nothing.
import type { Snapshot } from '../core/plan-types.js';
import type { Image, Instant, Millis, Offer, SshKey } from '../core/types.js';
import type { Clock } from '../ports/clock.js';
import type { GenerationRecord } from '../ports/store.js';
import { readTrouble } from './api-watch.js';
import type { Engine, EngineAccount } from './engine.js';
import { describeServiceDoubt } from './service-doubt.js';
import { describeSetBack, markLost } from './store-trust.js';

/** Images change rarely; a deploy reads them again when a slug is missing. */
const IMAGES_KEPT: Millis = 60 * 60_000;
const PRICES_KEPT: Millis = 15 * 60_000;

/** Notices that the wall clock moved against the monotonic one between two looks of this process. */
export interface ClockWatch {
  /** The jump since the previous call, in milliseconds, signed. */
  readJump(): Millis;
}

export function createClockWatch(clock: Clock): ClockWatch {
  let last: { wall: Instant; monotonic: Millis } | undefined;
  return {
    readJump() {
      if (clock.isStepped === true) return 0;
      const next = { wall: clock.now(), monotonic: clock.monotonicMillis() };
      const jump = last === undefined ? 0 : next.wall - last.wall - (next.monotonic - last.monotonic);
      last = next;
      return Math.round(jump);
    },
  };
}

/** Reads what can be bought, for a plan that wants to buy. undefined where it could not be read. */
export interface MarketReader {
  /** With boot disks of these sizes in GB, where the product lets one choose. */
  readOffers(account: EngineAccount, storageGb: readonly number[]): Promise<readonly Offer[] | undefined>;
  /** The same as they were some minutes ago, for figures. */
  readPrices(account: EngineAccount, storageGb: readonly number[]): Promise<readonly Offer[] | undefined>;
  readImages(account: EngineAccount): Promise<readonly Image[] | undefined>;
  readKeys(account: EngineAccount): Promise<readonly SshKey[] | undefined>;
}

/** The plan says what it lacks. That the API is away is told once by the looks, and not again for each list. */
function tellUnread({ log }: Pick<Engine, 'log'>, error: unknown, account: string, text: string): void {
  const fields = { err: error, account };
  if (readTrouble(error) === undefined) log.warn(fields, text);
  else log.debug(fields, text);
}

export function createMarketReader(engine: Pick<Engine, 'clock' | 'log'>): MarketReader {
  const images = new Map<string, { at: Instant; images: readonly Image[] }>();
  const prices = new Map<string, { at: Instant; disks: string; offers: readonly Offer[] }>();
  const readOffers: MarketReader['readOffers'] = async ({ cloud }, storageGb) => {
    try {
      const offers = await cloud.listOffers({ storageGb });
      prices.set(cloud.account, { at: engine.clock.now(), disks: storageGb.join(), offers });
      return offers;
    } catch (error) {
      tellUnread(engine, error, cloud.account, 'The market could not be read');
      return undefined;
    }
  };
  return {
    readOffers,
    async readPrices(account, storageGb) {
      const known = prices.get(account.cloud.account);
      const isFresh = known !== undefined && engine.clock.now() - known.at < PRICES_KEPT;
      if (isFresh && known.disks === storageGb.join()) return known.offers;
      return (await readOffers(account, storageGb)) ?? known?.offers;
    },
    async readImages({ cloud }) {
      const known = images.get(cloud.account);
      if (known !== undefined && engine.clock.now() - known.at < IMAGES_KEPT) return known.images;
      try {
        const read = await cloud.listImages();
        images.set(cloud.account, { at: engine.clock.now(), images: read });
        return read;
      } catch (error) {
        tellUnread(engine, error, cloud.account, 'The list of images could not be read');
        return known?.images;
      }
    },
    async readKeys({ cloud }) {
      try {
        return await cloud.listKeys();
      } catch (error) {
        tellUnread(engine, error, cloud.account, 'The list of SSH keys could not be read');
        return undefined;
      }
    },
  };
}

/** One snapshot without the market (see look.ts). Throws `api-key-*` and `redis-*`. */
export async function observeAccount(
  engine: Pick<Engine, 'store' | 'clock' | 'handles' | 'memory'>,
  account: EngineAccount,
  watch: ClockWatch,
  record: GenerationRecord | undefined,
): Promise<Snapshot> {
  const { settings, cloud } = account;
  await engine.store.readBirth(engine.clock.now());
  const markBefore = cloud.keyMark();
  const inventory = await cloud.listVms();
  const serviceDoubt = describeServiceDoubt(await account.traffic.read());
  const books = await markLost(engine, await engine.store.readBooks(settings.name), engine.clock.now());
  const storeDoubt = describeSetBack(engine, record);
  const since = Object.entries(record?.policies ?? {}).map(([name, policy]) => [name, policy.since] as const);
  return {
    account: settings.name,
    product: settings.product,
    at: engine.clock.now(),
    inventory,
    abilities: cloud.abilities,
    offers: undefined,
    images: undefined,
    // A key that changed while the list was read is judged by the next look.
    keyMark: cloud.keyMark() === markBefore ? markBefore : 'changing',
    clock: { skewMillis: cloud.skewMillis(), jumpMillis: watch.readJump() },
    books: {
      ...books,
      handles: { ...books.handles, protect: [...books.handles.protect, ...engine.handles.readProtected()] },
    },
    stoodSince: Object.fromEntries(since),
    frozenBy: engine.handles.readFrozenBy(),
    ...(storeDoubt === undefined ? {} : { storeDoubt }),
    ...(serviceDoubt === undefined ? {} : { serviceDoubt }),
  };
}
