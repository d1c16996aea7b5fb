import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { composites, deepLift, lrp, rules } from '../../../src/attribution/index.ts';
import { compile } from '../../../src/network/compile.ts';
import { loadModel } from '../../../src/network/loadModel.ts';
import { predict } from '../../../src/network/predict.ts';
import { type NdArray, sizeOf } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import type { ScoreFunction } from '../../../src/scoring/types.ts';
import { expectClose } from '../../support/close.ts';
import { chainJson, layerJson, modelFiles, type WeightsJson } from '../../support/kerasJson.ts';
import { expectGradient } from '../../support/operations.ts';

interface Case {
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Of an example; the model leaves open what is in `open`. */
  readonly shape: readonly number[];
  readonly open?: readonly number[];
  /** The shapes of its weights. */
  readonly weights?: Readonly<Record<string, readonly number[]>>;
}

const picture = [3, 4, 6];
const volume = [2, 3, 4, 2];
const scaled = { gamma: [6], beta: [6] };

/** Layers of Keras that tfjs lacks or takes otherwise, and whose rules are said to hold. */
const cases: Readonly<Record<string, Case>> = {
  'layer normalisation': { kind: 'LayerNormalization', options: { axis: [-1] }, shape: picture, weights: scaled },
  'group normalisation': { kind: 'GroupNormalization', options: { groups: 3 }, shape: picture, weights: scaled },
  'group normalisation, each channel': {
    kind: 'GroupNormalization',
    options: { groups: -1 },
    shape: picture,
    weights: scaled,
  },
  'group normalisation, channels first': {
    kind: 'GroupNormalization',
    options: { groups: 2, axis: 1 },
    shape: [6, 3, 4],
    weights: scaled,
  },
  'group normalisation, open size': {
    kind: 'GroupNormalization',
    options: { groups: 2 },
    shape: picture,
    open: [0, 1],
    weights: scaled,
  },
  'group normalisation of volumes': {
    kind: 'GroupNormalization',
    options: { groups: 2, center: false },
    shape: [2, 3, 2, 6],
    weights: { gamma: [6] },
  },
  'root mean square': { kind: 'RMSNormalization', options: { axis: -1 }, shape: picture, weights: { scale: [6] } },
  'a grouped convolution': {
    kind: 'Conv2D',
    options: { filters: 4, kernel_size: [2, 2], groups: 2, padding: 'same' },
    shape: picture,
    weights: { kernel: [2, 2, 3, 4], bias: [4] },
  },
  'a grouped convolution of a sequence': {
    kind: 'Conv1D',
    options: { filters: 3, kernel_size: [2], groups: 3 },
    shape: [5, 6],
    weights: { kernel: [2, 2, 3], bias: [3] },
  },
  'a causal convolution': {
    kind: 'Conv1D',
    options: { filters: 3, kernel_size: [2], padding: 'causal' },
    shape: [5, 2],
    weights: { kernel: [2, 2, 3], bias: [3] },
  },
  'hard swish': { kind: 'Activation', options: { activation: 'hard_silu' }, shape: picture },
  'rescaling by lists': {
    kind: 'Rescaling',
    options: { scale: [1, 2, 0.5, 3, 1, 2], offset: [0, 1, -1, 0.5, 2, 0.25] },
    shape: picture,
  },
  'an open reshape': { kind: 'Reshape', options: { target_shape: [-1, 8] }, shape: picture },
  'a dilated convolution of volumes': {
    kind: 'Conv3D',
    options: { filters: 2, kernel_size: [2, 2, 2], dilation_rate: [1, 2, 2] },
    shape: volume,
    weights: { kernel: [2, 2, 2, 2, 2], bias: [2] },
  },
  'zero padding of volumes': {
    kind: 'ZeroPadding3D',
    options: {
      padding: [
        [1, 0],
        [0, 2],
        [1, 1],
      ],
    },
    shape: volume,
  },
  'cropping of volumes': {
    kind: 'Cropping3D',
    options: {
      cropping: [
        [0, 1],
        [1, 0],
        [1, 1],
      ],
    },
    shape: volume,
  },
  'up-sampling of volumes': { kind: 'UpSampling3D', options: { size: [2, 1, 2] }, shape: volume },
  'global average of volumes': { kind: 'GlobalAveragePooling3D', options: {}, shape: volume },
  'global maximum of volumes': { kind: 'GlobalMaxPooling3D', options: { keepdims: true }, shape: volume },
};

function numbers(length: number, seed: number): number[] {
  const draw = random(seed);
  return Array.from({ length }, () => 0.25 + draw.uniform());
}

async function using(
  { kind, options, shape, open = [], weights = {} }: Case,
  job: (model: LayersModel, x: NdArray) => Promise<void>,
): Promise<void> {
  const layer = layerJson(kind, { name: 'layer', ...options });
  const given: WeightsJson = Object.fromEntries(
    Object.entries(weights).map(([name, lengths], i) => [
      `layer/${name}`,
      { shape: lengths, values: numbers(sizeOf(lengths), i) },
    ]),
  );
  const inputShape = shape.map((length, axis) => (open.includes(axis) ? (null as unknown as number) : length));
  const model = await loadModel(modelFiles(chainJson(inputShape, [layer]), given));
  const draw = random(7);
  await job(model, {
    shape: [2, ...shape],
    data: Float32Array.from({ length: 2 * sizeOf(shape) }, () => 2 * draw.uniform() - 1),
  });
  model.dispose();
}

/** A different share of each number. */
const shares: ScoreFunction = ([y]) => {
  const rows = tf.reshape(y as tf.Tensor, [(y as tf.Tensor).shape[0] as number, -1]) as tf.Tensor2D;
  return tf.sum(tf.mul(rows, tf.cos(tf.range(0, rows.shape[1]))), 1);
};

describe.each(Object.entries(cases))('%s', (_name, given) => {
  test('gives what the layer gives, and has its gradient', async () => {
    await using(given, async (model, x) => {
      const tensor = tf.tensor(x.data, [...x.shape]);
      const expected = tf.tidy(() => model.predict(tensor) as tf.Tensor);
      await expectClose((await predict(model, x)).values as NdArray, expected);
      const network = compile(model);
      await expectGradient(network, tensor);
      network.dispose();
      tf.dispose([tensor, expected]);
    });
  });

  test('LRP without biases adds up to the score', async () => {
    await using(given, async (model, x) => {
      const composite = composites.uniform(rules.epsilon());
      const { values, score } = await lrp(model, x, { composite, bias: false, target: shares });
      const size = values.data.length / 2;
      for (const [n, expected] of score.entries()) {
        const sum = values.data.subarray(n * size, (n + 1) * size).reduce((total, value) => total + value, 0);
        expect(sum / expected).toBeCloseTo(1, 2);
      }
    });
  });

  test('DeepLIFT adds up to the difference of the scores', async () => {
    await using(given, async (model, x) => {
      for (const rule of ['rescale', 'revealCancel'] as const) {
        const { delta, score } = await deepLift(model, x, { target: shares, rule, baseline: 0.3 });
        delta?.forEach((gap, i) =>
          expect(Math.abs(gap) / Math.max(1, Math.abs(score[i] as number))).toBeLessThan(1e-4),
        );
      }
    });
  });
});
