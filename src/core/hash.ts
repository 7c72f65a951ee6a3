// A small pure hash for ids that must be the same for the same content. Not for secrets: it is no cryptography.

// The constants of FNV-1a with 64 bits, as two halves: bigints would make a planning several times as slow.
const OFFSET_HIGH = 0xcbf29ce4;
const OFFSET_LOW = 0x84222325;
/** The prime is 2^40 + this. */
const PRIME_LOW = 0x1b3;
const HALF = 0x1_0000_0000;

/** FNV-1a, 64 bits, of the text's UTF-16 code units, as 16 hex digits. */
export function hashText(text: string): string {
  let high = OFFSET_HIGH;
  let low = OFFSET_LOW;
  for (let index = 0; index < text.length; index += 1) {
    low = (low ^ text.charCodeAt(index)) >>> 0;
    // At most 2^41: exact in a double. What goes beyond 32 bits is carried into the upper half.
    const product = low * PRIME_LOW;
    high = (Math.imul(high, PRIME_LOW) + Math.floor(product / HALF) + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
