import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers as l, model as modelFrom, input as symbolic } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gradCam } from '../../src/attribution/cam/gradCam.ts';
import { gradient } from '../../src/attribution/gradient/gradient.ts';
import { lrp } from '../../src/attribution/relevance/lrp.ts';
import { deletion } from '../../src/metrics/faithfulness/curves.ts';
import { faithfulnessEstimate } from '../../src/metrics/faithfulness/faithfulnessEstimate.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { scores } from '../../src/scoring/scores.ts';
import { box, mask } from '../../src/scoring/targets/regionTargets.ts';
import type { Target } from '../../src/scoring/types.ts';
import { apply, chain, conv, free, inputsOf, randomized } from '../oracle/building.ts';
import { expectClose } from '../support/close.ts';

const [rows, columns, classes] = [6, 7, 4];
const region = { shape: [rows, columns], data: Uint8Array.from({ length: 42 }, (_, i) => Number(i % 7 > 2 && i < 30)) };
const inside = Array.from(region.data.keys()).filter((i) => region.data[i] === 1);

let models: readonly LayersModel[];
let [linear, segmenter, detector]: LayersModel[] = [];
let x: NdArray;
beforeAll(() => {
  linear = randomized(chain([rows, columns, 2], l.conv2d({ filters: classes, kernelSize: 1, name: 'scores' })), 1);
  segmenter = randomized(
    chain(
      [rows, columns, 2],
      conv({ name: 'conv', padding: 'same', activation: 'relu' }),
      l.conv2d({ filters: classes, kernelSize: 1, activation: 'softmax', name: 'seg' }),
    ),
    2,
  );
  detector = detectorOf();
  models = [linear, segmenter, detector];
  [x] = inputsOf(linear, 2, 3) as [NdArray];
});
afterAll(() => models.forEach(free));

/** Five boxes, their edges first and then the scores of three classes. */
function detectorOf(): LayersModel {
  const picture = symbolic({ shape: [rows, columns, 2] });
  const features = apply(l.flatten(), apply(conv({ activation: 'relu', name: 'conv' }), picture));
  const head = (units: number, name: string, activation: 'linear' | 'sigmoid') =>
    apply(
      l.activation({ activation, name }),
      apply(l.reshape({ targetShape: [5, units] }), apply(l.dense({ units: 5 * units }), features)),
    );
  const outputs = [head(4, 'edges', 'linear'), head(3, 'found', 'sigmoid')];
  return randomized(modelFrom({ inputs: picture, outputs }), 4);
}

async function outputOf(model: LayersModel, which = 0): Promise<Float32Array> {
  const output = tf.tidy(() => [model.predict(tf.tensor(x.data, [...x.shape]))].flat()[which] as tf.Tensor);
  const data = (await output.data()) as Float32Array;
  output.dispose();
  return data;
}

