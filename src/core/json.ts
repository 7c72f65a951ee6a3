// JSON with money in it: a bigint becomes {"$bigint":"123"}, everything else is plain JSON. Used for what the store keeps and
// for recorded snapshots. It must not lose or bend a value silently, and must not let a text reach any prototype.

const BIGINT = '$bigint';
/** Wraps an object that happens to look like one of our tags, as its entries. */
const ESCAPED = '$escaped';
const INTEGER = /^-?\d{1,400}$/;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The key when the object has exactly one and that is a tag. */
function tagOf(value: Record<string, unknown>): string | undefined {
  const keys = Object.keys(value);
  return keys.length === 1 && (keys[0] === BIGINT || keys[0] === ESCAPED) ? keys[0] : undefined;
}

function replaceValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { [BIGINT]: value.toString() };
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new TypeError(`JSON can't hold the number ${value}`);
  }
  if (isRecord(value) && tagOf(value) !== undefined) return { [ESCAPED]: Object.entries(value) };
  return value;
}

/**
 * Writes plain data (objects, arrays, strings, finite numbers, booleans, null, bigint). Properties that are undefined are
 * left out. Throws TypeError for NaN and infinities, which JSON would silently turn into null.
 */
export function encodeJson(value: unknown, space?: number): string {
  return JSON.stringify(value, replaceValue, space);
}

function reviveEscaped(entries: unknown): unknown {
  if (!Array.isArray(entries)) throw new SyntaxError(`"${ESCAPED}" must hold a list of entries`);
  const result: Record<string, unknown> = {};
  for (const entry of entries as unknown[]) {
    if (!Array.isArray(entry) || entry.length !== 2 || typeof entry[0] !== 'string' || entry[0] === '__proto__') {
      throw new SyntaxError(`"${ESCAPED}" must hold a list of entries`);
    }
    result[entry[0]] = revive(entry[1]);
  }
  return result;
}

/** Works in place: a reviver function would cost several times as much on a hundred thousand claims. */
function revive(value: unknown): unknown {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) value[index] = revive(value[index]);
    return value;
  }
  if (!isRecord(value)) return value;
  const tag = tagOf(value);
  if (tag === ESCAPED) return reviveEscaped(value[ESCAPED]);
  if (tag === BIGINT) {
    const digits = value[BIGINT];
    if (typeof digits !== 'string' || !INTEGER.test(digits)) throw new SyntaxError(`"${BIGINT}" must hold an integer`);
    return BigInt(digits);
  }
  for (const key of Object.keys(value)) {
    // JSON.parse makes it an own property, but a later Object.assign would set the prototype by it.
    if (key === '__proto__') delete value[key];
    else if (typeof value[key] === 'object') value[key] = revive(value[key]);
  }
  return value;
}

/** Reads what encodeJson wrote. Throws SyntaxError for anything that isn't; a key `__proto__` is dropped. */
export function decodeJson(text: string): unknown {
  return revive(JSON.parse(text) as unknown);
}
