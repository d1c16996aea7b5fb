import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers as l,
  type layers,
  model as modelOf,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { compile } from '../../src/network/compile.ts';
import type { Site } from '../../src/network/graph/graph.ts';
import type { Network } from '../../src/network/network.ts';
import { type NdArray, sizeOf } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { chain, free, inputsOf } from '../oracle/building.ts';
import { networks, resizingNetworks } from '../oracle/networks.ts';
import { backend } from '../support/backend.ts';
import { expectClose } from '../support/close.ts';
import { networksHere } from '../support/networksHere.ts';

const step = 4e-3;
const differentiable = [...networksHere, ...resizingNetworks].filter(([name]) => name !== 'embedding');

describe('record.backward(seeds, { to })', () => {
  test.each(differentiable)('%s: central differences of a linear score', async (_name, build) => {
    const model = build();
    const network = compile(model);
    const inputs = inputsOf(model, 1, 7);
    const found = await gradients(network, inputs);
    for (const [i, input] of inputs.entries()) {
      const [left, right, here] = await neighbours(network, inputs, i);
      const scale = found.reduce((most, { data }) => data.reduce((m, v) => Math.max(m, Math.abs(v)), most), 0.1);
      let checked = 0;
      for (let k = 0; k < input.data.length; k++) {
        const [before, after] = [(here - (left[k] as number)) / step, ((right[k] as number) - here) / step];
        // Where the sides differ there is a kink between them.
        if (Math.abs(after - before) > 0.02 * scale) continue;
        checked++;
        const difference = ((found[i] as NdArray).data[k] as number) - (before + after) / 2;
        expect(Math.abs(difference) / scale, `input ${i} at ${k}`).toBeLessThan(
          5e-3 + Math.abs(after - before) / scale,
        );
      }
      expect(checked / input.data.length, 'share of smooth coordinates').toBeGreaterThan(0.6);
    }
    network.dispose();
    free(model);
  });
});

describe('record.backward(seeds, { to }): of equal values the first one takes all', () => {
  test.each<[string, () => LayersModel, readonly number[]]>([
    ['maxPooling2d', () => chain([2, 4, 1], l.maxPooling2d({ poolSize: 2 })), [1, 0, 1, 0, 0, 0, 0, 0]],
    [
      'maxPooling2d same, overlapping',
      () => chain([2, 4, 1], l.maxPooling2d({ poolSize: 3, strides: 1, padding: 'same' })),
      [4, 2, 2, 0, 0, 0, 0, 0],
    ],
    ['globalMaxPooling2d', () => chain([2, 4, 1], l.globalMaxPooling2d({})), [1, 0, 0, 0, 0, 0, 0, 0]],
    ['maximum', () => twice(l.maximum()), [3, 3, 3, 3, 3, 3, 3, 3]],
    ['minimum', () => twice(l.minimum()), [3, 3, 3, 3, 3, 3, 3, 3]],
  ])('%s', async (_name, build, expected) => {
    const network = compile(build());
    const gradient = tf.tidy(() => {
      const record = network.forward([tf.ones([1, 2, 4, 1])], { differentiate: { to: network.inputs } });
      const site = network.heads[0]?.site as Site;
      const signals = record.backward(new Map([[site, tf.onesLike(record.value(site))]]), { to: network.inputs });
      return signals.get(network.inputs[0] as Site)?.[0] as Tensor;
    });
    expect([...(await gradient.data())]).toEqual(expected);
    gradient.dispose();
    network.dispose();
  });
});

/** Two affine maps that agree at 1, 3x − 2 and 2x − 1, joined. */
function twice(join: layers.Layer): LayersModel {
  const x = input({ shape: [2, 4, 1] });
  const ends = [3, 2].map((scale) => l.rescaling({ scale, offset: 1 - scale }).apply(x) as SymbolicTensor);
  return modelOf({ inputs: x, outputs: join.apply(ends) as SymbolicTensor });
}

