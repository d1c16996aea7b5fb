import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as tfl from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import {
  deconvnet,
  eigenCam,
  eigenGradCam,
  elementWiseCam,
  expectedGradients,
  fullGrad,
  gradCam,
  gradCamPlusPlus,
  gradient,
  gradientTimesInput,
  guidedBackprop,
  hiResCam,
  integratedGradients,
  layerCam,
  noiseTunnel,
  xGradCam,
} from '../../src/attribution/index.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { Attribution, ExplainOptions, ScoreFunction } from '../../src/scoring/types.ts';
import { backend } from '../support/backend.ts';

// Values computed by hand from the definitions: no implementation made them.

function array(shape: readonly number[], values: readonly number[]): NdArray {
  return { shape, data: Float32Array.from(values) };
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[], tolerance = 1e-5): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) =>
    expect(Math.abs((actual[i] as number) - value)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(value))),
  );
}

async function withModel(
  model: LayersModel,
  weights: readonly (readonly [readonly number[], readonly number[]])[],
  run: (model: LayersModel) => Promise<void>,
): Promise<void> {
  tf.tidy(() => model.setWeights(weights.map(([shape, values]) => tf.tensor([...values], [...shape]))));
  try {
    await run(model);
  } finally {
    model.dispose();
  }
}

/** Hands three numbers on, so that a score function alone decides. */
function passing(): LayersModel {
  return tfl.sequential({ layers: [tfl.layers.dense({ units: 3, inputShape: [3], useBias: false })] });
}
const identity3 = [
  [
    [3, 3],
    [1, 0, 0, 0, 1, 0, 0, 0, 1],
  ],
] as const;

// F = relu(x·W1 + b1)·W2 + b2.
function denseNet(): LayersModel {
  return tfl.sequential({
    layers: [
      tfl.layers.dense({ units: 3, inputShape: [3], activation: 'relu', name: 'hidden' }),
      tfl.layers.dense({ units: 1 }),
    ],
  });
}
const denseWeights = [
  [
    [3, 3],
    [1, -1, 0.5, 2, 1, -1, -0.5, 1.5, 1],
  ],
  [[3], [0.5, -1, 0.25]],
  [
    [3, 1],
    [1, -2, 1.5],
  ],
  [[1], [0.25]],
] as const;
const densePoint = array([1, 3], [1, 0.5, 2]);

const denseCases: readonly [string, (model: LayersModel) => Promise<Attribution>, readonly number[], number?][] = [
  ['gradient', (model) => gradient(model, densePoint), [3.75, -1.5, -2]],
  ['gradientTimesInput', (model) => gradientTimesInput(model, densePoint), [3.75, -0.75, -4]],
  ['deconvnet', (model) => deconvnet(model, densePoint), [1.75, 0.5, 1]],
  ['guidedBackprop', (model) => guidedBackprop(model, densePoint), [1.75, 0.5, 1]],
  [
    'integratedGradients, 50 Gauss–Legendre points',
    (model) => integratedGradients(model, densePoint, { baseline: array([3], [0, 0.5, 0]) }),
    [3.153785, 0, -2.72694],
  ],
  [
    'integratedGradients, 4000 middle points: the exact integral',
    (model) =>
      integratedGradients(model, densePoint, {
        baseline: array([3], [0, 0.5, 0]),
        rule: 'middle',
        steps: 4000,
        batchSize: 500,
      }),
    [3.175, 0, -2.8],
    2e-3,
  ],
  [
    'gradientTimesInput {layer}',
    (model) => gradientTimesInput(model, densePoint, { layer: 'hidden' }),
    [1.5, -3, 3.375],
  ],
];

test.each(denseCases)('%s of a dense network', async (_name, explain, expected, tolerance) => {
  await withModel(denseNet(), denseWeights, async (model) => {
    const { values, score } = await explain(model);
    expectClose(values.data, expected, tolerance);
    expectClose(score, [2.125]);
  });
});

test('integratedGradients(…).delta is Σ values − (F(x) − F(baseline))', async () => {
  await withModel(denseNet(), denseWeights, async (model) => {
    const { delta } = await integratedGradients(model, densePoint, { baseline: array([3], [0, 0.5, 0]) });
    expectClose(delta as Float32Array, [3.153785 - 2.72694 - 0.375], 1e-4);
  });
});

test('fullGrad refuses a model without an image input', async () => {
  await withModel(denseNet(), denseWeights, async (model) => {
    await expect(fullGrad(model, densePoint)).rejects.toThrow('"model" expected one input of images or volumes');
  });
});