describe('targets.mask(class, region)', () => {
  test('the gradient of a mean over the region is the weight of each channel there, divided by the area', async () => {
    const kernel = (await (linear as LayersModel).getWeights()[0]?.data()) as Float32Array;
    for (const reduce of ['mean', 'sum'] as const) {
      const { values, score, target, explained } = await gradient(linear as LayersModel, x, {
        target: mask(3, region, { reduce }),
      });
      const share = reduce === 'mean' ? 1 / inside.length : 1;
      const expected = x.data.map((_, i) => {
        const pixel = Math.floor(i / 2) % 42;
        return (region.data[pixel] as number) * share * (kernel[(i % 2) * classes + 3] as number);
      });
      await expectClose(values, { shape: x.shape, data: expected });
      const output = await outputOf(linear as LayersModel);
      const sums = [0, 1].map((n) =>
        inside.reduce((sum, i) => sum + (output[(n * 42 + i) * classes + 3] as number), 0),
      );
      sums.forEach((sum, n) => expect(score[n]).toBeCloseTo(sum * share, 4));
      expect(target).toBeNull();
      expect(explained).toEqual({ target: { class: 3, mask: region, reduce }, scale: 'logit' });
    }
  });

  test('softmax and its logits are those of each position', async () => {
    const output = await outputOf(segmenter as LayersModel);
    const mean = (n: number, of: (p: number) => number): number =>
      inside.reduce((sum, i) => sum + of(output[(n * 42 + i) * classes + 1] as number), 0) / inside.length;
    const target = mask(1, region);
    const probability = await scores(segmenter as LayersModel, x, { target, scale: 'probability' });
    const logarithm = await scores(segmenter as LayersModel, x, { target, scale: 'logProbability' });
    for (const n of [0, 1]) {
      expect(probability.values[n]).toBeCloseTo(
        mean(n, (p) => p),
        5,
      );
      expect(logarithm.values[n]).toBeCloseTo(mean(n, Math.log), 5);
    }
    await expectSlope(segmenter as LayersModel, { target, scale: 'probability' });
    await expectSlope(segmenter as LayersModel, { target });
  });

  test('masks and classes of each example', async () => {
    const other = { shape: [rows, columns], data: region.data.map((value) => 1 - value) };
    const both = { shape: [2, rows, columns], data: Uint8Array.of(...region.data, ...other.data) };
    const { values } = await scores(segmenter as LayersModel, x, { target: mask([2, 0], both) });
    const [first] = (await scores(segmenter as LayersModel, x, { target: mask(2, region) })).values;
    const [, second] = (await scores(segmenter as LayersModel, x, { target: mask(0, other) })).values;
    expect(values).toEqual(Float32Array.of(first as number, second as number));
  });

  test('CAMs, relevance and metrics take it, and metrics measure it without being told again', async () => {
    const target = mask(1, region);
    const attribution = await gradCam(segmenter as LayersModel, x, { target });
    expect(attribution.layer).toBe('conv');
    expect((await lrp(linear as LayersModel, x, { target })).explained.target).toEqual(target);
    const measured = await deletion(segmenter as LayersModel, x, { attribution });
    const told = await deletion(segmenter as LayersModel, x, { attribution: attribution.values, target });
    expect(measured).toEqual(told);
    // What a linear score loses without a pixel is what the pixel contributes.
    const own = await gradient(linear as LayersModel, x, { target });
    const exact = {
      ...own,
      values: { shape: x.shape, data: own.values.data.map((g, i) => g * (x.data[i] as number)) },
    };
    const { score } = await faithfulnessEstimate(linear as LayersModel, x, { attribution: exact, perStep: 1 });
    score.forEach((value) => expect(value).toBeCloseTo(1, 4));
  });

  test.each<[string, Target, string]>([
    [
      'a mask of another size',
      mask(1, { shape: [3, 3], data: new Uint8Array(9).fill(1) }),
      '"target.mask" expected the positions of an output',
    ],
    [
      'an empty mask',
      mask(1, { ...region, data: new Uint8Array(42) }),
      '"target.mask" expected positions inside, got none',
    ],
    [
      'masks of three examples',
      mask(1, { shape: [3, rows, columns], data: new Uint8Array(126).fill(1) }),
      '"target.mask" expected a mask for each of 2 example(s), got 3',
    ],
    ['an unknown class', mask(4, region), '"target.class" expected an integer in 0..3, got 4'],
    [
      'no class',
      { class: 'predicted', mask: region } as unknown as Target,
      '"target.class" expected a class, got "predicted"',
    ],
    [
      'no mask',
      { class: 1, mask: 3 } as unknown as Target,
      '"target.mask" expected {shape, data} with a typed array, got 3',
    ],
  ])('%s is refused', async (_, target, message) => {
    await expect(gradient(segmenter as LayersModel, x, { target })).rejects.toThrow(message);
  });

  test('wrong arguments are named', () => {
    expect(() => mask('cat' as unknown as number, region)).toThrow('"classes" expected an integer of at least 0');
    expect(() => mask(1, [[1]] as never)).toThrow('"region" expected {shape, data}');
    expect(() => mask(1, region, { reduce: 'max' as 'sum' })).toThrow('"reduce" expected one of');
    expect(() => box(-1, 0)).toThrow('"index" expected an integer of at least 0, got -1');
  });
});

describe('targets.box(index, class)', () => {
  test('the score of a box, not of its edges', async () => {
    const output = await outputOf(detector as LayersModel, 1);
    const target = box(3, [2, 0]);
    const { values, explained } = await scores(detector as LayersModel, x, { target, scale: 'probability' });
    expect(values[0]).toBeCloseTo(output[3 * 3 + 2] as number, 5);
    expect(values[1]).toBeCloseTo(output[15 + 3 * 3] as number, 5);
    expect(explained).toEqual({ target, scale: 'probability' });
    await expectSlope(detector as LayersModel, { target });
    const named = await scores(detector as LayersModel, x, {
      target: { output: 'found', target },
      scale: 'probability',
    });
    expect(named.values).toEqual(values);
  });

  test('an output can be named, and what does not fit is refused', async () => {
    const edges = await outputOf(detector as LayersModel, 0);
    const { values } = await scores(detector as LayersModel, x, { target: { output: 0, target: box(4, 1) } });
    expect(values[0]).toBeCloseTo(edges[4 * 4 + 1] as number, 4);
    await expect(scores(detector as LayersModel, x, { target: box(5, 0) })).rejects.toThrow(
      '"target.box" expected an integer in 0..4, got 5',
    );
    await expect(scores(segmenter as LayersModel, x, { target: box(0, 0) })).rejects.toThrow(
      '"target" expected an output [n, boxes, classes] for a box, got "seg"',
    );
  });
});

/** The gradient along a direction is the slope of the score. */
async function expectSlope(model: LayersModel, options: object): Promise<void> {
  const { values } = await gradient(model, x, options);
  const [direction] = inputsOf(model, 2, 9) as [NdArray];
  const step = 2e-3;
  const moved = async (sign: number): Promise<Float32Array> => {
    const data = x.data.map((value, i) => value + sign * step * (direction.data[i] as number));
    return (await scores(model, { shape: x.shape, data }, options)).values;
  };
  const [above, below] = [await moved(1), await moved(-1)];
  const size = x.data.length / 2;
  const slopes = Float32Array.from([0, 1], (n) =>
    values.data
      .subarray(n * size, (n + 1) * size)
      .reduce((sum, g, i) => sum + g * (direction.data[n * size + i] as number), 0),
  );
  const differences = above.map((value, n) => (value - (below[n] as number)) / (2 * step));
  await expectClose({ shape: [2], data: slopes }, { shape: [2], data: differences }, { tolerance: 0.03, floor: 0.1 });
}
