import { expect, test } from 'vitest';
import { picture } from '../../src/image/picture.ts';
import type { Picture } from '../../src/image/types.ts';
import { VitrineError } from '../../src/numeric/errors.ts';
import { contactSheet } from '../../src/render/contactSheet.ts';
import { blank } from '../../src/render/drawing/canvas.ts';
import { glyphHeight, glyphOf, hasGlyph } from '../../src/render/drawing/font.ts';
import { drawText, textWidth, wrapText } from '../../src/render/drawing/text.ts';
import { formatNumber } from '../../src/render/formatNumber.ts';

const solid = (width: number, height: number, grey: number): Picture => blank(width, height, [grey, grey, grey]);
const at = ({ data, width }: Picture, x: number, y: number): number => data[(y * width + x) * 4] as number;

function drawn(text: string, scale = 1): readonly string[] {
  const canvas = blank(textWidth(text, { scale }), glyphHeight * scale, [255, 255, 255]);
  drawText(canvas, text, { left: 0, top: 0, scale, color: [0, 0, 0] });
  return Array.from({ length: canvas.height }, (_, y) =>
    Array.from({ length: canvas.width }, (_, x) => ' .:*#'.charAt(4 - Math.round(at(canvas, x, y) / 64))).join(''),
  );
}

test('drawText(…) draws letters of sharp strokes', () => {
  expect(drawn('Eg0')).toMatchInlineSnapshot(`
    [
      "#####       .###.",
      "#           #. .#",
      "#           #   #",
      "#     .#### #   #",
      "####  #. .# #   #",
      "#     #   # #   #",
      "#     #   # #   #",
      "#     #. .# #. .#",
      "##### .#### .###.",
      "          #      ",
      "      #. .#      ",
      "      .###.      ",
    ]
  `);
  // At twice the size, straight strokes are two whole pixels.
  expect(drawn('L', 2)).toMatchInlineSnapshot(`
    [
      "**        ",
      "##        ",
      "##        ",
      "##        ",
      "##        ",
      "##        ",
      "##        ",
      "##        ",
      "##        ",
      "##        ",
      "##        ",
      "##        ",
      "##        ",
      "##        ",
      "##        ",
      "##        ",
      "#########*",
      "*########*",
      "          ",
      "          ",
      "          ",
      "          ",
      "          ",
      "          ",
    ]
  `);
});

test('the font has every printable ASCII character, all different and within their box', () => {
  const shapes = new Set<string>();
  for (let code = 33; code < 127; code++) {
    const character = String.fromCharCode(code);
    expect(hasGlyph(character), character).toBe(true);
    const { strokes, advance } = glyphOf(character);
    shapes.add(JSON.stringify(strokes));
    for (const [x, y] of strokes.flat()) {
      expect(x, character).toBeLessThanOrEqual(advance - 2);
      expect(y, character).toBeLessThan(glyphHeight);
    }
  }
  expect(shapes.size).toBe(94);
});

test('drawText(…) takes accents off letters that the font lacks, and boxes the rest', () => {
  expect(drawn('crème')).toEqual(drawn('creme'));
  expect(glyphOf('猫').strokes).toHaveLength(1);
  expect(drawn('猫')).not.toEqual(drawn(' '));
});

test('wrapText(text, width) breaks between words, and within those too long', () => {
  const width = textWidth('integrated', { scale: 1 });
  expect(wrapText('integrated gradients by steps', width, { scale: 1 })).toEqual([
    'integrated',
    'gradients',
    'by steps',
  ]);
  const broken = wrapText('integratedgradients', width, { scale: 1 });
  expect(broken.join('')).toBe('integratedgradients');
  expect(broken.every((line) => textWidth(line, { scale: 1 }) <= width)).toBe(true);
  expect(wrapText('a\nb', 100, { scale: 1 })).toEqual(['a', 'b']);
  expect(wrapText('WW', 1, { scale: 1 })).toEqual(['W', 'W']);
});

test.each([
  [0, '0'],
  [5, '5'],
  [-1.4251, '−1.43'],
  [0.00123456, '0.00123'],
  [123.456, '123'],
  [1.2e-7, '1.2e−7'],
  [-3e9, '−3e9'],
  [1e-10, '1e−10'],
  [Number.NaN, 'NaN'],
  [Number.NEGATIVE_INFINITY, '−∞'],
])('formatNumber(%d) is %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test('contactSheet([{ picture }]) is the picture in a white frame', () => {
  const sheet = contactSheet([{ picture: solid(2, 1, 7) }], { cellWidth: 2 });
  expect([sheet.width, sheet.height]).toEqual([34, 33]);
  const dark = Array.from(sheet.data.keys()).filter((i) => i % 4 === 0 && sheet.data[i] !== 255);
  expect(dark.map((i) => i / 4)).toEqual([16 * 34 + 16, 16 * 34 + 17]);
  expect(sheet.data[(16 * 34 + 16) * 4]).toBe(7);
});

