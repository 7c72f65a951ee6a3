// `purser offers`: what the market offers now, cheapest first. Asks the API only.
import { PurserError } from '../../core/errors.js';
import { accountOption, chooseAccounts } from '../choose-accounts.js';
import { askClouds } from '../ask-clouds.js';
import type { CommandModule } from '../command.js';
import { readOptionText } from '../option-text.js';
import { parseCountries, parseRate } from '../parse-market.js';
import { printByAccount } from '../print-by-account.js';
import { offersToJson, renderOffers } from '../render/render-market.js';

export const command: CommandModule = {
  options: [
    ['--configuration <slug>', 'only this one, such as cpu-2-ram-4gb-storage-25gb'],
    ['--country <codes>', 'only these countries: FR or FR,DE'],
    ['--max-price <rate>', 'at most so much a VM: 0.80/day or 0.04/hour'],
    accountOption,
  ],
  example:
    'purser offers --country FR,DE --max-price 0.80/day\npurser offers --configuration cpu-4-ram-8gb-storage-25gb --json',
  async run(context) {
    const accounts = chooseAccounts(context.config(), context.options);
    const configuration = readOptionText(context, 'configuration');
    if (configuration === '') throw new PurserError('option-invalid', '--configuration names nothing.');
    const countries = parseCountries('--country', readOptionText(context, 'country'));
    const maxPrice = parseRate('--max-price', readOptionText(context, 'maxPrice'));
    const query = {
      ...(configuration === undefined ? {} : { configuration }),
      ...(countries === undefined ? {} : { countries }),
      ...(maxPrice === undefined ? {} : { maxPrice }),
    };
    const answers = await askClouds(context, accounts, (cloud) => cloud.listOffers(query, { signal: context.signal }));
    printByAccount(context, answers, (offers) => renderOffers(offers, context.facts), offersToJson);
    return 0;
  },
};
