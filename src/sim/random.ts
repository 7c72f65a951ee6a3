// Chance for the simulated market, drawn by the key of what happens rather than in sequence: the same seed and the same event
// give the same draw, whatever happened in between. It must never be used for secrets.

/** A number in [0, 1) that depends on the seed and the key alone. */
export function drawUnit(seed: number, key: string): number {
  return hash32(`${seed}/${key}`) / 4_294_967_296;
}

/** An integer in [least, most], both included. */
export function drawInteger(seed: number, key: string, least: number, most: number): number {
  return least + Math.floor(drawUnit(seed, key) * (most - least + 1));
}

/** `length` hex digits in mixed case, as addresses are written. */
export function drawHex(seed: number, key: string, length: number): string {
  let digits = '';
  for (let part = 0; digits.length < length; part += 1) {
    const letters = hash32(`${seed}/${key}/${part}`).toString(16).padStart(8, '0');
    digits += part % 2 === 0 ? letters : letters.toUpperCase();
  }
  return digits.slice(0, length);
}

/** A UUID of version 4 in its form, in lower case. */
export function drawUuid(seed: number, key: string): string {
  const digits = drawHex(seed, key, 32).toLowerCase();
  const variant = '89ab'[Number.parseInt(digits[16]!, 16) % 4]!;
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    variant + digits.slice(17, 20),
    digits.slice(20),
  ].join('-');
}

// FNV-1a over the text, then a finalizer that spreads each bit: keys that differ in their last digit only must not draw alike.
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
