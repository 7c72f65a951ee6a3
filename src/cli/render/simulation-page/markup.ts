// HTML that can only be put together safely: whatever is put into the template is escaped unless it is markup itself. Names come
// from a user's files and from other people's VMs, so nothing here takes raw text.
import { oneLine } from '../phrase.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that is HTML already. Made by `markup` alone. */
export class Markup {
  readonly #html: string;

  constructor(html: string) {
    this.#html = html;
  }

  toString(): string {
    return this.#html;
  }
}

/** Of a value that is left out, of `false` and of an empty list nothing is written. */
export type Piece = Markup | string | number | false | undefined | readonly Piece[];

/** For text between tags and in quoted attributes; characters that steer a terminal or turn the direction of text go. */
export function escapeText(text: string): string {
  return oneLine(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

function write(piece: Piece): string {
  if (piece instanceof Markup) return piece.toString();
  if (piece === undefined || piece === false) return '';
  if (typeof piece === 'object') return piece.map(write).join('');
  return typeof piece === 'number' ? String(piece) : escapeText(piece);
}

export function markup(texts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return new Markup(texts.reduce((html, text, index) => html + write(pieces[index - 1]) + text));
}
