// The option `--product` of commands that play a product themselves.
import { PurserError } from '../core/errors.js';
import type { CommandContext } from './command.js';
import { readOptionText } from './option-text.js';

/** `otherwise` counts without the option. undefined: not said. Throws `option-invalid`. */
export function readProduct(context: CommandContext, otherwise?: string): 'marketplace' | 'cloud' | undefined {
  const product = readOptionText(context, 'product') ?? otherwise;
  if (product === undefined || product === 'marketplace' || product === 'cloud') return product;
  throw new PurserError('option-invalid', `There is no product "${product}": use marketplace or cloud.`);
}
