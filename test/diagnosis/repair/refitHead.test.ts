import * as tf from '@tensorflow/tfjs-core';
import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { refitHead } from '../../../src/diagnosis/repair/refitHead.ts';
import { compile } from '../../../src/network/compile.ts';
import type { Network } from '../../../src/network/network.ts';
import { predict } from '../../../src/network/predict.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { chain, conv, free, inputsOf, picture, randomized } from '../../oracle/building.ts';
import { expectClose } from '../../support/close.ts';
import { type GoldenCase, goldenCases } from '../../support/goldenCases.ts';

const classes = 3;
const count = 24;
const labels = Array.from({ length: count }, (_, i) => (i * i + (i >> 2)) % classes);

function compiled(config: object = {}) {
  const model = randomized(
    chain(
      picture,
      conv({ name: 'conv', activation: 'relu' }),
      l.globalAveragePooling2d({ name: 'features' }),
      l.dense({ units: classes, activation: 'softmax', name: 'classes', ...config }),
    ),
  );
  return { model, network: compile(model), images: inputsOf(model, count)[0] as NdArray };
}

/** ∂/∂W and ∂/∂b of the objective, by plain loops over what a network says of images. */
async function gradientOf(
  { network, weights }: { readonly network: Network; readonly weights: NdArray },
  features: NdArray,
  images: NdArray,
  { penalty, counts }: { readonly penalty: number; readonly counts: readonly number[] },
) {
  const { values } = await predict(network, images, { scale: 'probability', batchSize: 8 });
  const [d, total] = [features.shape[1] as number, counts.reduce((sum, value) => sum + value, 0)];
  const kernel = Float32Array.from(weights.data, (value) => penalty * value);
  const bias = new Float32Array(classes);
  labels.forEach((label, i) => {
    for (let k = 0; k < classes; k++) {
      const error =
        ((counts[i] as number) / total) * ((values.data[i * classes + k] as number) - (k === label ? 1 : 0));
      bias[k]! += error;
      for (let j = 0; j < d; j++) kernel[j * classes + k]! += error * (features.data[i * d + j] as number);
    }
  });
  return [...kernel, ...bias];
}

async function featuresOf(network: Network, images: NdArray): Promise<NdArray> {
  const tensor = tf.tidy(() => {
    const site = network.site('features');
    return tf.clone(network.forward([tf.tensor(images.data, [...images.shape])], { taps: [site] }).value(site));
  });
  const read = { shape: tensor.shape, data: Float32Array.from(await tensor.data()) };
  tensor.dispose();
  return read;
}

test.each([
  ['every image alike', {}, () => 1],
  ['some images more than others', { counts: labels.map((_, i) => 1 + (i % 4)) }, (i: number) => 1 + (i % 4)],
  [
    'groups alike',
    { groups: labels.map((_, i) => (i < 6 ? 'few' : 'many')) },
    (i: number) => (i < 6 ? 1 / 6 : 1 / (count - 6)),
  ],
])('the new head is where the objective is flat, with %s', async (_, options, countOf) => {
  const { model, network, images } = compiled();
  const before = await predict(network, images);
  const refitted = await refitHead(network, images, labels, { penalty: 0.02, batchSize: 5, ...options });
  const features = await featuresOf(network, images);
  const gradient = await gradientOf(refitted, features, images, {
    penalty: 0.02,
    counts: labels.map((_label, i) => countOf(i)),
  });
  expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(1e-5);
  expect(refitted.layer).toBe('classes');
  expect(await predict(network, images)).toEqual(before);
  refitted.network.dispose();
  network.dispose();
  free(model);
});

test('it is the optimum of the reference', async () => {
  const { ofMethod, arrayOf } = await goldenCases('influence');
  const [golden] = ofMethod('influence-exact') as [GoldenCase];
  const { lambda, theta } = golden.params as { lambda: number; theta: number[][] };
  const features = (await arrayOf(golden.inputs['features'])) as NdArray;
  const labelsThere = Int32Array.from((await arrayOf(golden.inputs['labels'])).data);
  const model = randomized(chain([4], l.dense({ units: 3, useBias: false })));
  const network = compile(model);
  const refitted = await refitHead(network, features, labelsThere, { penalty: lambda, output: 'logits' });
  await expectClose(refitted.weights, { shape: [4, 3], data: Float32Array.from(theta.flat()) }, { tolerance: 1e-5 });
  expect(refitted.bias).toBeUndefined();
  refitted.network.dispose();
  network.dispose();
  free(model);
});

test('one unit with a sigmoid is fitted as the difference of two classes', async () => {
  const model = randomized(chain([2], l.dense({ units: 1, activation: 'sigmoid', name: 'yes' })));
  const network = compile(model);
  const x = inputsOf(model, 20)[0] as NdArray;
  const truth = Array.from({ length: 20 }, (_, i) => ((x.data[2 * i] as number) > 0.1 ? 1 : 0));
  const { network: other, accuracy, weights } = await refitHead(network, x, truth, { penalty: 0.01 });
  expect(weights.shape).toEqual([2, 1]);
  const { values } = await predict(other, x, { scale: 'probability' });
  const right = truth.filter((label, i) => (values.data[i] as number) > 0.5 === (label === 1));
  expect(right.length / 20).toBeCloseTo(accuracy, 6);
  expect(accuracy).toBeGreaterThan(0.8);
  other.dispose();
  network.dispose();
  free(model);
});

test('whoever has the view frees its weights, and it cannot be used after that', async () => {
  const { model, network, images } = compiled();
  await predict(network, images);
  const before = tf.memory().numTensors;
  const { network: view } = await refitHead(network, images, labels);
  await predict(view, images);
  expect(tf.memory().numTensors).toBeGreaterThan(before);
  view.dispose();
  expect(tf.memory().numTensors).toBe(before);
  await expect(predict(view, images)).rejects.toThrow('the network with a refitted "classes" is disposed');
  network.dispose();
  free(model);
});

test('bad input is refused by name', async () => {
  const { model, network, images } = compiled();
  const wrong = (labelled: unknown, options: object = {}) => refitHead(network, images, labelled as number[], options);
  await expect(refitHead(model as never, images, labels)).rejects.toThrow(
    '"network" expected a network that compile made',
  );
  await expect(wrong(labels.slice(1))).rejects.toThrow('"labels" expected one of each of the 24 images, got 23');
  await expect(wrong([...labels.slice(1), 3])).rejects.toThrow('"labels[23]" expected an integer in 0..2, got 3');
  await expect(wrong(labels.map((label) => label % 2))).rejects.toThrow('got none of class 2');
  await expect(wrong(labels, { counts: labels.map(() => -1) })).rejects.toThrow('"counts[0]"');
  await expect(wrong(labels, { counts: labels.map((label) => (label === 1 ? 0 : 1)) })).rejects.toThrow('class 1');
  await expect(wrong(labels, { groups: [1] })).rejects.toThrow('"groups" expected one of each');
  await expect(wrong(labels, { penalty: -1 })).rejects.toThrow('"penalty"');
  await expect(wrong(labels, { penality: 1 })).rejects.toThrow('penalty');
  network.dispose();
  free(model);
});