const curve: ScoreFunction = (outputs) =>
  tf.tidy(() => {
    const [x, y, z] = tf.split(outputs[0] as tf.Tensor2D, 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor];
    return tf.squeeze(tf.add(tf.add(tf.mul(x, 5), tf.mul(y, y)), tf.sin(z)), [1]);
  });

test.each([
  ['gausslegendre', 5, [10, 12, 0.362045]],
  ['left', 5, [10, 11.2, 0.378608]],
  ['right', 5, [10, 12.8, 0.34488]],
  ['middle', 5, [10, 12, 0.362196]],
  ['trapezoid', 5, [10, 12, 0.361574]],
  ['left', 50, [10, 11.92, 0.363729]],
  ['right', 50, [10, 12.08, 0.360356]],
  ['trapezoid', 50, [10, 12, 0.362042]],
] as const)('integratedGradients of 5x + y² + sin z by %s with %d steps', async (rule, steps, expected) => {
  await withModel(passing(), identity3, async (model) => {
    const options = { baseline: array([3], [1, 2, 0.5]), rule, steps, target: curve };
    const { values, target } = await integratedGradients(model, array([3], [3, 4, 1]), options);
    // The shading languages promise the sine to no more than 2^-11.
    expectClose(values.data, expected, ['cpu', 'wasm'].includes(backend) ? 1e-5 : 5e-5);
    expect(target).toBeNull();
  });
});

// A layer of activations A under a linear head with the weights g, so that ∂F/∂A = g.
const activations = [1, 0, 2, 4, 3, 1, 0, 2];
const gradients = [0.5, -1, -0.25, 0.5, 1, -0.5, 0, 0.25];
const camModel = (): LayersModel =>
  tfl.sequential({
    layers: [
      tfl.layers.conv2d({ filters: 2, kernelSize: 1, useBias: false, inputShape: [2, 2, 2], name: 'A' }),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 1, useBias: false }),
    ],
  });
const camWeights = [
  [
    [1, 1, 2, 2],
    [1, 0, 0, 1],
  ],
  [[8, 1], gradients],
] as const;

type Cam = (
  model: LayersModel,
  x: NdArray,
  options: ExplainOptions & { layer: string; size: 'layer'; rectify: false; normalizeAlpha?: boolean },
) => Promise<Attribution>;
const camCases: readonly [string, Cam, readonly number[], boolean?][] = [
  ['gradCam', gradCam, [0.3125, -0.125, 0.75, -0.375]],
  ['hiResCam', hiResCam, [0.5, 1.5, 2.5, 0.5]],
  ['elementWiseCam', elementWiseCam, [0.5, 2, 3, 0.5]],
  ['xGradCam', xGradCam, [0.5, 2.142857, 1.785714, 0.571429]],
  ['layerCam', layerCam, [0.5, 2, 3, 0.5]],
  ['gradCamPlusPlus', gradCamPlusPlus, [0.225, 1.0803, 0.8326, 0.3152]],
  ['gradCamPlusPlus {normalizeAlpha: true}', gradCamPlusPlus, [0.692308, 2.790021, 2.428275, 0.702703], true],
];

test.each(camCases)('%s of given activations and gradients', async (_name, cam, expected, normalizeAlpha) => {
  await withModel(camModel(), camWeights, async (model) => {
    const options = { layer: 'A', size: 'layer', rectify: false, ...(normalizeAlpha && { normalizeAlpha }) } as const;
    const { values } = await cam(model, array([1, 2, 2, 2], activations), options);
    expect(values.shape).toEqual([1, 2, 2]);
    expectClose(values.data, expected, 1e-4);
  });
});

test('eigenCam of given activations, up to its sign', async () => {
  await withModel(camModel(), camWeights, async (model) => {
    const { values } = await eigenCam(model, array([1, 2, 2, 2], activations), {
      layer: 'A',
      size: 'layer',
      rectify: false,
    });
    const sign = Math.sign(values.data[0] as number);
    expectClose(
      values.data.map((value) => value * sign),
      [1.8001, -2.2959, 0.5487, -0.053],
      1e-4,
    );
  });
});

test('eigenGradCam is the eigenCam of gradient × activation', async () => {
  const options = { layer: 'A', size: 'layer', rectify: false } as const;
  const product = activations.map((value, i) => value * (gradients[i] as number));
  let expected: Float32Array | undefined;
  await withModel(camModel(), camWeights, async (model) => {
    expected = (await eigenCam(model, array([1, 2, 2, 2], product), options)).values.data;
  });
  await withModel(camModel(), camWeights, async (model) => {
    const { values } = await eigenGradCam(model, array([1, 2, 2, 2], activations), options);
    expectClose(values.data, [...(expected as Float32Array)], 1e-4);
  });
});

