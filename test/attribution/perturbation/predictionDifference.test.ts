import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { fitPatchGaussians, predictionDifference } from '../../../src/attribution/index.ts';
import { type NdArray, sizeOf } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import type { Attribution } from '../../../src/scoring/types.ts';
import { classifier, free, inputsOf } from '../../oracle/building.ts';
import { batch, denseModel } from '../../oracle/denseModel.ts';
import {
  conditionalWindow,
  evidence,
  type Pair,
  patchMoments,
  windowAverages,
  windowCorners,
  windowOf,
} from '../../oracle/predictionDifference.ts';
import { thorough } from '../../support/backend.ts';
import { linearModel } from '../../support/linearModel.ts';
import { expectNear } from '../../support/near.ts';

/** Pictures whose neighbours are like one another. */
function smooth(shape: readonly number[], seed: number): NdArray {
  const { normal } = random(seed);
  let last = 0;
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => (last = 0.6 * last + normal())) };
}

describe('fitPatchGaussians', () => {
  const pictures = smooth([3, 5, 6, 2], 1);

  test('mean, covariance and range of all patches, channel by channel', async () => {
    const { patch, mean, covariance, low, high } = await fitPatchGaussians(pictures, { window: [1, 2], padding: 1 });
    expect(patch).toEqual([3, 4]);
    expect([mean.shape, covariance.shape, low.shape]).toEqual([
      [2, 12],
      [2, 12, 12],
      [5, 6, 2],
    ]);
    for (const channel of [0, 1]) {
      const expected = patchMoments(pictures, [3, 4], channel);
      expectNear(mean.data.slice(12 * channel, 12 * channel + 12), expected.mean, 1e-10);
      expectNear(covariance.data.slice(144 * channel, 144 * channel + 144), expected.covariance.flat(), 1e-10);
    }
    const seen = (i: number): number[] => [0, 60, 120].map((first) => pictures.data[first + i] as number);
    expect([...low.data]).toEqual(Array.from(low.data, (_, i) => Math.min(...seen(i))));
    expect([...high.data]).toEqual(Array.from(high.data, (_, i) => Math.max(...seen(i))));
  });

  test('fewer patches: those that the seed draws', async () => {
    const run = (seed: number) => fitPatchGaussians(pictures, { window: 1, padding: 1, samples: 9, seed });
    const [one, again, other] = [await run(1), await run(1), await run(2)];
    expect(again).toEqual(one);
    expect(other.mean).not.toEqual(one.mean);
    expect(structuredClone(one)).toEqual(one);
  });
});

