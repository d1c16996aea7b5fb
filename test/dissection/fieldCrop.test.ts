import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { fieldCrop } from '../../src/dissection/images/fieldCrop.ts';
import { topImages } from '../../src/dissection/images/topImages.ts';
import { unitGallery } from '../../src/dissection/images/unitGallery.ts';
import { randomDirections } from '../../src/dissection/rotation/randomDirections.ts';
import { picture as makePicture } from '../../src/image/picture.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { chain, free, inputsOf, randomized } from '../oracle/building.ts';

/** A picture whose pixels tell their row and column. */
function numbered(height: number, width: number): ReturnType<typeof makePicture> {
  const data = new Uint8ClampedArray(height * width * 4);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) data.set([row, column, 7, 255], (row * width + column) * 4);
  }
  return makePicture(width, height, data);
}

const map: NdArray = { shape: [2, 3], data: Float32Array.of(0, 0, 5, 0, 0, 0) };

test('the pixels of the field, and where they are lit', () => {
  const field = { rows: [1, 3], columns: [2, 5] } as const;
  // Positions every 2 pixels, 5 at row 0 and column 4: half as much one pixel beside it.
  const upsampling = { centre: 0, jump: 2, imageSize: [5, 6] } as const;
  const { picture, mask, top, left } = fieldCrop(numbered(5, 6), { field, map }, { threshold: 1, upsampling });
  expect([top, left, picture.height, picture.width]).toEqual([1, 2, 3, 4]);
  const places = Array.from({ length: 12 }, (_, i) => [...picture.data.subarray(4 * i, 4 * i + 4)]);
  expect(places).toEqual([1, 2, 3].flatMap((row) => [2, 3, 4, 5].map((column) => [row, column, 7, 255])));
  expect(mask.shape).toEqual([3, 4]);
  // Row 1: 0, 1.25, 2.5, 2.5 (outside of all positions the nearest counts); below, 0.
  expect([...mask.data]).toEqual([0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test('fractions of pixels are included', () => {
  const field = { rows: [0.5, 1.5], columns: [0, 2.25] } as const;
  const { picture, top, left } = fieldCrop(numbered(4, 4), { field, map }, { threshold: 9 });
  expect([top, left, picture.height, picture.width]).toEqual([0, 0, 3, 4]);
});

test('what a unit or a direction saw, and nothing else, decides its activation', async () => {
  const model = randomized(
    chain(
      [9, 9, 3],
      l.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', name: 'first' }),
      l.conv2d({ filters: 4, kernelSize: 2, activation: 'relu', name: 'last' }),
      l.flatten(),
      l.dense({ units: 2, name: 'head' }),
    ),
  );
  const [x] = inputsOf(model, 4) as [NdArray];
  const images = Array.from({ length: 4 }, (_, i) => ({
    shape: [9, 9, 3],
    data: x.data.slice(243 * i, 243 * (i + 1)).map((value) => (value + 1) / 2),
  }));
  const { layers, pictures } = await unitGallery(
    model,
    images.map((image) => ({ image })),
    { layers: ['last'], scale: { range: [0, 1] }, count: 1 },
  );
  const directions = await topImages(model, images, {
    layer: 'last',
    direction: randomDirections({ count: 2, unitCount: 4 }),
    count: 1,
  });
  for (const tops of [...layers.last.units, ...directions]) {
    const [best] = tops as [(typeof tops)[0]];
    const whole = pictures[best.image] ?? numbered(9, 9);
    const threshold = 0.9 * best.activation;
    const { picture, mask, top, left } = fieldCrop(whole, best, { threshold, upsampling: layers.last.upsampling });
    expect([top, left]).toEqual([best.field.rows[0], best.field.columns[0]]);
    expect(picture.data.slice(0, 4)).toEqual(whole.data.slice((top * 9 + left) * 4, (top * 9 + left) * 4 + 4));
    // Where the position has its centre, the unit is above 0.9 of what it is there.
    if (best.activation > 0) expect(mask.data).toContain(1);
    const image = images[best.image] as NdArray;
    const blank = image.data.map((value, i) => {
      const [row, column] = [Math.floor(i / 27), Math.floor(i / 3) % 9];
      const inside = row >= top && row < top + picture.height && column >= left && column < left + picture.width;
      return inside ? value : 0;
    });
    const unit = layers.last.units.indexOf(tops);
    if (unit < 0) continue;
    const [[alone]] = (await topImages(model, [{ ...image, data: blank }], { layer: 'last', unit })) as [[typeof best]];
    const [row, column] = best.position;
    const width = best.map.shape[1] as number;
    expect(alone.map.data[row * width + column]).toBeCloseTo(best.activation, 5);
  }
  free(model);
});

test.each<[object, object, string]>([
  [{ rows: [2, 1], columns: [0, 1] }, {}, '"field" expected one with pixels of the picture'],
  [{ rows: [0, 4], columns: [0, 1] }, {}, '"field" expected one in a picture of 4 rows and 4 columns, got rows 0 to 4'],
  [{ rows: [-1, 1], columns: [0, 1] }, {}, '"field" expected one in a picture'],
  [{ rows: [0, 1], columns: [0, 1] }, { threshold: Number.NaN }, '"threshold" expected a finite number, got NaN'],
  [
    { rows: [0, 1], columns: [0, 1] },
    { upsampling: { centre: 0, jump: 0, imageSize: 4 } },
    '"upsampling.jump" expected a finite number',
  ],
  [
    { rows: [0, 1], columns: [0, 1] },
    { upsampling: { centre: 0, jump: 1, imageSize: [4, 8] } },
    '"picture" expected 4×8 pixels as the input has, got 4×4',
  ],
])('%o with %o is refused', (field, options, message) => {
  expect(() => fieldCrop(numbered(4, 4), { field, map } as never, { threshold: 1, ...options })).toThrow(message);
});

test('no picture', () => {
  const field = { rows: [0, 1], columns: [0, 1] } as const;
  expect(() => fieldCrop({} as never, { field, map }, { threshold: 1 })).toThrow('"picture" expected a picture');
});
