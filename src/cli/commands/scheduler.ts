// `purser scheduler`: only the scheduler; any number may run beside each other.
import type { CommandModule } from '../command.js';
import { runRole } from '../run-role.js';

export const command: CommandModule = {
  operands: '[path...]',
  example: 'PURSER_REDIS_URL=redis://redis:6379 purser scheduler policies/',
  run: (context) => runRole(context, 'scheduler'),
};
