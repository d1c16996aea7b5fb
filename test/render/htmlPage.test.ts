import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatNumber } from '../../src/render/formatNumber.ts';
import { embeddedJson, htmlPage, paragraphsHtml } from '../../src/render/htmlPage.ts';

test('embeddedJson(value) is that value for JSON.parse, and can end no script', () => {
  fc.assert(
    fc.property(fc.json(), fc.string({ unit: 'binary' }), (json, text) => {
      const value: unknown = { any: JSON.parse(json) as unknown, text, script: `</script><!--${text}` };
      const written = embeddedJson(value);
      expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(written).not.toMatch(/[<\p{Cc}\p{NChar}]/u);
    }),
  );
});

test('paragraphsHtml(text) has a paragraph for each block of lines, with what is in it escaped', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z<>&"]{1,8}$/), { maxLength: 5 }), (blocks) => {
      const written = paragraphsHtml(blocks.join('\n \n\n'));
      expect(written).toHaveLength(blocks.length);
      written.forEach((html, i) => {
        expect(html.startsWith('<p>') && html.endsWith('</p>')).toBe(true);
        const inner = html.slice(3, -4);
        expect(inner).not.toMatch(/[<>"]/);
        const read = inner.replace(/&(lt|gt|quot|amp);/g, (_, name: string) => {
          return { lt: '<', gt: '>', quot: '"', amp: '&' }[name] as string;
        });
        expect(read).toBe(blocks[i]);
      });
    }),
  );
  expect(paragraphsHtml(' \n\n ')).toEqual([]);
});

test('htmlPage(…) has title, language, style, main part and scripts, in this order', () => {
  const html = htmlPage({
    title: 'a < "b"',
    language: 'de"',
    style: '.own { color: red; }',
    main: '<p id="main">x</p>',
    scripts: '<script>let own = 1;</script>\n',
  });
  const parts = [
    '<!DOCTYPE html>',
    '<html lang="de&quot;">',
    '<title>a &lt; &quot;b&quot;</title>',
    '.own { color: red; }</style>',
    '<h1>a &lt; &quot;b&quot;</h1>',
    '<p id="main">x</p>',
    '</main>',
    '<script>let own = 1;</script>',
    '</body>',
  ];
  const places = parts.map((part) => html.indexOf(part));
  expect(places.every((place) => place >= 0)).toBe(true);
  expect([...places].sort((a, b) => a - b)).toEqual(places);
  expect(htmlPage({ title: 'x', main: '' })).toContain('<html lang="en">');
});

test('formatNumber(value) keeps three significant digits, whatever the size', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e300, max: 1e300, noNaN: true }), (value) => {
      const read = Number(formatNumber(value).replaceAll('−', '-'));
      if (value === 0) expect(read).toBeCloseTo(0, 12);
      else expect(Math.abs(read - value) / Math.abs(value)).toBeLessThan(0.00501);
    }),
  );
});
