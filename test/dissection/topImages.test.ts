import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { composites, type LrpOptions, lrp, rules } from '../../src/attribution/index.ts';
import { type TopImagesOptions, topImages } from '../../src/dissection/images/topImages.ts';
import { activations } from '../../src/network/activations.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { ExplainOptions } from '../../src/scoring/types.ts';
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

/** The images of a network that ends in two classes, by the sums of `lrp` maps of the layer. */
async function byRelevance(
  model: LayersModel,
  x: NdArray,
  { unit, ...options }: ExplainOptions & LrpOptions & { readonly layer: string; readonly unit: number },
): Promise<readonly object[]> {
  const { values } = await lrp(model, x, options);
  const { [options.layer]: activation } = await activations(model, x, [options.layer]);
  const [images, height, width, units] = values.shape as [number, number, number, number];
  const found = Array.from({ length: images }, (_, image) => {
    const places = Array.from(
      { length: height * width },
      (_, place) => (image * height * width + place) * units + unit,
    );
    const relevances = places.map((place) => values.data[place] as number);
    const place = relevances.indexOf(Math.max(...relevances));
    return {
      image,
      relevance: relevances.reduce((sum, value) => sum + value, 0),
      activation: activation?.data[places[place] as number],
      position: [Math.floor(place / width), place % width],
    };
  });
  return found.sort((a, b) => b.relevance - a.relevance || a.image - b.image);
}

test('by relevance: the sums of the maps of lrp, with the position of the greatest relevance', async () => {
  const model = network();
  const [x] = inputsOf(model, 7) as [NdArray];
  const classes = [0, 1, 1, 0, 0, 1, 0];
  for (const options of [
    {},
    { target: 1 },
    { target: classes, composite: composites.epsilonPlusFlat() },
    { bias: false },
  ]) {
    for (const batchSize of [1, 3]) {
      const wanted = { ...options, layer: 'last', batchSize };
      const found = await topImages(model, [x], { ...wanted, count: 7, by: 'relevance' });
      for (const [unit, images] of found.entries()) {
        const expected = (await byRelevance(model, x, { ...wanted, unit })) as typeof images;
        expect(images.map(({ image, position }) => ({ image, position }))).toEqual(
          expected.map(({ image, position }) => ({ image, position })),
        );
        images.forEach(({ relevance, activation }, i) => {
          expect(relevance).toBeCloseTo(expected[i]?.relevance as number, 4);
          expect(activation).toBeCloseTo(expected[i]?.activation as number, 5);
        });
      }
    }
  }
  free(model);
});

test('by relevance: what cannot be', async () => {
  const model = network();
  const [x] = inputsOf(model, 3) as [NdArray];
  const by = 'relevance';
  const direction: NdArray = { shape: [1, 4], data: Float32Array.of(1, 0, 0, 0) };
  const wrong: [options: object, message: RegExp][] = [
    [{ by, direction }, /"direction" expected none where images are ranked by relevance/],
    [{ target: 1 }, /"target" expected none where images are ranked by activation/],
    [{ by: 'activation', bias: false }, /"bias" expected none where images are ranked by activation/],
    [{ by: 'relevances' }, /"by" expected one of relevance, activation/],
    [{ by, target: 2 }, /"target" expected an integer in 0..1, got 2/],
    [{ by, target: [0, 1] }, /"target" expected a class for each image, got 2 for more images/],
    [{ by, target: { layer: 'first', unit: 0 } }, /"layer" expected one before the target, got "last"/],
    [{ by, rules: [[{ address: 'lost' }, rules.pass()]] }, /"rules\[0\]\[0\].address" expected .* got "lost"/],
  ];
  for (const [options, message] of wrong) {
    await expect(topImages(model, [x], { layer: 'last', ...options } as TopImagesOptions)).rejects.toThrow(message);
  }
  free(model);
});