describe('of a linear score', () => {
  const weights = Array.from({ length: 40 }, (_, i) => Math.cos(i));
  const [x, other] = [smooth([2, 5, 4, 2], 2), smooth([1, 5, 4, 2], 3)];
  const drops = (example: number, corners: readonly Pair[], size: Pair, channels: readonly number[]): number[] =>
    corners.map(([top, left]) => {
      let sum = 0;
      for (let row = top; row < top + size[0]; row++) {
        for (let column = left; column < left + size[1]; column++) {
          for (const channel of channels) {
            const i = (row * 4 + column) * 2 + channel;
            sum += (weights[i] as number) * ((x.data[40 * example + i] as number) - (other.data[i] as number));
          }
        }
      }
      return sum;
    });

  test.each<[string, object, Pair, Pair, number[]]>([
    ['by default half a window on', { window: 3 }, [3, 3], [2, 2], [0, 1]],
    ['a window and a stride of two sides', { window: [2, 3], stride: [2, 1] }, [2, 3], [2, 1], [0, 1]],
    ['one channel alone', { window: [2, 2], stride: 2, unit: 1 }, [2, 2], [2, 2], [1]],
    ['several samples of the one there is', { window: 3, samples: 4 }, [3, 3], [2, 2], [0, 1]],
  ])('windows of the only other picture: Σ w (x − x′), %s', async (_name, options, size, stride, channels) => {
    const model = linearModel([5, 4, 2], weights);
    const found = await predictionDifference(model, x, { ...options, background: other, sampler: 'marginal' });
    expect(found.values.shape).toEqual([2, 5, 4]);
    const corners = windowCorners([5, 4], size, stride);
    const expected = [0, 1].flatMap((example) =>
      windowAverages(drops(example, corners, size, channels), { corners, size }, [5, 4]),
    );
    expectNear(found.values.data, expected, 1e-4);
    model.dispose();
  });

  test('the conditional mean, where nothing varies, is the picture of the background', async () => {
    const model = linearModel([5, 4, 2], weights);
    const background = { shape: [2, 5, 4, 2], data: new Float32Array(80).fill(0.25) };
    const corners = windowCorners([5, 4], [2, 2], [1, 1]);
    const options = { window: 2, padding: 1, background, samples: 1 };
    const { values } = await predictionDifference(model, x, options);
    const flat = [0, 1].flatMap((example) => {
      const own = corners.map(([top, left]) =>
        [0, 1, 2, 3, 4, 5, 6, 7].reduce((sum, k) => {
          const i = ((top + (k >> 2)) * 4 + left + ((k >> 1) & 1)) * 2 + (k & 1);
          return sum + (weights[i] as number) * ((x.data[40 * example + i] as number) - 0.25);
        }, 0),
      );
      return windowAverages(own, { corners, size: [2, 2] }, [5, 4]);
    });
    expectNear(values.data, flat, 1e-4);
    model.dispose();
  });

  test('a pixel that always is like its surroundings is filled in from these', async () => {
    const { normal } = random(4);
    const grey = Array.from({ length: 20 }, normal);
    const background = {
      shape: [20, 3, 3, 1],
      data: Float32Array.from({ length: 180 }, (_, i) => grey[Math.floor(i / 9)] as number),
    };
    const picture = { shape: [1, 3, 3, 1], data: Float32Array.of(0.5, 0.5, 0.5, 0.5, 2, 0.5, 0.5, 0.5, 0.5) };
    const model = linearModel([3, 3, 1], [0, 0, 0, 0, 3, 0, 0, 0, 0]);
    const { values } = await predictionDifference(model, picture, { background, window: 1, padding: 1, samples: 3 });
    expectNear([values.data[4] as number], [3 * (2 - 0.5)], 1e-3);
    model.dispose();
  });
});

test('units of a dense layer have the values of other examples: w (h − h′) each', async () => {
  const model = denseModel([
    {
      kernel: [
        [1, -1, 2],
        [0.5, 1, -1],
      ],
      bias: [0, 1, 0],
      activation: 'relu',
    },
    { kernel: [[2], [-3], [0.5]], bias: [1], activation: 'linear' },
  ]);
  const options = { background: batch([[1, 0]]), layer: 'dense0', window: 1, samples: 2 };
  const expected = [2 * (2 - 1), -3 * (2 - 0), 0.5 * (0 - 2)];
  for (const unit of [0, 1, 2]) {
    const { values, layer } = await predictionDifference(model, batch([[1, 2]]), {
      ...options,
      unit,
      sampler: 'marginal',
    });
    expect(layer).toBe('dense0');
    expect(values.shape).toEqual([1, 1, 1]);
    expectNear(values.data, [expected[unit] as number], 1e-5);
  }
  model.dispose();
});

/** What some layers of a chain make of values. */
async function through(layers: LayersModel['layers'], { shape, data }: NdArray): Promise<NdArray> {
  const found = tf.tidy(() =>
    layers.reduce((value, layer) => layer.apply(value) as tf.Tensor, tf.tensor(data, [...shape]) as tf.Tensor),
  );
  const values = { shape: found.shape, data: (await found.data()) as Float32Array };
  found.dispose();
  return values;
}

