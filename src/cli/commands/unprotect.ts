// `purser unprotect VM`: ends a protection by hand. What `protect` in purser.yaml says it can't end, only tell.
import { accountOption } from '../choose-accounts.js';
import type { CommandModule } from '../command.js';
import { markProtected } from '../mark-protected.js';
import { openProtection } from '../protection.js';
import { createSystemClock } from '../../scheduler/system-clock.js';
import { isInStore, tellReach } from '../tell-reach.js';

export const command: CommandModule = {
  operands: '<vm>',
  options: [accountOption],
  example: 'purser unprotect db-1',
  async run(context) {
    const asked = context.operands[0]!;
    const { vms, stored, isNew } = await markProtected(context, asked, false);
    const isProtected = openProtection(context.config(), createSystemClock().now());
    const still = vms.filter(({ account, vm }) => isProtected(vm, { account, policy: undefined, marked: [] }));
    if (context.json) {
      const list = vms.map((found) => ({
        account: found.account,
        id: found.vm.id,
        name: found.vm.name,
        protected: still.includes(found),
      }));
      context.printJson({ unprotected: asked, vms: list, store: isInStore(stored) });
    } else {
      context.print(
        isNew ? `No longer protected by hand: ${asked}.` : `Not protected by hand: ${asked}. Nothing was changed.`,
      );
      for (const { vm } of still) context.print(`\`protect\` in purser.yaml still protects ${vm.name} (${vm.id}).`);
    }
    return tellReach(context, stored, `purser unprotect ${asked}`);
  },
};
