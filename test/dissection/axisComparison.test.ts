import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { dissect } from '../../src/dissection/dissect.ts';
import { dissectActivations } from '../../src/dissection/dissectActivations.ts';
import { type AxisComparison, axisComparison } from '../../src/dissection/rotation/axisComparison.ts';
import { directionDissection } from '../../src/dissection/rotation/directionDissection.ts';
import { mixed, mixOf } from '../../src/dissection/rotation/mixed.ts';
import { randomDirections } from '../../src/dissection/rotation/randomDirections.ts';
import { random } from '../../src/numeric/random.ts';
import { atOnce } from '../../src/numeric/sliced.ts';
import type { LabelledImage } from '../../src/readings/labels.ts';
import { chain, free } from '../oracle/building.ts';
import { concepts, randomLabelled } from '../support/labelled.ts';
import { expectNear } from '../support/near.ts';
import { smallSide as side, smallImages, smallNetwork } from '../support/smallNetwork.ts';

test('both sides are the dissections of units and of directions, in one pair of readings', async () => {
  const model = smallNetwork();
  const options = { concepts, quantile: 0.1, threshold: 0.1 };
  const stages: string[] = [];
  const found = await axisComparison(model, smallImages(6), {
    ...options,
    layer: 'conv',
    count: 9,
    seed: 4,
    batchSize: 6,
    onProgress: ({ stage }) => stages.push(stage),
  });
  expect(stages).toEqual(['thresholds', 'tally']);
  expect(found.units).toEqual((await dissect(model, smallImages(6), { ...options, layers: ['conv'] })).conv);
  const directions = randomDirections({ count: 9, unitCount: 6, seed: 4 });
  expect(found.vectors).toEqual(directions);
  expect(found.directions).toEqual(
    await directionDissection(model, smallImages(6), { ...options, layer: 'conv', directions }),
  );
  expect([...found.iou.units]).toEqual(found.units.units.map(({ best }) => best?.iou ?? 0));
  expect(found.iou.directions).toHaveLength(9);
  const pairs = [...found.iou.units].flatMap((a) => [...found.iou.directions].map((b) => [a, b] as const));
  const wins = pairs.reduce((sum, [a, b]) => sum + (a > b ? 1 : a === b ? 0.5 : 0), 0);
  expect(found.superiority).toBeCloseTo(wins / pairs.length, 12);
  expect(found.pValue).toBeGreaterThan(0);
  free(model);
});

test('as many directions as units by default, by the seed', async () => {
  const model = smallNetwork();
  const run = (seed: number): Promise<AxisComparison> =>
    axisComparison(model, smallImages(3), { layer: 'conv', concepts, seed });
  const [one, same, other] = [await run(0), await run(0), await run(1)];
  expect(one.vectors.shape).toEqual([6, 6]);
  expect(same).toEqual(one);
  expect(other.units).toEqual(one.units);
  expect(other.vectors).not.toEqual(one.vectors);
  free(model);
});

/** Pictures of which each channel is a concept of its own: units that copy channels are it, mixtures are not. */
test('where each unit is a concept, units are above directions', async () => {
  const channels = 6;
  const { uniform } = random(8);
  const planted = Array.from({ length: 12 }, (): LabelledImage => {
    const data = Float32Array.from({ length: side * side * channels }, () => 0.4 * uniform());
    const planes = new Int32Array(side * side);
    for (let channel = 0; channel < channels; channel++) {
      const pixel = Math.floor(uniform() * side * side);
      data[pixel * channels + channel] = 1;
      planes[pixel] = channel + 1;
    }
    return { image: { shape: [side, side, channels], data }, planes: { shape: [1, side, side], data: planes } };
  });
  const names = Array.from({ length: channels }, (_, i) => ({ number: i + 1, name: `${i}`, category: 'object' }));
  const model = chain(
    [side, side, channels],
    l.depthwiseConv2d({ kernelSize: 1, depthwiseInitializer: 'ones', name: 'copy' }),
    l.globalAveragePooling2d({}),
  );
  const options = { layer: 'copy', concepts: names, quantile: 1 / (side * side), threshold: 0.3, count: 24 };
  const found = await axisComparison(model, planted, options);
  expect(found.units.uniqueDetectors.argmax.total).toBe(channels);
  expect(Math.min(...found.iou.units)).toBeGreaterThan(0.5);
  expect(found.superiority).toBeGreaterThan(0.8);
  expect(found.pValue).toBeLessThan(0.01);
  free(model);
});

test('centring changes nothing but thresholds', async () => {
  const samples = randomLabelled({ images: 6, positions: [4, 4], pixels: [6, 6], units: 5 }, 7);
  const mix = mixOf(randomDirections({ count: 8, unitCount: 5, seed: 2 }));
  const run = (by: number): ReturnType<typeof dissectActivations> =>
    dissectActivations(
      samples.map(({ activations: { shape, data }, ...labels }) => ({
        ...labels,
        activations: atOnce(mixed({ shape, data: data.map((value, i) => value - by * (1 + (i % 5))) }, mix)),
      })),
      { concepts, quantile: 0.1 },
    );
  const [given, centred] = [await run(0), await run(0.25)];
  expect(centred.iou).toEqual(given.iou);
  expect(centred.thresholds).not.toEqual(given.thresholds);
});

test('random directions have unit length, no preferred axis, and keep their places', () => {
  const { shape, data } = randomDirections({ count: 4000, unitCount: 3, seed: 5 });
  expect(shape).toEqual([4000, 3]);
  const rows = Array.from({ length: 4000 }, (_, i) => data.subarray(3 * i, 3 * i + 3));
  for (const row of rows) expect(Math.hypot(...row)).toBeCloseTo(1, 6);
  // Mean 0 and variance 1/3 of each coordinate, of 4000 draws.
  const means = [0, 1, 2].map((axis) => rows.reduce((sum, row) => sum + (row[axis] as number), 0) / 4000);
  expectNear(means, [0, 0, 0], 0.04);
  const squares = [0, 1, 2].map((axis) => rows.reduce((sum, row) => sum + (row[axis] as number) ** 2, 0) / 4000);
  expectNear(squares, [1 / 3, 1 / 3, 1 / 3], 0.02);
  expect(randomDirections({ count: 2, unitCount: 3, seed: 5 }).data).toEqual(data.slice(0, 6));
});

test.each<[object, string]>([
  [{ count: 0 }, '"count" expected an integer of at least 1'],
  [{ layer: 'head' }, '"layer" expected layers with rows and columns, got "head"'],
  [{ seed: 0.5 }, '"seed" expected a safe integer, got 0.5'],
])('with %o is refused', async (wrong, message) => {
  const model = smallNetwork();
  await expect(axisComparison(model, smallImages(2), { layer: 'conv', concepts, ...wrong })).rejects.toThrow(message);
  free(model);
});
