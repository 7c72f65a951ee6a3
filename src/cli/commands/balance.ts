// `purser balance`: what each account has and owes, in its product's words, and what its VMs hold and cost. Asks the API only.
import { accountOption, chooseAccounts } from '../choose-accounts.js';
import { askClouds } from '../ask-clouds.js';
import type { CommandModule } from '../command.js';
import { balanceToJson, renderBalance, sumHoldings } from '../render/render-money.js';
import { listShown, noteGaps } from '../require-listing.js';

export const command: CommandModule = {
  options: [accountOption],
  example: 'purser balance\npurser balance --account main --json',
  async run(context) {
    const accounts = chooseAccounts(context.config(), context.options);
    const call = { signal: context.signal };
    const { answers, isWhole } = await askClouds(context, accounts, async (cloud) => ({
      balances: await cloud.listBalances(call),
      inventory: await listShown(cloud, call),
    }));
    const whole = answers.map(({ account, answer }) => noteGaps(context, account.name, answer.inventory));
    const told = answers.map(({ account, answer }) => ({
      account: account.name,
      product: account.product,
      balances: answer.balances,
      holdings: sumHoldings(answer.inventory),
    }));
    if (context.json) context.printJson(told.map(balanceToJson));
    else
      context.print(told.map((each) => renderBalance(each, context.facts, told.length > 1 || !isWhole)).join('\n\n'));
    return isWhole && whole.every(Boolean) ? 0 : 1;
  },
};
