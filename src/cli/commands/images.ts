// `purser images`: the default images, whose slugs policies name. Asks the API only.
import { accountOption, chooseAccounts } from '../choose-accounts.js';
import { askClouds } from '../ask-clouds.js';
import type { CommandModule } from '../command.js';
import { printByAccount } from '../print-by-account.js';
import { imagesToJson, renderImages } from '../render/render-market.js';

export const command: CommandModule = {
  options: [accountOption],
  example: 'purser images\npurser images --json',
  async run(context) {
    const accounts = chooseAccounts(context.config(), context.options);
    const answers = await askClouds(context, accounts, async (cloud) => {
      const images = await cloud.listImages({ signal: context.signal });
      return images.toSorted((a, b) => (a.slug < b.slug ? -1 : 1));
    });
    printByAccount(context, answers, (images) => renderImages(images, context.facts), imagesToJson);
    return answers.isWhole ? 0 : 1;
  },
};
