// Colour, and nothing but colour: the text of a painted line is that of the plain one.
import { styleText } from 'node:util';

export type Style = 'added' | 'removed' | 'held' | 'alarm' | 'strong' | 'faint';

const FORMATS = {
  added: 'green',
  removed: 'red',
  held: 'yellow',
  alarm: ['bold', 'red'],
  strong: 'bold',
  faint: 'dim',
} as const satisfies Record<Style, Parameters<typeof styleText>[0]>;

export function paint(text: string, style: Style, colours: boolean): string {
  if (!colours || text === '') return text;
  const format = FORMATS[style];
  // Whether there are colours was decided by the caller: newer Node would ask stdout again without this option.
  return styleText(typeof format === 'string' ? format : [...format], text, { validateStream: false });
}
