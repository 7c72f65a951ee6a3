// What commands need of the adapters without an engine: the sandbox, facts about Redis, the hold on a state directory, and the
// followers that the demo compares with. It joins nothing; it is the door through which src/cli reaches them.
export { checkRedis, type RedisFacts } from '../queue/check-redis.js';
export { holdStateDir } from '../queue/hold-state-dir.js';
export { findRedisServer } from '../queue/redis-server.js';
export { countFewestPeriods } from '../core/fewest-periods.js';
export { followImmediately } from '../sim/immediate-follower.js';
export { followSandboxClock } from '../sim/follow-sandbox-clock.js';
export {
  startCloudSandbox,
  startSandbox,
  type RunningCloudSandbox,
  type RunningSandbox,
} from '../sim/sandbox-server.js';
export { readWorldFile } from '../sim/world-file.js';
export { readCloudWorld, readWorld, type AnyWorld } from '../sim/world.js';
