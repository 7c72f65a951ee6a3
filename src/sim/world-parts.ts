// What the worlds of both products have in common: its shapes, and how they are read once they were checked. What makes no
// sense is complained about with its place; the world is then not to be used.
import Type, { type Static } from 'typebox';
import { hashText } from '../core/hash.js';
import type { Instant } from '../core/types.js';
import { durationShape, momentShape, readDuration, readMoment } from './shape-parts.js';
import { readPublicKey } from './ssh-key.js';
import { appShape, readApp, type AppScript } from './vm-apps.js';

const strict = { additionalProperties: false };
export const textShape = Type.String({ minLength: 1 });
export const countShape = Type.Integer({ minimum: 0 });
export const rangeShape = Type.Object(
  { least: Type.Optional(durationShape), most: Type.Optional(durationShape) },
  strict,
);

/** So many of them, numbered: `name-1`, `name-2`, ... */
export const numberShape = Type.Integer({ minimum: 1, maximum: 200_000 });

/** Fields that a world of either product may have. */
export const worldFields = {
  product: Type.Optional(Type.Enum(['marketplace', 'cloud'])),
  start: Type.Optional(
    Type.String({
      pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2})?Z$',
      description: 'an instant in UTC, e.g. 2026-11-20T06:00:00Z',
    }),
  ),
  key: Type.Optional(textShape),
  images: Type.Optional(
    Type.Array(
      Type.Object(
        {
          slug: textShape,
          name: Type.Optional(textShape),
          distribution: Type.Optional(textShape),
          url: Type.String({ pattern: '^https?://', description: 'a URL of http or https' }),
          username: Type.Optional(textShape),
        },
        strict,
      ),
    ),
  ),
  sshKeys: Type.Optional(Type.Array(Type.Object({ name: textShape, publicKey: textShape }, strict))),
  apps: Type.Optional(Type.Array(appShape)),
  terminations: Type.Optional(Type.Array(Type.Object({ at: momentShape, name: textShape }, strict))),
};

type Fields = { [Field in keyof typeof worldFields]-?: NonNullable<Static<(typeof worldFields)[Field]>> };

export type Complain = (path: readonly (string | number)[], text: string) => void;
/** Reads an instant and says where it was written. */
export type ReadAt = (text: string, path: readonly (string | number)[]) => Instant;

const NO_DATE = 'is no date that a calendar has';

/** When the world begins, and a reader of instants in it. */
export function readStart(text: string, complain: Complain): { readonly start: Instant; readonly readAt: ReadAt } {
  const read = readMoment(text, 0);
  if (read === undefined) complain(['start'], NO_DATE);
  const start = read ?? 0;
  return {
    start,
    readAt(written, path) {
      const instant = readMoment(written, start);
      if (instant === undefined) complain(path, NO_DATE);
      return instant ?? start;
    },
  };
}

export function readRange(range: { least: string; most: string }, place: string, complain: Complain) {
  const leastMillis = readDuration(range.least);
  const mostMillis = readDuration(range.most);
  if (leastMillis > mostMillis) {
    complain([place], `has a least (${range.least}) that is longer than its most (${range.most}); say both`);
  }
  return { leastMillis, mostMillis };
}

export function readImages(images: Fields['images']) {
  return images.map(({ slug, name, distribution, url, username }) => ({
    id: hashText(slug),
    slug,
    name: name ?? slug,
    distribution: distribution ?? 'other',
    downloadUrl: url,
    username: username ?? 'root',
  }));
}

export function readKeys(keys: Fields['sshKeys'], complain: Complain) {
  return keys.flatMap(({ name, publicKey }, index) => {
    const read = readPublicKey(publicKey);
    if (read === undefined) complain(['sshKeys', index, 'publicKey'], 'is no public SSH key');
    return read === undefined ? [] : [{ name, publicKey, ...read }];
  });
}

export function readTerminations(terminations: Fields['terminations'], readAt: ReadAt) {
  return terminations.map(({ at, name }, index) => ({ at: readAt(at, ['terminations', index, 'at']), vmName: name }));
}

export function readApps(apps: Fields['apps'], start: Instant, complain: Complain): readonly AppScript[] {
  return apps.flatMap((app, index) => {
    const script = readApp(app, start);
    if (script === undefined) complain(['apps', index], `has an answer whose "from" ${NO_DATE}`);
    if (app.id === undefined && app.name === undefined && app.prefix === undefined) {
      complain(['apps', index], 'must say which VM: id, name or prefix');
    }
    return script ?? [];
  });
}

/** `count` things of one name, numbered; undefined: one, with the name as it is. */
export function listNames(name: string, count: number | undefined): readonly string[] {
  return count === undefined ? [name] : Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
}
