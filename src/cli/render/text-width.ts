// How many columns of a terminal a text takes: names of VMs may hold characters that take two, or none.

const PLAIN = /^[\x20-\x7e]*$/;
/** East Asian wide and full-width characters (Unicode Standard Annex 11). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]/u;
/** Shown as pictures by themselves, or told to be by a variation selector. */
const PICTURE = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|[0-9#*]\ufe0f\u20e3/u;
const INVISIBLE = /^[\p{M}\p{Cf}\p{Cc}]+$/u;

let segmenter: Intl.Segmenter | undefined;

/** What people see as single characters: an emoji of several code points, a letter with its accents. */
function listCharacters(text: string): string[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function widthOfCharacter(character: string): number {
  if (INVISIBLE.test(character)) return 0;
  return WIDE.test(character) || PICTURE.test(character) ? 2 : 1;
}

export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  return listCharacters(text).reduce((sum, character) => sum + widthOfCharacter(character), 0);
}

/** With blanks up to `width`: behind the text, or (right) before it. */
export function padToWidth(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? blanks + text : text + blanks;
}

/** Cut with an ellipsis to at most `width`; no character is cut in two. */
export function cutToWidth(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let cut = '';
  let taken = 0;
  for (const character of listCharacters(text)) {
    taken += widthOfCharacter(character);
    if (taken > width - 1) break;
    cut += character;
  }
  return `${cut}…`;
}
