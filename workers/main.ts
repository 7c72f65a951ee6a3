// A worker as a process of its own, for containers and tests: joins the engine, takes jobs until SIGTERM, ends within 10 s.
// The same as `purser worker`; all it may decide is when to stop.
import { composeEngine, startJobWorker } from '../src/compose.js';
import { loadConfig } from '../src/config/load-config.js';
import { startHeartbeat } from '../src/scheduler/heartbeat.js';
import { createHandlers } from './registry.js';

const engine = await composeEngine(loadConfig({ env: process.env, cwd: process.cwd() }));
const worker = startJobWorker(engine, createHandlers(engine), (report) => engine.log.debug(report, 'job'));
const heartbeat = startHeartbeat(engine, 'worker');
let stopping: Promise<void> | undefined;

async function stop(): Promise<void> {
  heartbeat.stop();
  await worker.close();
  await engine.close();
}

for (const name of ['SIGTERM', 'SIGINT'] as const) {
  process.on(name, () => {
    stopping ??= stop().then(() => process.exit(0));
  });
}
await worker.ready();
process.send?.('ready');
