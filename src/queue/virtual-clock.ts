// A clock that several processes share and one driver steps, for the demo and for crash tests. Its time lives in Redis;
// time-outs and leases stay real, since the processes that they guard against are.
import type { Instant } from '../core/types.js';
import type { Clock } from '../ports/clock.js';
import { callRedis, closeConnection, openConnection, type Log } from './connection.js';
import { defineScript, runScript } from './run-script.js';
import { buildPrefix } from './store-keys.js';

export interface VirtualClock extends Clock {
  /** The driver's side: the time everywhere. Going back is possible, as it is for wall clocks. */
  set(instant: Instant): Promise<void>;
  close(): Promise<void>;
}

/**
 * KEYS: clock. ARGV: instant, channel, the driver's last step. The step's number tells late messages from new ones; it goes
 * on rising when Redis was emptied.
 */
const setScript = defineScript(`
local step = math.max(tonumber(redis.call('HGET', KEYS[1], 'step') or '0'), tonumber(ARGV[3])) + 1
redis.call('HSET', KEYS[1], 'step', step, 'at', ARGV[1])
redis.call('PUBLISH', ARGV[2], step .. ' ' .. ARGV[1])
return step
`);

interface Wait {
  readonly at: Instant;
  readonly resolve: () => void;
}

/** Adds a wait that ends when it is resolved or aborted. */
function addWait(waits: Set<Wait>, at: Instant, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wait = { at, resolve: finish };
    function finish(): void {
      waits.delete(wait);
      signal?.removeEventListener('abort', finish);
      resolve();
    }
    waits.add(wait);
    signal?.addEventListener('abort', finish, { once: true });
  });
}

/** Resolves once the time is known; before the first \`set\` of any process it is 0. */
export async function createVirtualClock({
  url,
  installation,
  log,
}: {
  readonly url: string;
  readonly installation: string;
  readonly log?: Log;
}): Promise<VirtualClock> {
  const key = `${buildPrefix(installation)}clock`;
  const channel = `${key}:steps`;
  const commands = openConnection(url, 'command', log);
  const subscriber = openConnection(url, 'subscriber', log);
  const waits = new Set<Wait>();
  let now: Instant = 0;
  let step = 0;

  function adopt(newStep: number, at: Instant): void {
    if (newStep <= step) return;
    step = newStep;
    now = at;
    for (const wait of waits) {
      if (now >= wait.at) wait.resolve();
    }
  }
  async function sync(): Promise<void> {
    const [newStep, at] = await callRedis(commands, url, () => commands.hmget(key, 'step', 'at'));
    if (typeof newStep === 'string' && typeof at === 'string') adopt(Number(newStep), Number(at));
  }

  subscriber.on('message', (_channel: string, message: string) => {
    const [newStep, at] = message.split(' ').map(Number);
    adopt(newStep ?? 0, at ?? 0);
  });
  try {
    // Subscribed first and read afterwards, so that no step falls in between.
    await callRedis(commands, url, () => subscriber.subscribe(channel));
    await sync();
  } catch (error) {
    await Promise.all([closeConnection(commands), closeConnection(subscriber)]);
    throw error;
  }
  // Steps that were published while the connection was down would be missed.
  const resubscribe = async (): Promise<void> => {
    await subscriber.subscribe(channel);
    await sync();
  };
  subscriber.on('ready', () => void resubscribe().catch(() => undefined));

  return {
    isStepped: true,
    now: () => now,
    monotonicMillis: () => performance.now(),
    sync,
    waitUntil(at, signal) {
      if (now >= at || signal?.aborted === true) return Promise.resolve();
      return addWait(waits, at, signal);
    },
    async set(instant) {
      const parameters = [instant, channel, step];
      const answer = await callRedis(commands, url, () => runScript(commands, setScript, [key], parameters));
      adopt(Number(answer), instant);
    },
    async close() {
      for (const wait of waits) wait.resolve();
      await Promise.all([closeConnection(commands), closeConnection(subscriber)]);
    },
  };
}
