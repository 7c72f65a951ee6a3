// `purser up`: scheduler and worker in one process, one to a state directory.
import type { CommandModule } from '../command.js';
import { runRole } from '../run-role.js';

export const command: CommandModule = {
  operands: '[path...]',
  example: 'purser up                # policies/ in force, until Ctrl-C\npurser up team/web.yaml',
  run: (context) => runRole(context, 'up'),
};
