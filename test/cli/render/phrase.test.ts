import { expect, test } from 'vitest';
import fc from 'fast-check';
import { paint } from '../../../src/cli/render/paint.js';
import { describeReason, joinPieces, listNames, oneLine, quoteWord, wrapText } from '../../../src/cli/render/phrase.js';

test('names are listed whole unless it would save at least two', () => {
  expect(listNames(['a', 'b', 'c', 'd'])).toBe('a, b, c, d');
  expect(listNames(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more');
  expect(listNames([])).toBe('');
});

test('a word of a command line is quoted where a shell would read it otherwise', () => {
  expect(['tries', 'a b', "it's", '', '--replace'].map(quoteWord)).toEqual([
    'tries',
    "'a b'",
    "'it'\\''s'",
    "''",
    '--replace',
  ]);
});

test('a reason has its label once', () => {
  expect(describeReason({ code: 'busy', text: '/busy = true' })).toBe('busy: /busy = true');
  expect(describeReason({ code: 'idle', text: 'idle 52m of 30m' })).toBe('idle 52m of 30m');
  expect(describeReason({ code: 'signal-unknown', text: 'unknown since 18:41Z' })).toBe('unknown since 18:41Z');
  expect(describeReason({ code: 'frozen', text: '' })).toBe('frozen');
});

test('control characters and text that runs backwards become spaces', () => {
  expect(oneLine('a\u001b[31m\nb\u202ec\u0085')).toBe('a [31m b c');
});

const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 40 });

test('wrapping keeps every word in its order and passes the width only with a word that is longer', () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 20, max: 80 }), fc.integer({ min: 0, max: 8 }), (list, width, indent) => {
      const lines = wrapText(list.join(' '), width, indent, indent);
      expect(lines.join(' ').split(/ +/).filter(Boolean)).toEqual(list);
      expect(lines.slice(1).every((line) => line.length <= width)).toBe(true);
      expect((lines[0] ?? '').length + indent).toBeLessThanOrEqual(width);
    }),
  );
});

test('joined pieces stay whole and within the width', () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 20, max: 80 }), (pieces, width) => {
      const lines = joinPieces(pieces, '   ', width).split('\n');
      expect(lines.every((line) => line.length <= width)).toBe(true);
      expect(lines.join(' ').split(/ +/).filter(Boolean)).toEqual(pieces);
    }),
  );
});

test('paint is off without colours and never paints nothing', () => {
  expect(paint('a', 'added', false)).toBe('a');
  expect(paint('', 'added', true)).toBe('');
  expect(paint('a', 'alarm', true)).toBe('\u001b[1m\u001b[31ma\u001b[39m\u001b[22m');
});
