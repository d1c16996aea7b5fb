import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { topImages } from '../../src/dissection/images/topImages.ts';
import { activations } from '../../src/network/activations.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { chain, free, inputsOf, randomized } from '../oracle/building.ts';

const side = 9;

function network(): ReturnType<typeof chain> {
  return randomized(
    chain(
      [side, side, 2],
      l.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', name: 'first' }),
      l.conv2d({ filters: 4, kernelSize: 2, activation: 'relu', name: 'last' }),
      l.flatten(),
      l.dense({ units: 2, name: 'head' }),
    ),
  );
}

/** The peaks of responses `[n, h, w, u]` by sorting. */
function plain({ shape, data }: NdArray, channel: number, count: number): readonly object[] {
  const [images, height, width, units] = shape as [number, number, number, number];
  const peaks = Array.from({ length: images }, (_, image) => {
    const values = Array.from(
      { length: height * width },
      (_, place) => data[(image * height * width + place) * units + channel] as number,
    );
    const activation = Math.max(...values);
    const place = values.indexOf(activation);
    return { image, activation, position: [Math.floor(place / width), place % width] };
  });
  return peaks.sort((a, b) => b.activation - a.activation || a.image - b.image).slice(0, count);
}

test('the images of the greatest activations, whatever the batches', async () => {
  const model = network();
  const [x] = inputsOf(model, 7) as [NdArray];
  const { last } = await activations(model, x, ['last']);
  for (const batchSize of [1, 3, 10]) {
    const found = await topImages(model, [x], { layer: 'last', count: 4, batchSize });
    expect(found).toHaveLength(4);
    found.forEach((images, unit) => {
      expect(images.map(({ image, activation, position }) => ({ image, activation, position }))).toEqual(
        plain(last, unit, 4),
      );
    });
    const some = await topImages(model, [x], { layer: 'last', unit: [2, 0], count: 4, batchSize });
    expect(some).toEqual([found[2], found[0]]);
  }
  const [few] = await topImages(model, [x], { layer: 'last', unit: 1, count: 20 });
  expect(few).toHaveLength(7);
  free(model);
});

test('the field is what the position sees, cut off at the border', async () => {
  const model = network();
  const [x] = inputsOf(model, 5) as [NdArray];
  for (const { position, field } of (await topImages(model, [x], { layer: 'last' })).flat()) {
    // Two windows of 3 with stride 2 behind one row of zeros: 5 pixels from −1 on.
    position.forEach((index, axis) => {
      const [first, last] = axis === 0 ? field.rows : field.columns;
      expect([first, last]).toEqual([Math.max(2 * index - 1, 0), Math.min(2 * index + 3, side - 1)]);
    });
  }
  free(model);
});

test('directions: an axis is its unit, others are projections', async () => {
  const model = network();
  const [x] = inputsOf(model, 6) as [NdArray];
  const { last } = await activations(model, x, ['last']);
  const direction: NdArray = { shape: [2, 4], data: Float32Array.of(0, 0, 1, 0, 0.5, -0.5, 0.5, 0.5) };
  const [axis, mixed] = await topImages(model, [x], { layer: 'last', direction, count: 3 });
  expect([axis]).toEqual(await topImages(model, [x], { layer: 'last', unit: 2, count: 3 }));
  const data = Float32Array.from({ length: last.data.length / 4 }, (_, place) =>
    [0.5, -0.5, 0.5, 0.5].reduce((sum, weight, unit) => sum + weight * (last.data[place * 4 + unit] as number), 0),
  );
  const expected = plain({ shape: [...last.shape.slice(0, 3), 1], data }, 0, 3) as {
    image: number;
    activation: number;
  }[];
  mixed?.forEach(({ image, activation }, i) => {
    expect(image).toBe(expected[i]?.image);
    expect(activation).toBeCloseTo(expected[i]?.activation as number, 5);
  });
  free(model);
});

test.each<[object, string]>([
  [{ layer: 'lst' }, '"layer" expected the address of a layer, got "lst"; near: last'],
  [{ layer: 'head' }, '"layer" expected one with rows and columns, got "head"'],
  [{ layer: 'last', unit: 4 }, '"unit" expected an integer in 0..3, got 4'],
  [{ layer: 'last', count: 0 }, '"count" expected an integer of at least 1, got 0'],
  [
    { layer: 'last', direction: { shape: [1, 3], data: new Float32Array(3) } },
    '"direction" expected shape [d, 4], got [1, 3]',
  ],
  [
    { layer: 'last', unit: 1, direction: { shape: [1, 4], data: new Float32Array(4) } },
    '"unit" and "direction" expected one of them',
  ],
])('topImages(model, images, %o) is refused', async (options, message) => {
  const model = network();
  await expect(topImages(model, inputsOf(model, 2) as NdArray[], options as never)).rejects.toThrow(message);
  free(model);
});

test('no images', async () => {
  const model = network();
  await expect(topImages(model, [], { layer: 'last' })).rejects.toThrow('"images" expected at least one image');
  free(model);
});
