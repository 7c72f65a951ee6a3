// `purser sandbox`: the simulated Fluence API over HTTP, until it is told to stop. Unless its world says otherwise its time
// begins where this machine's is, because Purser trusts no API whose clock is another.
import { resolve } from 'node:path';
import { PurserError } from '../../core/errors.js';
import type { Instant } from '../../core/types.js';
import { createSystemClock } from '../../scheduler/system-clock.js';
import {
  readCloudWorld,
  readWorld,
  readWorldFile,
  startCloudSandbox,
  startSandbox,
  type AnyWorld,
  type RunningCloudSandbox,
  type RunningSandbox,
} from '../../compose/tools.js';
import type { CommandContext, CommandModule } from '../command.js';
import { readOptionText } from '../option-text.js';
import { readProduct } from '../read-product.js';
import { quoteWord } from '../render/phrase.js';

const DEFAULT_PORT = '8787';
const CLOUD_LINE = '\n  export FLUENCE_PRODUCT=cloud';
const CONTROLS = `http://127.0.0.1:${DEFAULT_PORT}/_sandbox`;
const MOST_PORT = 65_535;
/** Clocks nearer than this need no words. */
const NEAR_MILLIS = 60_000;

function readNumber(context: CommandContext, name: string, form: RegExp, expects: string): number {
  const text = String(context.options[name]).trim();
  if (form.test(text)) return Number(text);
  throw new PurserError('option-invalid', `--${name} must be ${expects}, not "${text}".`);
}

type AnySandbox = RunningSandbox | RunningCloudSandbox;

/** Without a word the world says which product it is, and is a marketplace where it doesn't. */
async function readAnyWorld(context: CommandContext, start: Instant): Promise<AnyWorld> {
  const product = readProduct(context);
  const file = readOptionText(context, 'world');
  if (file === undefined) return product === 'cloud' ? readCloudWorld({}, start) : readWorld({}, start);
  const world = await readWorldFile(resolve(context.cwd, file), { start, product });
  if (product === undefined || world.product === product) return world;
  throw new PurserError(
    'option-invalid',
    `${file} is a world of the ${world.product}, and --product says ${product}: leave --product away, or give another world.`,
  );
}

async function start(context: CommandContext, now: Instant): Promise<AnySandbox> {
  const key = readOptionText(context, 'key');
  const port = readNumber(context, 'port', /^\d{1,5}$/, `a port from 0 (any that is free) to ${MOST_PORT}`);
  if (port > MOST_PORT) throw new PurserError('option-invalid', `--port must be at most ${MOST_PORT}, not ${port}.`);
  const options = {
    port,
    seed: readNumber(context, 'seed', /^\d{1,9}$/, 'a whole number'),
    speed: readNumber(context, 'speed', /^\d{1,6}(\.\d{1,6})?$/, 'a number such as 1 (as here) or 0 (stepped)'),
    ...(key === undefined ? {} : { key }),
  };
  const world = await readAnyWorld(context, now);
  try {
    return await (world.product === 'cloud'
      ? startCloudSandbox({ ...options, world })
      : startSandbox({ ...options, world }));
  } catch (error) {
    if (!(error instanceof PurserError) || (error.cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new PurserError(
      'option-invalid',
      `Port ${port} of this machine is taken, perhaps by a sandbox that runs already. Give another --port, or --port 0 for any that is free.`,
      { cause: error },
    );
  }
}

function describeTime(sandbox: AnySandbox, now: Instant): string {
  const instant = new Date(sandbox.now()).toISOString().slice(0, 19);
  if (sandbox.speed === 1 && Math.abs(sandbox.now() - now) < NEAR_MILLIS) return "Its time is this machine's.";
  const speed = sandbox.speed === 0 ? 'stands still until it is stepped' : `runs at ${sandbox.speed} times the speed`;
  return `Its time begins at ${instant}Z and ${speed}.`;
}

function describe(sandbox: AnySandbox, now: Instant): string {
  const { url, key } = sandbox;
  const isCloud = 'cloud' in sandbox;
  return `A simulated Fluence ${isCloud ? 'cloud' : 'marketplace'} at ${url}. Nothing here costs money.

Copy these lines into the terminal where you run purser:
  export FLUENCE_API_URL=${url}
  export FLUENCE_API_KEY=${quoteWord(key)}${isCloud ? CLOUD_LINE : ''}
  export PURSER_SIGNAL_PROXY=${url}
  export PURSER_CLOCK=sandbox               # its time counts, not this machine's
  export PURSER_STATE_DIR=.purser-sandbox   # books of its own, apart from the real ones

Controls (time, faults, VMs, prices, balance): ${url}/_sandbox/
${describeTime(sandbox, now)} Ctrl-C ends it; everything in it is forgotten then.`;
}

/** For `--help`; the page at /_sandbox/ has every control. */
const controlsExample = `purser sandbox --speed 60                       # an hour a minute; a day takes 24 minutes
purser sandbox --port 0 --world market.yaml --json
purser sandbox --product cloud                  # by the hour, with disks and addresses of their own

Its controls, from another terminal (${CONTROLS}/ lists them all):
  curl -X POST ${CONTROLS}/vms/terminate -d '{"prefix": "web-"}'
  curl -X POST ${CONTROLS}/clock -d '{"advanceBy": "6h"}'
  curl -X POST ${CONTROLS}/offers -d '{"country": "FR", "price": "0.45"}'
  curl -X POST ${CONTROLS}/faults -d '{"match": {"path": "/vms/v3"}, "effect": {"kind": "drop"}}'
  curl -X DELETE ${CONTROLS}/faults

At a high speed a deletion has little real time: its window before a boundary is some minutes of the sandbox, which at
--speed 600 is under a second. Stay at 60 or below to watch VMs being deleted in time.`;

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }));
}

export const command: CommandModule = {
  options: [
    ['--port <number>', 'port on the loopback interface; 0 takes any that is free', DEFAULT_PORT],
    ['--seed <number>', 'the same seed gives the same market', '1'],
    ['--speed <number>', 'how fast its time runs; 0: stepped by its controls', '1'],
    ['--key <key>', "the API key that it takes (default: the world's, sandbox-key)"],
    ['--world <file>', 'a world file: offers, prices, VMs, and what happens to them'],
  ],
  example: controlsExample,
  async run(context) {
    const now = createSystemClock().now();
    const sandbox = await start(context, now);
    try {
      const { url, key, port } = sandbox;
      if (context.json) context.printJson({ url, key, port, pid: process.pid });
      else context.print(describe(sandbox, now));
      await untilAborted(context.signal);
    } finally {
      await sandbox.close();
    }
    return 0;
  },
};
