// Discovery of the marketplace: what is offered, where, of which hardware, from which images. Reads only.
import { Hono } from 'hono';
import { hashText } from '../../core/hash.js';
import { readBody, RequestRefused, type SandboxEnv } from '../http-parts.js';
import { findOffers } from '../marketplace/market-offers.js';
import type { MarketOffer } from '../marketplace/market-state.js';
import type { MarketSandbox } from '../market-sandbox.js';
import { buildShapeCheck } from '../shape-check.js';
import { answerImage, answerOffer, answerPlace } from './answers.js';
import { readConstraints } from './read-requests.js';
import { constraintsShape } from './request-bodies.js';

const checkConstraints = buildShapeCheck(constraintsShape);

export function buildMarketRoutes({ market, variant }: MarketSandbox): Hono<SandboxEnv> {
  const routes = new Hono<SandboxEnv>();
  const onOffer = () => findOffers(market, {});

  routes.post('/marketplace/offers', async (context) => {
    const constraints = readConstraints(await readBody(context, checkConstraints), false);
    return context.json(findOffers(market, constraints).map(answerOffer));
  });
  routes.get('/marketplace/basic_configurations', (context) =>
    context.json(unique(onOffer().map((offer) => offer.configuration))),
  );
  routes.get('/marketplace/countries', (context) =>
    context.json(unique(onOffer().map((offer) => offer.place.country)).sort()),
  );
  routes.get('/marketplace/hardware', (context) => context.json(listHardware(onOffer())));
  routes.get('/v1/marketplace/datacenters', (context) => {
    if (variant !== 'v3') throw new RequestRefused(404, 'Not found');
    return context.json(
      uniqueBy(onOffer().map(answerPlace), ({ countryCode, cityCode, cityIndex }) =>
        [countryCode, cityCode, cityIndex].join('-'),
      ).map(([slug, place]) => ({ id: hashText(slug), slug, ...place })),
    );
  });
  // In every variant: older documents name no place for images, and slugs must mean something there too.
  routes.get('/vms/v3/default_images', (context) => context.json(market.images.map(answerImage)));
  return routes;
}

function listHardware(offers: readonly MarketOffer[]) {
  const distinct = <Part>(parts: Part[]) => uniqueBy(parts, (part) => JSON.stringify(part)).map(([, part]) => part);
  return {
    cpu: distinct(
      offers.map(({ hardware: { cpu } }) => ({ manufacturer: cpu.manufacturer, architecture: cpu.architecture })),
    ),
    memory: distinct(offers.map(({ hardware }) => hardware.memory)),
    storage: distinct(offers.map(({ hardware }) => hardware.storage)),
  };
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function uniqueBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): [string, Item][] {
  return [...new Map(items.map((item) => [keyOf(item), item])).entries()];
}