describe.each<[string, { at: number; layer?: string; size: Pair }]>([
  ['pixels', { at: 0, size: [1, 2] }],
  ['hidden units', { at: 1, layer: 'conv1', size: [2, 1] }],
])('%s: the evidence lost, sample by sample', (_what, { at, layer, size }) => {
  const [seed, samples, target, trainingSize, padding] = [3, 2, 1, 1000, 1];
  const pictures = smooth([30, 6, 7, 2], 8);

  const samplers: readonly { sampler: 'marginal' | 'conditional'; unit?: number }[] = [
    { sampler: 'conditional', unit: 0 },
    { sampler: 'conditional' },
    { sampler: 'marginal' },
    { sampler: 'marginal', unit: 1 },
  ];
  test.each(thorough ? samplers : samplers.slice(0, 1))('%o', async (options) => {
    const model = classifier();
    const x = inputsOf(model, 2)[0] as NdArray;
    const [before, after] = [model.layers.slice(1, at + 1), model.layers.slice(at + 1)];
    const [picture, background] = [await through(before, x), await through(before, pictures)];
    const [, rows, columns, channels] = picture.shape as [number, number, number, number];
    const corners = windowCorners([rows, columns], size, [1, 1]);

    const fillIn = (example: number, w: number, sample: number): Float32Array => {
      const draw = random(seed, example, w, sample);
      const corner = corners[w] as Pair;
      const from = options.sampler === 'marginal' ? draw.integer(30) : 0;
      const length = rows * columns * channels;
      const row = picture.data.slice(example * length, (example + 1) * length);
      for (const channel of options.unit === undefined ? new Array(channels).keys() : [options.unit]) {
        const window =
          options.sampler === 'marginal'
            ? windowOf(background, { example: from, channel, corner, size })
            : conditionalWindow({ background, picture, example, channel }, { corner, size, padding }, draw);
        window.forEach((value, i) => {
          const [r, c] = [corner[0] + Math.floor(i / size[1]), corner[1] + (i % size[1])];
          row[(r * columns + c) * channels + channel] = value;
        });
      }
      return row;
    };
    const [whole, expected] = [await through(after, picture), [] as number[]];
    for (const example of [0, 1]) {
      const bits: number[] = [];
      for (const w of corners.keys()) {
        const filled = Array.from({ length: samples }, (_, sample) => [...fillIn(example, w, sample)]).flat();
        const { data } = await through(after, {
          shape: [samples, rows, columns, channels],
          data: Float32Array.from(filled),
        });
        const mean = data.filter((_, i) => i % 4 === target).reduce((sum, p) => sum + p / samples, 0);
        bits.push(evidence(whole.data[4 * example + target] as number, mean, { classes: 4, trainingSize }));
      }
      expected.push(...windowAverages(bits, { corners, size }, [rows, columns]));
    }

    const { values } = await predictionDifference(model, x, {
      ...{ ...options, ...(layer && { layer }), background: pictures, target, trainingSize, samples, seed },
      ...{ window: size, padding, stride: 1, batchSize: 3 },
    });
    expect(values.shape).toEqual([2, rows, columns]);
    expectNear(values.data, expected, 1e-4);
    free(model);
  });
});

describe('the score that is explained', () => {
  const options = { window: 3, samples: 2, sampler: 'marginal', background: smooth([5, 6, 7, 2], 6) } as const;
  const run = async (more: object): Promise<Attribution> => {
    const model = classifier();
    const found = await predictionDifference(model, inputsOf(model, 1)[0] as NdArray, { ...options, ...more });
    free(model);
    return found;
  };

  test('a contrast of two classes has the difference of the differences of their logits', async () => {
    const [one, other] = [await run({ target: 0, scale: 'logit' }), await run({ target: 2, scale: 'logit' })];
    const contrast = await run({ target: { class: 0, minus: 2 }, scale: 'logit' });
    expectNear(
      contrast.values.data,
      [...one.values.data].map((value, i) => value - (other.values.data[i] as number)),
      1e-5,
    );
  });

  test('a unit has differences of its activation, a class bits by default', async () => {
    expect((await run({ target: { layer: 'conv2', unit: 1 } })).target).toBeNull();
    expect((await run({})).values.data).toEqual((await run({ scale: 'probability' })).values.data);
  });

  test('the seed decides what is put in', async () => {
    const [one, again, other] = [await run({ seed: 1 }), await run({ seed: 1 }), await run({ seed: 2 })];
    expect(again.values).toEqual(one.values);
    expect(other.values).not.toEqual(one.values);
  });
});
