// A process that uses the private Redis of a state directory, for tests: says who serves it and then waits to be killed, or
// leaves at once when told `leave`; with `hold` it holds the state directory as well.
import { holdStateDir } from '../../src/queue/hold-state-dir.js';
import { openEmbeddedRedis } from '../../src/queue/embedded-redis.js';

const [stateDir = '', ...words] = process.argv.slice(2);

if (words.includes('hold')) holdStateDir({ stateDir, role: 'up' });
const redis = await openEmbeddedRedis({ stateDir });
process.stdout.write(`${redis.pid} ${redis.startedByUs ? 'started' : 'joined'}\n`);
if (words.includes('leave')) {
  await redis.close();
} else {
  setInterval(() => undefined, 60_000);
}
