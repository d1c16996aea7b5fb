import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { conductance, gradCam, hiResCam } from '../../../src/attribution/index.ts';
import { activations } from '../../../src/network/activations.ts';
import { type NdArray, rowOf, sizeOf } from '../../../src/numeric/ndarray.ts';
import { layerGradients } from '../../../src/scoring/layerGradients.ts';
import { scores } from '../../../src/scoring/scores.ts';
import { channelAttribution } from '../../../src/visualization/reading/channelAttribution.ts';
import { positionAttribution } from '../../../src/visualization/reading/positionAttribution.ts';
import { spatialAttribution } from '../../../src/visualization/reading/spatialAttribution.ts';
import { chain, classifier, free, inputsOf, randomized } from '../../oracle/building.ts';
import { expectClose } from '../../support/close.ts';
import { type GoldenCase, goldenCases } from '../../support/goldenCases.ts';

const goldens = await goldenCases('visualization');

/** A score Σ w a of its input, which `layer` passes on as it is. */
function weightedSum(weights: NdArray): LayersModel {
  const model = chain(
    weights.shape,
    l.activation({ activation: 'linear', name: 'layer' }),
    l.flatten(),
    l.dense({ units: 1, name: 'head' }),
  );
  tf.tidy(() => model.setWeights([tf.tensor(weights.data, [sizeOf(weights.shape), 1]), tf.zeros([1])]));
  return model;
}

describe('reference values', () => {
  const [golden] = goldens.ofMethod('building-blocks') as [GoldenCase];
  const read = async (file: string | undefined) => (await goldens.arrayOf(file)) as NdArray;

  test('sums over channels and over positions', async () => {
    const model = weightedSum(await read(golden.inputs['gradient']));
    const x = await read(golden.inputs['activations']);
    const options = { layer: 'layer', target: 0 } as const;
    const spatial = await read(golden.outputs['spatial']);
    const channel = await read(golden.outputs['channel']);
    const batched = ({ shape, data }: NdArray): NdArray => ({ shape: [1, ...shape], data });
    await expectClose((await spatialAttribution(model, x, options)).values, batched(spatial));
    for (const steps of [undefined, 1, 7]) {
      const { values, delta } = await channelAttribution(model, x, { ...options, ...(steps && { steps }) });
      await expectClose(values, batched(channel));
      expect(Math.abs(delta?.[0] as number)).toBeLessThan(1e-4);
    }
    free(model);
  });
});

describe('spatial attribution', () => {
  test('is HiResCAM before it is rectified and resized, of contrasts too', async () => {
    const model = classifier();
    const x = inputsOf(model)[0] as NdArray;
    for (const target of [1, { class: 2, minus: 0 }] as const) {
      const found = await spatialAttribution(model, x, { layer: 'relu1', target });
      const cam = await hiResCam(model, x, { layer: 'relu1', target, rectify: false, size: 'layer' });
      expect(found).toEqual({ ...cam, method: 'spatialAttribution' });
    }
    free(model);
  });

  test('sums to the logit of a network without biases', async () => {
    const model = homogeneous();
    const x = inputsOf(model)[0] as NdArray;
    for (const layer of ['first', 'second']) {
      const { values, score } = await spatialAttribution(model, x, { layer, target: 1 });
      const sums = [0, 1].map((row) => rowOf(values, row).reduce((sum, value) => sum + value, 0));
      await expectClose({ shape: [2], data: Float32Array.from(sums) }, { shape: [2], data: score });
    }
    free(model);
  });
});

