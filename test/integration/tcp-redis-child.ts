// A process that uses the store, the queue and a worker at the address that it is given; says `done` once a job was worked.
// Certificates that it shall trust come by NODE_EXTRA_CA_CERTS, which Node reads only when a process starts.
import { checkRedis } from '../../src/queue/check-redis.js';
import { createJobQueue } from '../../src/queue/job-queue.js';
import { startWorker } from '../../src/queue/job-worker.js';
import { createRedisStore } from '../../src/queue/redis-store.js';
import { createSystemClock } from '../../src/scheduler/system-clock.js';
import { silentLog } from './store-redis.js';

const url = process.argv[2]!;
const installation = 'ab';
const store = createRedisStore({ url, installation });
const queue = createJobQueue({ url, installation });
try {
  await store.setProtected('main', 'vm-1', true);
  const { protect } = await store.readHandles('main');
  let finish: () => void = () => undefined;
  const worked = new Promise<void>((resolve) => (finish = resolve));
  const worker = startWorker({
    url,
    installation,
    handler: () => Promise.resolve({ result: 'done', text: 'done' }),
    concurrency: 1,
    clock: createSystemClock(),
    log: silentLog,
    onJob: () => finish(),
  });
  await worker.ready();
  await queue.add([{ id: 'one', data: { kind: 'probe', account: 'main' } }]);
  await worked;
  await worker.close();
  const { reachable, address } = await checkRedis(url);
  process.stdout.write(`${JSON.stringify({ protect, reachable, address })}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: (error as Error).message })}\n`);
} finally {
  await queue.close();
  await store.close();
}
