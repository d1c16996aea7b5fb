import { expect, test } from 'vitest';
import type { Picture } from '../../src/image/types.ts';
import { contactSheet } from '../../src/render/contactSheet.ts';
import { blank } from '../../src/render/drawing/canvas.ts';

const [white, ink, grey] = ['255,255,255', '26,28,33', '98,104,115'];
const red = blank(160, 10, [200, 0, 0]);

/** Where pixels of a colour are: the first and last column and row. */
function extent({ data, width }: Picture, color: string): readonly number[] | undefined {
  const places = Array.from({ length: data.length / 4 }, (_, i) => i).filter(
    (i) => data.subarray(4 * i, 4 * i + 3).join() === color,
  );
  const [columns, rows] = [places.map((i) => i % width), places.map((i) => Math.floor(i / width))];
  if (places.length === 0) return undefined;
  return [Math.min(...columns), Math.max(...columns), Math.min(...rows), Math.max(...rows)];
}

test('titles are in the colour of ink, what is below them in grey, each where it belongs', () => {
  const titled = contactSheet([{ picture: red, title: 'H' }]);
  const subtitled = contactSheet([{ picture: red, subtitle: 'H' }]);
  const headed = contactSheet([{ picture: red }], { title: 'H' });
  expect(extent(titled, grey as string)).toBeUndefined();
  expect(extent(subtitled, ink as string)).toBeUndefined();
  const [left, right, top, bottom] = extent(titled, ink as string) as number[];
  expect([left, top]).toEqual([16, 16]);
  // Bold is one stroke wider.
  expect(extent(subtitled, grey as string)).toEqual([left, (right as number) - 1, top, bottom]);
  // A heading is bold and half as large again, in whole pixels a stroke; the ends of its strokes are half covered.
  expect(extent(headed, ink as string)).toEqual([16, 16 + 2 * (5 + 1) - 1, 17, 32]);
});

test('a picture has a gap on all sides, and below a colour bar', () => {
  const plain = contactSheet([{ picture: red }]);
  expect([plain.width, plain.height]).toEqual([192, 42]);
  expect(extent(plain, '200,0,0')).toEqual([16, 175, 16, 25]);
  const barred = contactSheet([{ picture: red, colorbar: { low: 0, high: 1, colormap: 'viridis' } }]);
  expect([barred.width, barred.height]).toEqual([192, 42 + 6 + 23]);
  expect(extent(barred, '253,231,37')).toEqual([175, 175, 32, 39]);
  expect(extent(barred, grey as string)?.slice(0, 1)).toEqual([16]);
  expect(extent(barred, white as string)).toEqual([0, 191, 0, 70]);
});

test('a picture half as wide as its cell is enlarged to it', () => {
  const half = contactSheet([{ picture: blank(80, 5, [200, 0, 0]) }], { cellWidth: 160 });
  expect(extent(half, '200,0,0')).toEqual([16, 175, 16, 25]);
});

test('with a magnification, gaps and the margins of the heading grow too', () => {
  const sheet = (title: string): Picture => contactSheet([{ picture: red }], { magnification: 2, title });
  // The heading is drawn with three pixels a stroke: of two pixels and half as many again.
  expect(extent(sheet('H'), ink as string)?.[0]).toBe(32);
  const long = sheet('HHHHH '.repeat(12));
  const [left, right] = extent(long, ink as string) as [number, number];
  expect(left).toBe(32);
  expect(right).toBeLessThan(long.width - 32);
  expect(right).toBeGreaterThan(long.width - 32 - 6 * 21);
});
