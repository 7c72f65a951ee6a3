// `purser protect VM`: no rule may delete it. By id or name; a VM that isn't listed (yet) may be named too.
import type { CommandModule } from '../command.js';
import { accountOption } from '../choose-accounts.js';
import { markProtected } from '../mark-protected.js';
import { isInStore, tellReach } from '../tell-reach.js';

export const command: CommandModule = {
  operands: '<vm>',
  options: [accountOption],
  example: 'purser protect db-1',
  async run(context) {
    const asked = context.operands[0]!;
    const { vms, stored } = await markProtected(context, asked, true);
    if (context.json) {
      const list = vms.map(({ account, vm }) => ({ account, id: vm.id, name: vm.name }));
      context.printJson({ protected: asked, vms: list, store: isInStore(stored) });
    } else if (vms.length === 0) context.print(`Protected all the same: whatever bears the id or name "${asked}".`);
    else
      for (const { vm } of vms)
        context.print(`Protected: ${vm.name} (${vm.id}). No rule may delete it until \`purser unprotect\`.`);
    return tellReach(context, stored, `purser protect ${asked}`);
  },
};
