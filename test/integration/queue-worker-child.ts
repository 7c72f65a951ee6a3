// A worker process for tests: says on stdout which job it runs, and finishes none of those named `hang`.
import { createSystemClock } from '../../src/scheduler/system-clock.js';
import { startWorker } from '../../src/queue/job-worker.js';
import { silentLog } from './store-redis.js';

const [url = '', installation = ''] = process.argv.slice(2);

startWorker({
  url,
  installation,
  concurrency: 4,
  clock: createSystemClock(),
  log: silentLog,
  handler: async (data) => {
    process.stdout.write(`${data.account}\n`);
    if (data.account.startsWith('hang')) await new Promise(() => undefined);
    return { result: 'done', text: 'by the child' };
  },
});
