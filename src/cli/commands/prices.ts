// `purser prices`: what everything costs that can be rented, cheapest first. Asks the API only.
import { PurserError } from '../../core/errors.js';
import type { PriceRow } from '../../ports/cloud.js';
import { accountOption, chooseAccounts } from '../choose-accounts.js';
import { askClouds } from '../ask-clouds.js';
import type { CommandContext, CommandModule } from '../command.js';
import { explainEmpty, isFiltering, marketOptions, passesFilter, readMarketFilter } from '../market-filter.js';
import { readOptionText } from '../option-text.js';
import { printByAccount } from '../print-by-account.js';
import { pricesToJson, renderPrices } from '../render/render-money.js';

/** What people call the kinds. */
const KINDS: Readonly<Record<string, PriceRow['kind']>> = { vm: 'vm', disk: 'disk-gb', ip: 'public-ip' };

/** Throws `option-invalid`. */
function readKind(context: CommandContext): PriceRow['kind'] | undefined {
  const asked = readOptionText(context, 'kind');
  if (asked === undefined) return undefined;
  if (Object.hasOwn(KINDS, asked)) return KINDS[asked];
  throw new PurserError('option-invalid', `--kind must be one of ${Object.keys(KINDS).join(', ')}, not "${asked}".`);
}

export const command: CommandModule = {
  options: [['--kind <word>', 'only of: vm, disk (a GB of it), ip'], ...marketOptions, accountOption],
  example: 'purser prices --country FR\npurser prices --kind vm --max-price 0.04/hour --json',
  async run(context) {
    const accounts = chooseAccounts(context.config(), context.options);
    const kind = readKind(context);
    const filter = readMarketFilter(context);
    const toThing = (row: PriceRow) => ({ ...row, configuration: row.what });
    const answers = await askClouds(context, accounts, async (cloud) => {
      const listed = await cloud.listPrices({ signal: context.signal });
      const ofKind = listed.filter((row) => kind === undefined || row.kind === kind);
      const rows = ofKind.filter((row) => passesFilter(toThing(row), filter));
      const isCut = rows.length === 0 && isFiltering(filter);
      return { rows, why: isCut ? explainEmpty('prices', filter, ofKind.map(toThing)) : undefined };
    });
    printByAccount(
      context,
      answers,
      ({ rows, why }) => renderPrices(rows, context.facts, why),
      ({ rows }) => pricesToJson(rows),
    );
    return answers.isWhole ? 0 : 1;
  },
};
