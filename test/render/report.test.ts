import { expect, test } from 'vitest';
import { decodeImage } from '../../src/image/files/decodeImage.ts';
import { picture } from '../../src/image/picture.ts';
import { VitrineError } from '../../src/numeric/errors.ts';
import { type ReportSection, report } from '../../src/render/report.ts';

const dot = picture(1, 1, Uint8ClampedArray.of(1, 2, 3, 255));

test('report(sections) escapes text, captions, cells and titles', () => {
  const evil = `<script>alert("a & 'b'")</script>`;
  const html = report(
    [
      {
        title: evil,
        text: evil,
        pictures: [{ picture: dot, caption: evil }],
        table: { columns: [evil], rows: [[evil]] },
      },
    ],
    { title: evil, language: '"><script>' },
  );
  expect(html).not.toContain('<script');
  expect(html.split('&lt;script&gt;alert(&quot;a &amp; &#39;b&#39;&quot;)&lt;/script&gt;')).toHaveLength(9);
});

test('report(sections) holds its pictures and loads nothing', async () => {
  const html = report([{ title: 'One', pictures: [{ picture: dot, caption: 'dot' }] }]);
  const [, data] = html.match(
    /src="data:image\/png;base64,([^"]+)" width="1" height="1" class="tiny" alt="dot"/,
  ) as string[] as [string, string];
  expect(await decodeImage(Buffer.from(data, 'base64'))).toEqual(dot);
  expect(html).not.toMatch(/https?:|<link|@import|url\(/);
  expect(html.match(/src=/g)).toHaveLength(1);
});

test('report(sections) has headings, paragraphs and tables in order', () => {
  const table = {
    columns: ['class', 'p', 'ok'],
    rows: [
      ['cat', 0.40512, true],
      ['dog', null, false],
    ],
  } as const;
  const html = report([{ title: 'Prediction', text: 'One.\nStill one.\n\nTwo.', table }, { title: 'Next' }], {
    title: 'All',
  });
  expect(html).toContain('<h1>All</h1>');
  expect(html.match(/<h2>(.*?)<\/h2>/g)).toEqual(['<h2>Prediction</h2>', '<h2>Next</h2>']);
  expect(html).toContain('<p>One.\nStill one.</p>\n<p>Two.</p>');
  expect(html).toContain('<tr><th>class</th><th class="number">p</th><th>ok</th></tr>');
  expect(html).toContain('<tr><td>cat</td><td class="number">0.405</td><td>yes</td></tr>');
  expect(html).toContain('<tr><td>dog</td><td class="number">–</td><td>no</td></tr>');
  expect(html).toContain('color-scheme: light dark');
  expect(html.startsWith('<!DOCTYPE html>\n<html lang="en">')).toBe(true);
});

test('report(sections) closes every element that it opens', () => {
  const html = report([
    { title: 'T', text: 'x', pictures: [{ picture: dot }], table: { columns: ['a'], rows: [[1]] } },
  ]);
  const open: string[] = [];
  for (const [, slash, name] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/g) as Iterable<
    [string, string, string]
  >) {
    if (slash) expect(open.pop()).toBe(name);
    else if (!['meta', 'img'].includes(name)) open.push(name);
  }
  expect(open).toEqual([]);
});

test('report() refuses bad sections', () => {
  expect(() => report('text' as never)).toThrow(
    new VitrineError('bad-argument', '"sections" expected a list, got "text"'),
  );
  expect(() => report([{} as ReportSection])).toThrow(
    new VitrineError('bad-argument', '"sections[0].title" expected a string, got undefined'),
  );
  expect(() => report([{ title: 'T', pictures: [{ picture: 3 as never }] }])).toThrow(
    '"sections[0].pictures[0].picture" expected a picture',
  );
  expect(() => report([{ title: 'T', table: { columns: ['a', 'b'], rows: [[1]] } }])).toThrow(
    new VitrineError('bad-argument', '"sections[0].table.rows[0]" expected 2 values, got 1'),
  );
});
