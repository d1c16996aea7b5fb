import { describe, expect, test } from 'vitest';
import type { Picture } from '../../src/image/types.ts';
import { blank, fill } from '../../src/render/drawing/canvas.ts';
import { colorBarHeight, drawColorBar } from '../../src/render/drawing/colorBar.ts';
import { type Colormap, colorTable } from '../../src/render/drawing/colormaps.ts';
import { textWidth } from '../../src/render/drawing/text.ts';

const white = [255, 255, 255] as const;
const ink = [10, 60, 110] as const;
const pixel = ({ data, width }: Picture, x: number, y: number): number[] => [
  ...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3),
];

interface Drawn {
  readonly low?: number;
  readonly high?: number;
  readonly colormap?: Colormap;
  readonly width?: number;
  readonly scale?: number;
}

/** A bar three pixels from the left and two from the top of a white canvas, with as much room on the other sides. */
function bar({ low = 0, high = 1, colormap = 'viridis', width = 60, scale = 1 }: Drawn): Picture {
  const canvas = blank(width + 6, colorBarHeight * scale + 4, white);
  drawColorBar(canvas, { low, high, colormap }, { left: 3, top: 2, width, scale, color: ink });
  return canvas;
}

/** Where a column has ink, of the rows from one up to another. */
function inked(canvas: Picture, [from, to]: readonly [number, number]): readonly number[] {
  return Array.from({ length: canvas.width }, (_, x) => x).filter((x) =>
    Array.from({ length: to - from }, (_, y) => pixel(canvas, x, from + y)).some(([red]) => red !== 255),
  );
}

test('fill(…) mixes each channel with its own, inside the box alone', () => {
  const canvas = blank(4, 3, [1, 2, 3]);
  fill(canvas, { left: 1, top: 1, width: 2, height: 5 }, ink);
  const rows = [0, 1, 2].map((y) => [0, 1, 2, 3].map((x) => pixel(canvas, x, y).join()));
  const [old, changed] = ['1,2,3', '10,60,110'];
  expect(rows).toEqual([[old, old, old, old], ...[1, 2].map(() => [old, changed, changed, old])]);
});

describe('drawColorBar(…)', () => {
  test.each([60, 2, 1])(
    'its colours go from the first to the last of the table in %i columns, and no further',
    (width) => {
      const canvas = bar({ width });
      const table = colorTable('viridis');
      for (let x = 0; x < width; x++) {
        const entry = width === 1 ? 0 : Math.round((255 * x) / (width - 1));
        for (const y of [2, 9]) expect(pixel(canvas, 3 + x, y)).toEqual([...table.subarray(3 * entry, 3 * entry + 3)]);
        for (const y of [1, 10]) expect(pixel(canvas, 3 + x, y)).toEqual([...white]);
      }
      for (const x of [2, 3 + width]) expect(pixel(canvas, x, 5)).toEqual([...white]);
    },
  );

  test('it is as high as the strokes of its text are wide, eightfold', () => {
    const canvas = bar({ scale: 3 });
    expect([1, 2, 25, 26].map((y) => pixel(canvas, 3, y)[0] === 255)).toEqual([true, false, false, true]);
  });

  test('a mark as wide as a stroke is at zero inside the scale, none is at its ends', () => {
    expect(inked(bar({ low: -1, high: 1, colormap: 'RdBu' }), [10, 12])).toEqual([33]);
    expect(inked(bar({ low: -1, high: 1, colormap: 'RdBu', scale: 2 }), [18, 22])).toEqual([32, 33]);
    expect(inked(bar({}), [10, 12])).toEqual([]);
  });

  test('its numbers begin and end with it, zero is below its mark unless it is near an end', () => {
    const [minus, one, zero] = ['−1', '1', '0'].map((text) => textWidth(text, { scale: 1 })) as [
      number,
      number,
      number,
    ];
    const columns = inked(bar({ low: -1, high: 1, colormap: 'RdBu' }), [13, 27]);
    expect([columns.at(0), columns.at(-1)]).toEqual([3, 62]);
    expect(columns.filter((x) => x >= 3 + minus && x < 63 - one)).toEqual(
      Array.from({ length: zero }, (_, i) => 33 - Math.floor(zero / 2) + i),
    );
    const near = inked(bar({ low: -1, high: 9, colormap: 'RdBu' }), [13, 27]);
    expect(near.filter((x) => x > 3 + minus && x < 63 - one - 2)).toEqual([]);
  });
});
