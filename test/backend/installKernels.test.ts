import '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { describeBackend, installKernels } from '../../src/backend/index.ts';
import { backend } from '../support/backend.ts';

const missing = {
  wasm: [
    'Conv2DBackpropFilter',
    'DepthwiseConv2dNativeBackpropFilter',
    'DepthwiseConv2dNativeBackpropInput',
    'UnsortedSegmentSum',
  ],
}[backend];

const installed = installKernels();

test('installKernels(): what the backend lacks', async () => {
  expect(installed).toEqual(missing ?? []);
  expect(installKernels()).toEqual([]);
  expect((await describeBackend()).features.training).toBe(true);
});

const paddings = ['same', 'valid', 1] as const;
const strides = [
  [1, 1],
  [2, 2],
  [1, 2],
] as const;
const geometries = paddings
  .flatMap((pad) => strides.map((pair) => ({ pad, strides: [...pair] as Pair })))
  // tfjs takes the rows' stride for both axes if the padding is a number, and the rows of the filter.
  .filter((geometry) => geometry.pad !== 1 || geometry.strides[0] === geometry.strides[1]);
type Pair = [number, number];
type Shape = [number, number, number, number];

// The kernels themselves: tfjs's convolutions on wasm are wrong in some of these cases.
test.each(geometries)('the gradient kernels, strides $strides, padding $pad', async ({ pad, strides }) => {
  const inputShape: Shape = [2, 7, 8, 3];
  const run = (kernelName: string, filterShape: Shape, input?: 'filter'): Promise<void> =>
    expectAsOnCpu(() => {
      const depthwise = kernelName !== tf.Conv2DBackpropFilter;
      const dimRoundingMode = pad === 1 ? 'floor' : undefined;
      const geometry = [inputShape, filterShape, strides, 1, pad, dimRoundingMode, depthwise] as const;
      const dy = numbers(tf.backend_util.computeConv2DInfo(...geometry).outShape);
      const other = input ? { filter: numbers(filterShape) } : { x: numbers(inputShape) };
      const attributes = {
        strides,
        pad,
        dimRoundingMode,
        dataFormat: 'NHWC',
        dilations: [1, 1],
        filterShape,
        inputShape,
      };
      return tf.engine().runKernel(kernelName, { dy, ...other }, attributes as unknown as tf.NamedAttrMap) as Tensor;
    });
  const columns = pad === 1 ? 3 : 2;
  await run(tf.Conv2DBackpropFilter, [3, columns, 3, 4]);
  await run(tf.DepthwiseConv2dNativeBackpropFilter, [3, columns, 3, 2]);
  await run(tf.DepthwiseConv2dNativeBackpropInput, [3, 3, 3, 2], 'filter');
});

test('the gradient of a gather: rows taken twice and not at all', async () => {
  const gradient = tf.tidy(() =>
    tf.grad((table) =>
      tf.mul(tf.gather(table, tf.tensor1d([3, 1, 3], 'int32')), tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2])),
    )(tf.ones([5, 2])),
  );
  expect(Array.from(await gradient.data())).toEqual([0, 0, 3, 4, 0, 0, 6, 8, 0, 0]);
  gradient.dispose();
});

test('unsortedSegmentSum(x, ids, count): ids out of range count nowhere', async () => {
  // WebGPU counts them in the last segment.
  const outside = backend === 'webgpu' ? [0, 2] : [-1, 7];
  const sums = tf.tidy(() =>
    tf.unsortedSegmentSum(tf.tensor1d([1, 2, 4, 8]), tf.tensor1d([1, 1, ...outside], 'int32'), 3),
  );
  expect(await sums.data()).toEqual(backend === 'webgpu' ? Float32Array.of(4, 3, 8) : Float32Array.of(0, 3, 0));
  sums.dispose();
});

test('model.fit: the gradients of all weights are as on cpu', async () => {
  const gradients = await onBoth(() => {
    const model = network();
    const { grads } = tf.variableGrads(() => loss(model));
    model.dispose();
    return Object.values(grads);
  });
  expect(gradients.here).toHaveLength(12);
  gradients.here.forEach((values, i) => expectClose(values, gradients.cpu[i] as number[]));
});

