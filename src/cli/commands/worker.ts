// `purser worker`: only a worker; any number may run beside each other.
import type { CommandModule } from '../command.js';
import { runRole } from '../run-role.js';

export const command: CommandModule = {
  example: 'PURSER_REDIS_URL=redis://redis:6379 purser worker',
  run: (context) => runRole(context, 'worker'),
};