describe('channel attribution', () => {
  test('is the sum over positions of activation times gradient', async () => {
    const model = classifier();
    const x = inputsOf(model)[0] as NdArray;
    const target = { class: 1, minus: 3 } as const;
    const { values, score, target: classes } = await channelAttribution(model, x, { layer: 'conv2', target });
    const { conv2 } = await activations(model, x, ['conv2']);
    const gradients = (await layerGradients(model, x, { layers: ['conv2'], target })).conv2;
    expect(values).toEqual({ shape: [2, 3], data: expect.any(Float32Array) });
    await expectClose(values, summed(conv2, gradients));
    expect(score).toEqual((await scores(model, x, { target })).values);
    expect(classes).toEqual(Int32Array.of(1, 1));
    free(model);
  });

  test('along a path the gap to F(a) − F(0) closes', async () => {
    const model = randomized(
      chain(
        [5, 5, 2],
        l.conv2d({ filters: 3, kernelSize: 2, activation: 'relu', name: 'conv' }),
        l.flatten(),
        l.dense({ units: 6, activation: 'tanh' }),
        l.dense({ units: 2, name: 'head' }),
      ),
    );
    const x = inputsOf(model)[0] as NdArray;
    const gaps = async (steps?: number) => {
      const { delta } = await channelAttribution(model, x, { layer: 'conv', target: 0, ...(steps && { steps }) });
      return Math.max(...(delta as Float32Array).map(Math.abs));
    };
    const [few, many] = [await gaps(5), await gaps(80)];
    expect(many).toBeLessThan(few / 8);
    expect(many).toBeLessThan(2e-2);
    expect(many).toBeLessThan(await gaps());
    const middle = await channelAttribution(model, x, { layer: 'conv', target: 0, steps: 50, rule: 'middle' });
    expect(Math.max(...(middle.delta as Float32Array).map(Math.abs))).toBeLessThan(1e-3);
    free(model);
  });

  test('is conductance from a black image where the layer is zero there', async () => {
    // Without biases and with ReLUs alone the way of the layer is straight too.
    const model = homogeneous();
    const x = inputsOf(model)[0] as NdArray;
    const found = await channelAttribution(model, x, { layer: 'first', target: 0, steps: 10 });
    const { values } = await conductance(model, x, { layer: 'first', target: 0, steps: 10 });
    const ones = { shape: values.shape, data: values.data.map(() => 1) };
    await expectClose(found.values, summed(values, ones));
    free(model);
  });

  test('takes a dense layer, whose units are its values', async () => {
    const model = classifier();
    const x = inputsOf(model)[0] as NdArray;
    const { values } = await channelAttribution(model, x, { layer: 'features', target: 2 });
    expect(values.shape).toEqual([2, 3]);
    free(model);
  });

  test('does not depend on batches', async () => {
    const model = classifier();
    const x = inputsOf(model, 3)[0] as NdArray;
    const of = (batchSize: number) => channelAttribution(model, x, { layer: 'relu1', steps: 4, batchSize });
    await expectClose((await of(1)).values, (await of(8)).values);
    free(model);
  });
});

