// What to do about text that is no YAML, by the code of the parser's error. Words only; the parser's own sentence stands beside.
import type { ErrorCode } from 'yaml';

const BRACKET = 'Close the bracket that is still open: every [ needs its ], every { its }.';

const COLON = 'Write a colon and a space behind the key, as in `name: web`, and indent keys of the same mapping alike.';

const HINTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  BAD_ALIAS: 'Quote a text that begins with * or &, as in "*/5 * * * *".',
  BAD_DQ_ESCAPE: 'Write the backslash twice, or put the text in single quotes.',
  BAD_INDENT: 'Give keys of the same mapping the same indentation.',
  BAD_SCALAR_START: 'Quote the text that begins with this character.',
  BLOCK_AS_IMPLICIT_KEY: 'Quote a text that holds ": ", or indent this line like the keys beside it.',
  BLOCK_IN_FLOW: 'Put a comma between the entries, and close every [ and {.',
  DUPLICATE_KEY: 'Keep one of them.',
  MISSING_CHAR: 'Close the quote or the bracket, or quote the text.',
  MULTILINE_IMPLICIT_KEY: COLON,
  NON_STRING_KEY: 'Quote the key.',
  TAB_AS_INDENT: 'Indent with spaces.',
  TAG_RESOLVE_FAILED: 'Quote a text that begins with !.',
  UNEXPECTED_TOKEN: 'Quote the whole text if this belongs to it; else leave it out, or put it on a line of its own.',
};

/** Empty where nothing useful can be said. */
export function findYamlHint(code: ErrorCode, message: string): string {
  if (code === 'BAD_INDENT' && message.startsWith('Flow ')) return BRACKET;
  if (code === 'MISSING_CHAR' && message.startsWith('Implicit ')) return COLON;
  return HINTS[code] ?? '';
}
