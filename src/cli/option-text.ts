// An option's value as text. Commander gives texts for options with a value; everything else counts as not given.
import type { CommandContext } from './command.js';

export function readOptionText({ options }: Pick<CommandContext, 'options'>, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}
