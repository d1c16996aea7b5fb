import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TopImage, topImages } from '../../../src/dissection/images/topImages.ts';
import { cropPicture } from '../../../src/image/crop.ts';
import { fromInput } from '../../../src/image/fromInput.ts';
import { type NdArray, rowOf } from '../../../src/numeric/ndarray.ts';
import { scores } from '../../../src/scoring/scores.ts';
import type { Target } from '../../../src/scoring/types.ts';
import { type NaturalExamplesOptions, naturalExamples } from '../../../src/visualization/trust/naturalExamples.ts';
import { chain, free, inputsOf, randomized } from '../../oracle/building.ts';

const scale = { range: [-1, 1] } as const;
let model: LayersModel;
let images: NdArray;
beforeAll(() => {
  model = randomized(
    chain(
      [10, 12, 3],
      l.conv2d({ filters: 4, kernelSize: 3, activation: 'relu', name: 'first' }),
      l.conv2d({ filters: 5, kernelSize: 3, padding: 'same', name: 'second' }),
      l.flatten(),
      l.dense({ units: 3, name: 'head' }),
    ),
    3,
  );
  [images] = inputsOf(model, 7, 1) as [NdArray];
});
afterAll(() => free(model));

const vector = [1, 0, -1, 0.5, 0];
const objectives: readonly Target[] = [
  2,
  { layer: 'second', unit: 1 },
  { layer: 'second', vector },
  { layer: 'head', unit: 0 },
];

test.each([1, 4])('the images of the greatest scores, first the best, in batches of %i', async (batchSize) => {
  const found = await naturalExamples(model, images, { objectives, scale, count: 3, batchSize });
  for (const [i, target] of objectives.entries()) {
    const { values } = await scores(model, images, { target });
    const order = Array.from(values.keys()).sort((a, b) => (values[b] as number) - (values[a] as number));
    expect(found[i]?.map(({ image }) => image)).toEqual(order.slice(0, 3));
    found[i]?.forEach(({ image, objective }) => expect(objective).toBeCloseTo(values[image] as number, 5));
  }
});

test('a unit of a layer that applies a ReLU is compared before it, as pictures are made', async () => {
  const [ofUnit] = await naturalExamples(model, images, { objectives: [{ layer: 'first', unit: 1 }], scale });
  const { values } = await scores(model, images, { target: { layer: 'first@preactivation', unit: 1 } });
  expect(ofUnit?.[0]?.objective).toBeCloseTo(Math.max(...values), 5);
});

test('pictures are the images, patches what a unit sees where it is greatest', async () => {
  const [ofClass, ofUnit] = await naturalExamples(model, [images], { objectives, scale, count: 7 });
  const [peaks] = await topImages(model, images, { layer: 'second', unit: 1 });
  ofClass?.forEach(({ image, picture, patch }) => {
    expect(picture).toEqual(fromInput(images, { ...scale, example: image }));
    expect(patch).toEqual(picture);
  });
  ofUnit?.forEach(({ image, picture, patch }) => {
    const [row, column] = placeIn(peaks ?? [], image);
    expect([patch.width, patch.height]).toEqual([5, 5]);
    // The second layer reaches over a border of zeros, which is grey here.
    const [top, left] = [Math.max(0, row - 1), Math.max(0, column - 1)];
    const [bottom, right] = [Math.min(9, row + 3), Math.min(11, column + 3)];
    const inside = { height: bottom - top + 1, width: right - left + 1 };
    const shown = cropPicture(patch, { top: top - (row - 1), left: left - (column - 1), ...inside });
    expect(shown).toEqual(cropPicture(picture, { top, left, ...inside }));
    if (row === 0) expect([...patch.data.subarray(0, 4)]).toEqual([128, 128, 128, 255]);
  });
});

function placeIn(peaks: readonly TopImage[], image: number): TopImage['position'] {
  return peaks.find((peak) => peak.image === image)?.position ?? [0, 0];
}

test('what cannot be', async () => {
  const good: NaturalExamplesOptions = { objectives: [0], scale };
  const wrong: [options: object, message: RegExp][] = [
    [{ objectives: [] }, /"objectives" expected a list with elements/],
    [{ objectives: 0 }, /"objectives" expected a list, got 0/],
    [{ objectives: [{ layer: 'third', unit: 0 }] }, /expected the address of a layer, got "third"/],
    [{ scale: undefined }, /"scale" expected an object/],
    [{ scale: {} }, /"preprocessing" expected a preset/],
    [{ count: 0 }, /"count" expected an integer of at least 1/],
  ];
  for (const [options, message] of wrong) {
    await expect(naturalExamples(model, images, { ...good, ...options } as NaturalExamplesOptions)).rejects.toThrow(
      message,
    );
  }
  const broken: NdArray = { shape: [1, 10, 12, 3], data: rowOf(images, 0).map(() => Number.NaN) };
  await expect(naturalExamples(model, broken, good)).rejects.toThrow(/"images" expected finite numbers/);
  await expect(naturalExamples(model, [], good)).rejects.toThrow(/"images" expected at least one image/);
});
