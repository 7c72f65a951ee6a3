// `purser offers`: what the market offers now, cheapest first. Asks the API only.
import { PurserError } from '../../core/errors.js';
import type { Offer } from '../../core/types.js';
import { isConfiguration, listWantedDisks } from '../../core/where.js';
import type { CallOptions, Cloud, OfferQuery } from '../../ports/cloud.js';
import { accountOption, chooseAccounts } from '../choose-accounts.js';
import { askClouds } from '../ask-clouds.js';
import type { CommandContext, CommandModule } from '../command.js';
import { explainEmpty, isFiltering, marketOptions, readMarketFilter } from '../market-filter.js';
import { readOptionText } from '../option-text.js';
import { printByAccount } from '../print-by-account.js';
import { offersToJson, renderOffers } from '../render/render-market.js';

const MOST_STORAGE_GB = 100_000;

/** `25` or `25,100`. Throws `option-invalid`. */
function readStorage(context: CommandContext): readonly number[] | undefined {
  const written = readOptionText(context, 'storage');
  if (written === undefined) return undefined;
  const sizes = written.split(',').map((size) => (/^ *\d{1,6} *$/.test(size) ? Number(size) : 0));
  if (sizes.every((size) => size > 0 && size <= MOST_STORAGE_GB)) return sizes;
  throw new PurserError('option-invalid', `--storage must be sizes in GB such as 25 or 25,100, not "${written}".`);
}

/** A whole size means on the cloud what it means in a policy: every configuration of that size, with a disk of that size. */
async function listBySize(cloud: Cloud, query: OfferQuery, call: CallOptions): Promise<readonly Offer[]> {
  const named = await cloud.listOffers(query, call);
  const { configuration, ...rest } = query;
  if (named.length > 0 || configuration === undefined) return named;
  const storageGb = rest.storageGb ?? listWantedDisks({ configurations: [configuration], minimum: undefined });
  const all = await cloud.listOffers({ ...rest, storageGb }, call);
  return all.filter((offer) => isConfiguration(offer, configuration));
}

export const command: CommandModule = {
  options: [
    ...marketOptions,
    ['--storage <gb>', 'sizes of the boot disk, where it is chosen apart (cloud): 25 or 25,100'],
    accountOption,
  ],
  example:
    'purser offers --country FR,DE --max-price 0.80/day\npurser offers --configuration cpu-4-ram-8gb-storage-25gb --json',
  async run(context) {
    const accounts = chooseAccounts(context.config(), context.options);
    const filter = readMarketFilter(context);
    const storageGb = readStorage(context);
    const sizes = storageGb === undefined ? {} : { storageGb };
    const { configuration, countries, maxPrice } = filter;
    const query = {
      ...sizes,
      ...(configuration === undefined ? {} : { configuration }),
      ...(countries === undefined ? {} : { countries }),
      ...(maxPrice === undefined ? {} : { maxPrice }),
    };
    const call = { signal: context.signal };
    const answers = await askClouds(context, accounts, async (cloud) => {
      const offers = await listBySize(cloud, query, call);
      if (offers.length > 0 || context.json || !isFiltering(filter)) return { offers, why: undefined };
      return { offers, why: explainEmpty('offers', filter, await cloud.listOffers(sizes, call)) };
    });
    printByAccount(
      context,
      answers,
      ({ offers, why }) => renderOffers(offers, context.facts, why),
      ({ offers }) => offersToJson(offers),
    );
    return answers.isWhole ? 0 : 1;
  },
};