// tfjs has no gradient of these, or a wrong one: dilated convolutions, normalisation without scale or centre, or of
// volumes, transposed convolution and maxima of volumes, comparisons, sequences of one step, average pooling whose windows reach over the border, bilinear resizing of oblong pictures.
const beyondTape =
  /dilation 2|one step|without|two axes|norm after relu|embedding|centerCrop|thresholded|maximum of a picture|averagePooling.d same|bilinear|conv3dTranspose|maxPooling3d|with norm|frames: (one|residual)/;

// The tape of the cpu backend is the reference; other backends lack kernels that it needs.
if (backend === 'cpu') {
  describe('record.backward(seeds, { to })', () => {
    test.each([...networks].filter(([name]) => !beyondTape.test(name)))(
      '%s: as the tape of tfjs',
      async (_name, build) => {
        const model = build();
        const network = compile(model);
        const inputs = inputsOf(model, 1, 7);
        const found = await gradients(network, inputs);
        const expected = tf.tidy(() =>
          taped(
            model,
            inputs.map(({ data, shape }) => tf.tensor(data, [...shape])),
          ),
        );
        for (const [i, gradient] of found.entries()) await expectClose(gradient, expected[i] as Tensor);
        tf.dispose(expected);
        network.dispose();
        free(model);
      },
    );
  });
}

function taped(model: LayersModel, inputs: Tensor[]): Tensor[] {
  return tf.grads((...xs) => {
    const outputs = [model.apply(xs, { training: false }) as Tensor | Tensor[]].flat();
    const scores = outputs.map((y, i) => tf.sum(tf.mul(y, scoreWeights(y, i))));
    return tf.addN([...scores, ...xs.map((x) => tf.mul(tf.sum(x), 0))]);
  })(inputs);
}

/** Fixed random weights of the shape of an output of one example. */
function scoreWeights({ shape }: Tensor, output: number): Tensor {
  const source = random(11, output);
  const values = Float32Array.from({ length: sizeOf(shape.slice(1)) }, () => 2 * source.uniform() - 1);
  return tf.tensor(values, [1, ...shape.slice(1)]);
}

async function gradients(network: Network, inputs: readonly NdArray[]): Promise<NdArray[]> {
  const tensors = tf.tidy(() => {
    const record = network.forward(
      inputs.map(({ data, shape }) => tf.tensor(data, [...shape])),
      { differentiate: { to: network.inputs } },
    );
    const seeds = new Map(network.heads.map(({ site }, i) => [site, scoreWeights(record.value(site), i)]));
    const signals = record.backward(seeds, { to: network.inputs });
    return network.inputs.map((site) => signals.get(site)?.[0] as Tensor);
  });
  const values = await Promise.all(
    tensors.map(async (t) => ({ shape: t.shape, data: (await t.data()) as Float32Array })),
  );
  tf.dispose(tensors);
  return values;
}

/** The scores one step below, one step above in each coordinate of an input, and at the point itself. */
async function neighbours(
  network: Network,
  inputs: readonly NdArray[],
  index: number,
): Promise<[Float64Array, Float64Array, number]> {
  const size = (inputs[index] as NdArray).data.length;
  const count = 2 * size + 1;
  const outputs = tf.tidy(() => {
    const rows = inputs.map(({ data, shape }, i) => {
      const all = new Float32Array(count * data.length);
      for (let row = 0; row < count; row++) {
        all.set(data, row * data.length);
        if (i !== index || row === 2 * size) continue;
        const k = row * data.length + (row % size);
        all[k] = (all[k] as number) + (row < size ? -step : step);
      }
      return tf.tensor(all, [count, ...shape.slice(1)]);
    });
    const record = network.forward(rows);
    return network.heads.map(({ site }, i) => {
      const y = record.value(site);
      return tf.reshape(tf.mul(y, scoreWeights(y, i)), [count, -1]);
    });
  });
  // Summed in double precision.
  const scores = new Float64Array(count);
  for (const output of outputs) {
    const [data, width] = [await output.data(), output.shape[1] as number];
    data.forEach((value, k) => {
      const row = Math.floor(k / width);
      scores[row] = (scores[row] as number) + value;
    });
  }
  tf.dispose(outputs);
  return [scores.subarray(0, size), scores.subarray(size, 2 * size), scores[2 * size] as number];
}
