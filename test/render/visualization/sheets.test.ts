import { describe, expect, test } from 'vitest';
import { picture } from '../../../src/image/picture.ts';
import type { Picture } from '../../../src/image/types.ts';
import { pictureGrid } from '../../../src/render/visualization/pictureGrid.ts';
import { pictureStrip } from '../../../src/render/visualization/pictureStrip.ts';
import { spriteSheet } from '../../../src/render/visualization/spriteSheet.ts';
import type { Visualization } from '../../../src/visualization/types.ts';

/** A picture of one colour. */
function plain(width: number, height: number, color: readonly number[]): Picture {
  return picture(
    width,
    height,
    Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) => color[i % 4] as number),
  );
}

function pixel({ width, data }: Picture, x: number, y: number): readonly number[] {
  return [...data.slice((y * width + x) * 4, (y * width + x) * 4 + 4)];
}

/** Two snapshots of three pictures, 2 × 3 pixels, each of one grey. */
function seen(): Visualization {
  const data = Float32Array.from({ length: 2 * 3 * 2 * 3 }, (_, i) => Math.floor(i / 6) / 5);
  return {
    images: { shape: [2, 3, 2, 3, 1], data },
    steps: [4, 16],
    objective: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 10, 20, 30) },
    curve: { shape: [0, 3], data: new Float32Array() },
    transparency: { shape: [3, 2, 3, 1], data: new Float32Array(18) },
    parameters: [],
    memory: [],
    warnings: [],
    made: 16,
    seed: 7,
  };
}

describe('a sprite sheet', () => {
  test('has every picture where the index says, and is transparent elsewhere', () => {
    const units = [{ unit: 4 }, { unit: 1 }, { unit: 9 }];
    const { picture: sheet, index } = spriteSheet(seen(), { columns: 4, data: units });
    expect(index).toMatchObject({ width: 12, height: 4, columns: 4, spriteWidth: 3, spriteHeight: 2 });
    expect(index.sprites).toHaveLength(6);
    index.sprites.forEach(({ left, top }, i) => {
      const grey = Math.round((i / 5) * 255);
      for (const [x, y] of [
        [left, top],
        [left + 2, top + 1],
      ] as const) {
        expect(pixel(sheet, x, y)).toEqual([grey, grey, grey, 255]);
      }
    });
    expect(pixel(sheet, 6, 2)).toEqual([0, 0, 0, 0]);
    expect(index.sprites[4]).toEqual({ left: 0, top: 2, unit: 1, objective: 20, steps: 16, seed: 7 });
    expect(JSON.parse(JSON.stringify(index))).toEqual(index);
  });

  test('keeps opacity, and takes pictures and arrays', () => {
    const half = plain(2, 2, [10, 20, 30, 128]);
    const { picture: sheet, index } = spriteSheet([half, plain(2, 2, [1, 2, 3, 255])], { data: [{ layer: 'a' }, {}] });
    expect(pixel(sheet, 1, 1)).toEqual([10, 20, 30, 128]);
    expect(index.sprites).toEqual([
      { left: 0, top: 0, layer: 'a' },
      { left: 2, top: 0 },
    ]);
    const array = { shape: [5, 1, 1, 3], data: new Float32Array(15) };
    expect(spriteSheet(array).index).toMatchObject({ columns: 3, width: 3, height: 2 });
  });

  test.each([
    [[], {}, '"pictures" expected at least one picture, got none'],
    [[plain(1, 1, [0]), plain(2, 1, [0])], {}, 'expected pictures of one size, got 1×1 and 1×2 at [1]'],
    [[{}], {}, '"pictures[0]" expected a picture'],
    [null, {}, '"pictures" expected pictures, got null'],
    [seen(), { data: [{}, {}] }, '"data" expected one for each of 3 pictures, got 2'],
    [seen(), { columns: 0 }, '"columns" expected an integer of at least 1'],
    [seen(), { data: [1] }, '"data[0]" expected a plain object'],
  ])('refuses what is none %#', (pictures, options, message) => {
    expect(() => spriteSheet(pictures as never, options as never)).toThrow(message);
  });
});

describe('grids', () => {
  test('nine pictures beside nine others', () => {
    const greys = (first: number) =>
      Array.from({ length: 9 }, (_, i) => plain(60, 60, [first + i, first + i, first + i, 255]));
    const sheet = pictureGrid([greys(10), greys(100)]);
    // 3 × 60 pixels with 2 between them are 184 wide; sheets have 16 around their cells.
    expect([sheet.width, sheet.height]).toEqual([2 * 184 + 3 * 16, 184 + 32]);
    for (let i = 0; i < 9; i++) {
      const [x, y] = [16 + (i % 3) * 62 + 30, 16 + Math.floor(i / 3) * 62 + 30];
      expect(pixel(sheet, x, y)[0]).toBe(10 + i);
      expect(pixel(sheet, x + 184 + 16, y)[0]).toBe(100 + i);
    }
    expect(pixel(sheet, 16 + 60, 40)).toEqual([255, 255, 255, 255]);
  });

  test('titles, arrays, and pictures that fill no row', () => {
    const array = { shape: [2, 40, 40, 3], data: new Float32Array(9600).fill(0.5) };
    const sheet = pictureGrid([array], { columns: 5, titles: ['deconvnet'], title: 'unit 3' });
    expect(sheet.width).toBe(160 + 32);
    expect(() => pictureGrid([array], { titles: ['a', 'b'] })).toThrow('"titles" expected 1 titles, got 2');
    expect(() => pictureGrid([])).toThrow('"grids" expected at least one grid, got none');
    expect(() => pictureGrid([[]])).toThrow('"grids[0]" expected at least one picture');
    expect(() => pictureGrid(3 as never)).toThrow('"grids" expected a list');
  });
});

describe('a strip', () => {
  test('has a row for each picture and a column for each snapshot', () => {
    const strip = pictureStrip(seen(), { cellWidth: 60, titles: ['a', 'b', 'c'] });
    expect(strip.width).toBe(2 * 60 + 3 * 16);
    const height = 40 + strip.height - 3 * 40;
    expect(height).toBeGreaterThan(40);
    // The middles of the pictures, from below: no text is under them.
    const rowHeight = (strip.height - 16) / 3;
    [0, 1, 2].forEach((row) => {
      const y = Math.round(16 + (row + 1) * rowHeight - 16 - 20);
      expect(pixel(strip, 16 + 30, y)[0]).toBe(Math.round((row / 5) * 255));
      expect(pixel(strip, 16 + 60 + 16 + 30, y)[0]).toBe(Math.round(((row + 3) / 5) * 255));
    });
  });

  test('refuses what is no visualization', () => {
    expect(() => pictureStrip({} as never)).toThrow('"visualization.images" expected');
    expect(() => pictureStrip(null as never)).toThrow('"visualization" expected an object, got null');
    expect(() => pictureStrip(seen(), { titles: ['a'] })).toThrow('"titles" expected 3 titles, got 1');
  });
});