test('fullGrad(…).values: |x·g| and |b·g|, each scaled to [0, 1], added up', async () => {
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv2d({ filters: 1, kernelSize: 1, activation: 'relu', inputShape: [2, 2, 1] }),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 1, useBias: false }),
    ],
  });
  // z = 2x + ½, positive everywhere but at −1; g is 2·(3, −1, 2, 4) where it is.
  const weights = [
    [[1, 1, 1, 1], [2]],
    [[1], [0.5]],
    [
      [4, 1],
      [3, -1, 2, 4],
    ],
  ] as const;
  await withModel(model, weights, async (built) => {
    const { values, totals, implicit, score } = await fullGrad(built, array([1, 2, 2, 1], [1, 2, -1, 3]));
    const scaled = (map: readonly number[]): number[] =>
      map.map((value) => (value - Math.min(...map)) / (Math.max(...map) - Math.min(...map)));
    const [input, bias] = [scaled([6, 4, 0, 24]), scaled([1.5, 0.5, 0, 2])];
    expectClose(
      values.data,
      input.map((value, i) => value + (bias[i] as number)),
    );
    expectClose(totals.data, [6 - 4 + 24, 0.5 * (3 - 1 + 4)]);
    expectClose(implicit, [0]);
    expectClose(score, [29]);
  });
});

const linear = [
  [
    [3, 3],
    [1, 0, 0, -2, 0, 0, 3, 0, 0],
  ],
] as const;
const linearPoint = array([1, 3], [1, 2, 3]);

test('noiseTunnel(gradient) of a linear score is its weights, without variance, for every noise', async () => {
  await withModel(passing(), linear, async (model) => {
    const run = async (kind: 'smooth' | 'square' | 'variance'): Promise<Float32Array> =>
      (await noiseTunnel(gradient, { kind, samples: 4, noise: 0.5 })(model, linearPoint, { target: 0 })).values.data;
    expectClose(await run('smooth'), [1, -2, 3]);
    expectClose(await run('square'), [1, 4, 9]);
    expectClose(await run('variance'), [0, 0, 0]);
  });
});

test('noiseTunnel(explainer, {noise: 0}) is the explainer', async () => {
  await withModel(denseNet(), denseWeights, async (model) => {
    const { values, score } = await noiseTunnel(gradientTimesInput, { noise: 0, samples: 3 })(model, densePoint);
    expectClose(values.data, [3.75, -0.75, -4]);
    expectClose(score, [2.125]);
  });
});

test('noiseTunnel: square = smooth² + the biased variance, element by element', async () => {
  await withModel(denseNet(), denseWeights, async (model) => {
    const options = { samples: 6, noise: 0.8 };
    const run = async (kind: 'smooth' | 'square' | 'variance'): Promise<Float32Array> =>
      (await noiseTunnel(gradientTimesInput, { kind, ...options })(model, densePoint)).values.data;
    const [smooth, square, variance] = [await run('smooth'), await run('square'), await run('variance')];
    expect(Math.max(...variance)).toBeGreaterThan(0);
    expectClose(
      square,
      [...smooth].map((mean, i) => mean * mean + ((variance[i] as number) * 5) / 6),
      1e-4,
    );
  });
});

test('expectedGradients with one baseline and a linear score is (x − b)·w', async () => {
  await withModel(passing(), linear, async (model) => {
    const { values, delta } = await expectedGradients(model, linearPoint, {
      background: array([1, 3], [0.5, 1, -1]),
      samples: 7,
      target: 0,
    });
    expectClose(values.data, [0.5, -2, 12]);
    expectClose(delta as Float32Array, [0], 1e-5);
  });
});

test('expectedGradients tends to integrated gradients averaged over the background', async () => {
  await withModel(denseNet(), denseWeights, async (model) => {
    const background = array([2, 3], [0, 0.5, 0, 1, -1, 1]);
    const options = { background, samples: 4000, batchSize: 500 };
    const { values, delta } = await expectedGradients(model, densePoint, options);
    const path = { rule: 'middle', steps: 1000, batchSize: 500 } as const;
    const near = await integratedGradients(model, densePoint, { ...path, baseline: array([3], [0, 0.5, 0]) });
    const far = await integratedGradients(model, densePoint, { ...path, baseline: array([3], [1, -1, 1]) });
    expectClose(
      values.data,
      [...near.values.data].map((value, i) => (value + (far.values.data[i] as number)) / 2),
      0.1,
    );
    expect(Math.abs((delta as Float32Array)[0] as number)).toBeLessThan(0.1);
  });
});