describe('attribution of positions to those of an earlier layer', () => {
  test('a convolution sees its window: the map is what of the length comes from there', async () => {
    const model = randomized(
      chain(
        [5, 6, 2],
        l.activation({ activation: 'linear', name: 'below' }),
        l.conv2d({ filters: 3, kernelSize: 2, useBias: false, name: 'above' }),
        l.flatten(),
        l.dense({ units: 2 }),
      ),
    );
    const x = inputsOf(model)[0] as NdArray;
    const { values, norms } = await positionAttribution(model, x, { layer: 'below', from: 'above' });
    const { above } = await activations(model, x, ['above']);
    const kernel = (await model.getLayer('above').getWeights()[0]?.data()) as Float32Array;
    expect(values.shape).toEqual([2, 4, 5, 5, 6]);
    // Σ_c a ∂‖b‖/∂a with b linear: a Kᵀ b / ‖b‖ in plain loops.
    const expected = new Float32Array(values.data.length);
    const lengths = new Float32Array(norms.data.length);
    for (let q = 0; q < 40; q++) {
      const b = above.data.subarray(q * 3, q * 3 + 3);
      lengths[q] = Math.hypot(...b);
      const [n, row, column] = [Math.floor(q / 20), Math.floor((q % 20) / 5), q % 5];
      for (let k = 0; k < 4 * 2; k++) {
        const [dy, dx, c] = [Math.floor(k / 4), Math.floor(k / 2) % 2, k % 2];
        const place = (row + dy) * 6 + column + dx;
        const slope = [0, 1, 2].reduce((sum, u) => sum + (kernel[k * 3 + u] as number) * (b[u] as number), 0);
        expected[q * 30 + place]! += ((x.data[(n * 30 + place) * 2 + c] as number) * slope) / (lengths[q] as number);
      }
    }
    await expectClose(values, { shape: values.shape, data: expected });
    await expectClose(norms, { shape: [2, 4, 5], data: lengths });
    free(model);
  });

  test('without biases each map sums to the length at its position, zero where that is zero', async () => {
    const model = homogeneous();
    const x = inputsOf(model)[0] as NdArray;
    const done: string[] = [];
    const { values, norms } = await positionAttribution(model, x, {
      layer: 'first',
      from: 'second',
      onProgress: ({ stage, done: count, total }) => done.push(`${stage} ${count}/${total}`),
    });
    const places = values.data.length / norms.data.length;
    const sums = norms.data.map((_, q) =>
      values.data.subarray(q * places, (q + 1) * places).reduce((sum, value) => sum + value, 0),
    );
    await expectClose({ shape: norms.shape, data: sums }, norms);
    expect(norms.data.some((norm) => norm === 0)).toBe(true);
    expect(done.at(-1)).toBe(`positionAttribution ${norms.data.length}/${norms.data.length}`);
    free(model);
  });

  test('refuses layers in the wrong order or without positions', async () => {
    const model = homogeneous();
    const x = inputsOf(model)[0] as NdArray;
    const of = (options: object) => positionAttribution(model, x, options as never);
    await expect(of({ layer: 'second', from: 'first' })).rejects.toThrow('no gradient reaches "second"');
    await expect(of({ layer: 'first', from: 'head' })).rejects.toThrow(
      '"from" expected a layer with rows and columns, "head" has shape [n, 3]',
    );
    await expect(of({ layer: 'furst', from: 'second' })).rejects.toThrow('near: first');
    await expect(of({ layer: 'first' })).rejects.toThrow('"from" expected the address of a layer');
    free(model);
  });
});

/** ReLUs, max pooling and no biases: the score of c x is c times that of x. */
function homogeneous(): LayersModel {
  return randomized(
    chain(
      [7, 7, 2],
      l.conv2d({ filters: 4, kernelSize: 3, activation: 'relu', useBias: false, name: 'first' }),
      l.maxPooling2d({ poolSize: 2, strides: 1 }),
      l.conv2d({ filters: 2, kernelSize: 2, activation: 'relu', useBias: false, name: 'second' }),
      l.flatten(),
      l.dense({ units: 3, useBias: false, name: 'head' }),
    ),
    5,
  );
}

/** Σ over positions of the products, `[n, units]`, in plain loops. */
function summed(a: NdArray, b: NdArray): NdArray {
  const [count, units] = [a.shape[0] as number, a.shape[3] as number];
  const sums = new Float64Array(count * units);
  a.data.forEach((value, i) => {
    const row = Math.floor(i / (a.data.length / count));
    sums[row * units + (i % units)]! += value * (b.data[i] as number);
  });
  return { shape: [count, units], data: Float32Array.from(sums) };
}

test('layers without rows and columns are refused', async () => {
  const model = classifier();
  const x = inputsOf(model)[0] as NdArray;
  await expect(spatialAttribution(model, x, { layer: 'features' })).rejects.toThrow('rows and columns');
  await expect(spatialAttribution(model, x, {} as never)).rejects.toThrow('"layer" expected the address of a layer');
  await expect(channelAttribution(model, x, { layer: 'conv2', steps: 0 })).rejects.toThrow('"steps" expected');
  await expect(channelAttribution(model, x, { layer: 'conv3' })).rejects.toThrow('got "conv3"; near: conv1');
  await expect(channelAttribution(model, x, { layer: 'scores', target: { layer: 'conv2', unit: 0 } })).rejects.toThrow(
    'no gradient reaches "scores"',
  );
  await expect(gradCam(model, x, { layer: 'conv2' })).resolves.toBeDefined();
  free(model);
});
