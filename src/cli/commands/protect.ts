// `purser protect VM`: no rule may delete it. By id or name; a VM that isn't listed (yet) may be named too.
import { isSameId } from '../../core/vm-id.js';
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
    const doomed = stored.state === 'reached' ? stored.answer : [];
    const isDoomed = (id: string): boolean => doomed.some((vm) => isSameId(vm.id, id));
    if (context.json) {
      const list = vms.map(({ account, vm }) => ({ account, id: vm.id, name: vm.name, doomed: isDoomed(vm.id) }));
      context.printJson({ protected: asked, vms: list, store: isInStore(stored) });
    } else if (vms.length === 0) context.print(`Protected all the same: whatever bears the id or name "${asked}".`);
    else
      for (const { vm } of vms)
        if (!isDoomed(vm.id))
          context.print(`Protected: ${vm.name} (${vm.id}). No rule may delete it until \`purser unprotect\`.`);
    for (const { id, name } of doomed)
      context.note(`Too late for ${name} (${id}): its deletion has begun, and may be carried out at any moment.`);
    const code = tellReach(context, stored, `purser protect ${asked}`);
    return doomed.length > 0 ? 1 : code;
  },
};
