import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderTable } from '../../../src/cli/render/render-table.js';
import { cutToWidth, padToWidth, widthOf } from '../../../src/cli/render/text-width.js';

describe('widthOf', () => {
  it.each([
    ['web-1', 5],
    ['', 0],
    ['東京', 4],
    ['ｗｅｂ', 6],
    ['한국', 4],
    ['🚀', 2],
    ['👩‍💻', 2],
    ['🇫🇷', 2],
    ['❤️', 2],
    ['1️⃣', 2],
    ['café', 4],
    ['cafe\u0301', 4],
    ['a\u200bb', 2],
    ['Привет', 6],
    ['…', 1],
  ])('counts the columns of %j as %d', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it('is the length of every text that a keyboard of ASCII writes', () => {
    fc.assert(fc.property(fc.string(), (text) => (/^[\x20-\x7e]*$/.test(text) ? widthOf(text) === text.length : true)));
  });
});

describe('padding and cutting', () => {
  it('never cut a character in two, and never pass the width', () => {
    expect(cutToWidth('東京大阪', 6)).toBe('東京…');
    expect(cutToWidth('🚀🚀', 3)).toBe('🚀…');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, width) => {
        expect(widthOf(cutToWidth(text, width))).toBeLessThanOrEqual(Math.max(width, 1));
      }),
    );
  });

  it('fill up to the columns that are seen', () => {
    expect(padToWidth('東京', 6)).toBe('東京  ');
    expect(padToWidth('🚀', 4, 'right')).toBe('  🚀');
  });
});

it('a table stays aligned behind wide names', () => {
  const table = renderTable(
    [{ title: 'NAME' }, { title: 'COUNTRY' }],
    [
      ['東京-1', 'JP'],
      ['web-1', 'FR'],
      ['🚀', 'DE'],
    ],
    {
      width: undefined,
      colours: false,
    },
  );
  const columns = table.split('\n').map((line) => widthOf(line.slice(0, line.search(/(COUNTRY|JP|FR|DE)$/))));
  expect(new Set(columns)).toEqual(new Set([8]));
});
