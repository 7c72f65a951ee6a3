// Mutates answers for fuzzing: values of any kind in any place, as they would come out of JSON.
import fc from 'fast-check';

/** Puts `value` somewhere into a copy. */
function mutate(json: unknown, path: readonly number[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof json !== 'object' || json === null) return value;
  const keys = Object.keys(json);
  if (keys.length === 0) return value;
  const key = keys[step % keys.length]!;
  const copy: Record<string, unknown> = Array.isArray(json) ? ([...json] as never) : { ...json };
  copy[key] = mutate(copy[key], rest, value);
  return copy;
}

const values = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    '-1',
    '1e400',
    'NaN',
    '',
    'null',
    '0x10',
    '+002026-01-02T12:20:00.123456789Z',
    '2026-13-01T00:00:00Z',
  ),
  fc.double(),
);

/** Places, as steps through keys, and what is put there. */
export const changes = fc.array(fc.tuple(fc.array(fc.nat(30), { minLength: 1, maxLength: 5 }), values), {
  minLength: 1,
  maxLength: 3,
});

/** A copy with the changes made, as JSON would carry it. */
export function mutateAll(json: unknown, made: readonly (readonly [readonly number[], unknown])[]): unknown {
  let changed = json;
  for (const [path, value] of made) changed = mutate(changed, path, value);
  return JSON.parse(JSON.stringify(changed) ?? 'null');
}