test('model.fit lowers the loss', async () => {
  const model = network();
  model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' });
  const [[x, tokens], y] = examples();
  const { history } = await model.fit([x, tokens], y, { epochs: 4, batchSize: 8, shuffle: false, verbose: 0 });
  const losses = history['loss'] as number[];
  expect(losses.at(-1)).toBeLessThan(losses[0] as number);
  tf.dispose([x, tokens, y]);
  model.optimizer.dispose();
  model.dispose();
});

/** A picture and a text in, two classes out; its weights are the same each time. */
function network(): tfl.LayersModel {
  const picture = tfl.input({ shape: [8, 8, 3] });
  const text = tfl.input({ shape: [4], dtype: 'int32' });
  const layers = [
    tfl.layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' }),
    tfl.layers.batchNormalization(),
    tfl.layers.activation({ activation: 'tanh' }),
    tfl.layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', depthMultiplier: 2 }),
    tfl.layers.separableConv2d({ filters: 4, kernelSize: 3, padding: 'valid', activation: 'relu' }),
    tfl.layers.globalAveragePooling2d({}),
  ];
  const image = layers.reduce((x, layer) => layer.apply(x) as tfl.SymbolicTensor, picture);
  const words = tfl.layers.embedding({ inputDim: 10, outputDim: 3 }).apply(text) as tfl.SymbolicTensor;
  const flat = tfl.layers.flatten().apply(words) as tfl.SymbolicTensor;
  const both = tfl.layers.concatenate().apply([image, flat]) as tfl.SymbolicTensor;
  const classes = tfl.layers.dense({ units: 2, activation: 'softmax' }).apply(both) as tfl.SymbolicTensor;
  const model = tfl.model({ inputs: [picture, text], outputs: classes });
  tf.tidy(() => model.setWeights(model.getWeights().map(({ shape }) => tf.mul(0.3, tf.abs(numbers(shape))))));
  return model;
}

function examples(): [[Tensor, Tensor], Tensor] {
  const tokens = tf.tensor2d(
    Array.from({ length: 32 }, (_, i) => (i * i) % 10),
    [8, 4],
    'int32',
  );
  const classes = tf.tensor2d(
    Array.from({ length: 16 }, (_, i) => ((i + (i >> 1)) % 2 ? 0 : 1)),
    [8, 2],
  );
  return [[numbers([8, 8, 8, 3]), tokens], classes];
}

function loss(model: tfl.LayersModel): tf.Scalar {
  const [inputs, classes] = examples();
  const outputs = model.apply(inputs, { training: true }) as Tensor;
  return tf.neg(tf.sum(tf.mul(classes, tf.log(outputs)))) as tf.Scalar;
}

function numbers(shape: (number | null)[]): Tensor {
  const size = shape.reduce<number>((product, length) => product * (length as number), 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(1 + 2.3 * i)),
    shape as number[],
  );
}

async function expectAsOnCpu(run: () => Tensor): Promise<void> {
  const { here, cpu } = await onBoth(() => [run()]);
  expectClose(here[0] as number[], cpu[0] as number[]);
}

/** Every tensor is made anew on each backend: none is moved, which would read it synchronously. */
async function onBoth(run: () => Tensor[]): Promise<{ here: number[][]; cpu: number[][] }> {
  const here = await valuesOf(run);
  await tf.setBackend('cpu');
  try {
    return { here, cpu: await valuesOf(run) };
  } finally {
    await tf.setBackend(backend);
  }
}

async function valuesOf(run: () => Tensor[]): Promise<number[][]> {
  const tensors = tf.tidy(run);
  const values = await Promise.all(tensors.map(async (tensor) => Array.from(await tensor.data())));
  tf.dispose(tensors);
  return values;
}

function expectClose(actual: number[], expected: number[]): void {
  // A bias before a batch normalisation has no gradient but rounding errors.
  const scale = Math.max(...expected.map(Math.abs), 0.01);
  const difference = Math.max(...expected.map((value, i) => Math.abs(value - (actual[i] as number))));
  expect(actual).toHaveLength(expected.length);
  expect(difference / scale).toBeLessThan(1e-4);
}
