// A worker process that kills itself before or after the n-th call of one method of one port while it carries out one kind of
// job. The engine and the handlers are the production ones; only their ports are wrapped. Place: argv, as JSON.
import { startJobWorker, type Composition } from '../../src/compose.js';
import type { JobHandler } from '../../src/ports/queue.js';
import { createHandlers } from '../../workers/registry.js';
import type { CrashPlace } from './crash-places.js';
import { composeTestEngine } from './engine-rig.js';

const place = JSON.parse(process.argv[2]!) as CrashPlace;
/** One job at a time in this process, so that every call belongs to one kind. */
let jobKind = '';
let calls = 0;

function die(): void {
  process.kill(process.pid, 'SIGKILL');
  // The signal may take a moment, in which nothing more may happen.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
}

function wrapPort<Port extends object>(port: Port, name: string): Port {
  return new Proxy(port, {
    get(target, key) {
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== 'function' || `${name}.${String(key)}` !== place.call) return method;
      return (...parameters: unknown[]): unknown => {
        const isHit = jobKind === place.job && ++calls === (place.occurrence ?? 1);
        if (isHit && place.when === 'before') die();
        const answer: unknown = Reflect.apply(method, target, parameters);
        if (isHit && place.when === 'after') return Promise.resolve(answer).finally(die);
        return answer;
      };
    },
  });
}

function wrapEngine(engine: Composition): Composition {
  const accounts = [...engine.accounts].map(
    ([name, { cloud, ...account }]) => [name, { ...account, cloud: wrapPort(cloud, 'cloud') }] as const,
  );
  return {
    ...engine,
    store: wrapPort(engine.store, 'store'),
    queue: wrapPort(engine.queue, 'queue'),
    accounts: new Map(accounts),
  };
}

const engine = wrapEngine(await composeTestEngine(process.env as Record<string, string>));
const handle = createHandlers(engine);
const handler: JobHandler = (data, context) => {
  jobKind = data.kind;
  return handle(data, context);
};
const worker = startJobWorker({ ...engine, config: { ...engine.config, workerConcurrency: 1 } }, handler);
await worker.ready();
process.send?.('ready');