test('contactSheet(cells, { columns }) lays out rows and aligns pictures below titles', () => {
  const cells = [
    { picture: solid(8, 8, 10), title: 'A' },
    { picture: solid(8, 4, 20) },
    { picture: solid(8, 8, 30), subtitle: 'b' },
  ];
  const sheet = contactSheet(cells, { columns: 2, cellWidth: 8 });
  // Both rows have one line of text (15 + 3 pixels) above pictures of 8 pixels.
  expect([sheet.width, sheet.height]).toEqual([16 + 2 * 24, 16 + 2 * (18 + 8 + 16)]);
  expect(at(sheet, 16, 16 + 18)).toBe(10);
  expect(at(sheet, 40, 16 + 18)).toBe(20);
  expect(at(sheet, 40, 16 + 18 + 4)).toBe(255);
  expect(at(sheet, 16, 16 + 42 + 18)).toBe(30);
  expect(at(contactSheet(cells, { columns: 9, cellWidth: 8 }), 16 + 48, 16 + 18)).toBe(30);
});

test('contactSheet(cells) brings pictures to one width: large ones smoothly, tiny ones as squares', () => {
  const tiny = picture(2, 1, Uint8ClampedArray.of(0, 0, 0, 255, 200, 200, 200, 255));
  const sheet = contactSheet([{ picture: tiny }, { picture: solid(40, 40, 50) }], { columns: 2, cellWidth: 20 });
  expect([at(sheet, 16 + 9, 16), at(sheet, 16 + 10, 16)]).toEqual([0, 200]);
  expect([at(sheet, 16 + 36, 16 + 19), at(sheet, 16 + 36, 16 + 20)]).toEqual([50, 255]);
});

test('contactSheet([{ colorbar }]) draws the colours and the numbers below the picture', () => {
  const colorbar = { low: 0, high: 2, colormap: 'greys' as const };
  const sheet = contactSheet([{ picture: solid(60, 10, 128), colorbar }], { cellWidth: 60 });
  expect(sheet.height).toBe(16 + 10 + 6 + 23 + 16);
  const bar = Array.from({ length: 60 }, (_, x) => at(sheet, 16 + x, 16 + 10 + 6));
  expect(bar[0]).toBe(0);
  expect(bar[59]).toBe(255);
  expect(bar.every((value, x) => x === 0 || value > (bar[x - 1] as number))).toBe(true);
  const digits = drawn('2');
  const top = 16 + 10 + 6 + 11;
  const corner = digits.map((row, y) => Array.from(row, (_, x) => at(sheet, 76 - row.length + x, top + y) < 118));
  expect(corner).toEqual(digits.map((row) => Array.from(row, (mark) => mark === '#')));
});

test('contactSheet(cells, { magnification: 2 }) is twice as large', () => {
  const cells = [{ picture: solid(8, 8, 10), title: 'Gg', colorbar: { low: -1, high: 1, colormap: 'RdBu' as const } }];
  const once = contactSheet(cells, { cellWidth: 40 });
  const twice = contactSheet(cells, { cellWidth: 40, magnification: 2 });
  expect([twice.width, twice.height]).toEqual([once.width * 2, once.height * 2]);
});

test('contactSheet() refuses empty lists, cells without picture and bad options', () => {
  const cell = { picture: solid(1, 1, 0) };
  expect(() => contactSheet([])).toThrow(
    new VitrineError('bad-argument', '"cells" expected a list of at least one {picture}, got []'),
  );
  expect(() => contactSheet(undefined as never)).toThrow(VitrineError);
  expect(() => contactSheet([cell, {} as never])).toThrow('"cells[1].picture" expected a picture');
  expect(() => contactSheet([cell], { columns: 0 })).toThrow('"columns" expected an integer of at least 1, got 0');
  expect(() => contactSheet([cell], { magnification: 1.5 })).toThrow(
    '"magnification" expected an integer in 1..16, got 1.5',
  );
  expect(() => contactSheet([cell], { cellWidth: 0 })).toThrow('"cellWidth" expected an integer of at least 1, got 0');
  const colorbar = { low: Number.NaN, high: 1, colormap: 'greys' as const };
  expect(() => contactSheet([{ ...cell, colorbar }])).toThrow(
    '"cells[0].colorbar.low" expected a finite number, got NaN',
  );
});
