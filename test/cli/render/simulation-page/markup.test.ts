import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeText, markup } from '../../../../src/cli/render/simulation-page/markup.js';
import { readHtml } from './read-html.js';

describe('markup', () => {
  it('escapes whatever is put in, and nothing twice', () => {
    const inner = markup`<b title="${'"x" & \'y\''}">${'<i>'}</b>`;
    expect(markup`<p>${inner}${[inner, 1]}</p>`.toString()).toBe(
      '<p>' + '<b title="&quot;x&quot; &amp; &#39;y&#39;">&lt;i&gt;</b>'.repeat(2) + '1</p>',
    );
  });

  it('writes nothing for what is left out', () => {
    expect(markup`<p>${undefined}${false}${[]}</p>`.toString()).toBe('<p></p>');
  });

  it('drops characters that turn the direction of text or steer a terminal', () => {
    expect(escapeText('a\u202eb\u001b[31mc')).toBe('a b [31mc');
  });

  it('lets no text open or close a tag or an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const elements = readHtml(markup`<p class="${text}">${text}</p>`.toString());
        expect(elements.map(({ name }) => name)).toEqual(['p']);
        expect([...elements[0]!.attributes.keys()]).toEqual(['class']);
      }),
    );
  });
});
