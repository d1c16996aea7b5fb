import '@tensorflow/tfjs-backend-cpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
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

/** What is registered besides, on wasm, where it may be replaced. */
const slow = ['Conv2DBackpropInput', 'MaxPoolGrad', 'AvgPoolGrad', 'BatchMatMul'];
const replaced = backend === 'wasm' ? [...(missing as string[]), ...slow] : [];
const names = ['Conv2DBackpropFilter', 'DepthwiseConv2dNativeBackpropFilter', 'DepthwiseConv2dNativeBackpropInput'];
const registered = (): unknown[] =>
  [...names, 'UnsortedSegmentSum', ...slow].map((name) => tf.getKernel(name, backend) ?? `no ${name}`);

const before = registered();
const uninstall = installKernels();

test('installKernels(): what the backend lacks', async () => {
  expect(uninstall.kernels).toEqual(missing ?? []);
  expect(installKernels().kernels).toEqual([]);
  expect(installKernels({}).kernels).toEqual([]);
  expect((await describeBackend()).features.training).toBe(true);
});

test('installKernels({ replace: true }): what the backend lacks or, on wasm, has in slow', () => {
  const during = registered();
  const undo = installKernels({ replace: true });
  expect(undo.kernels).toEqual(replaced);
  expect(registered().filter((kernel, i) => kernel !== during[i])).toHaveLength(replaced.length);
  undo();
  expect(registered()).toEqual(during);
  during.forEach((kernel, i) => expect(registered()[i]).toBe(kernel));
});

test('what installKernels() did is undone, and once', async () => {
  uninstall();
  try {
    expectKernels(before);
    expect((await describeBackend()).features.training).toBe(missing === undefined);
    uninstall();
    expectKernels(before);
  } finally {
    installKernels();
  }
});

// In which order the first, second and third of three installations go.
test.each([[[0, 1, 2]], [[0, 2, 1]], [[1, 0, 2]], [[1, 2, 0]], [[2, 0, 1]], [[2, 1, 0]]])(
  'what three calls installed goes in any order: %j',
  (order) => {
    const first = registered();
    const all = [{ replace: true }, {}, { replace: true }].map((options) => installKernels(options));
    order.forEach((turn, i) => {
      // Those that replaced and were not undone still do.
      const isReplaced = order.slice(i).some((other) => other !== 1);
      expect(registered().some((kernel, k) => kernel !== first[k])).toBe(backend === 'wasm' && isReplaced);
      all[turn]?.();
    });
    expectKernels(first);
    all.forEach((undo) => undo());
    expectKernels(first);
  },
);

test('a kernel that somebody else registered since then stays', () => {
  const first = registered();
  const undo = installKernels({ replace: true });
  const own = { kernelName: 'MaxPoolGrad', backendName: backend, kernelFunc: () => [] };
  tf.unregisterKernel('MaxPoolGrad', backend);
  tf.registerKernel(own);
  undo();
  expect(tf.getKernel('MaxPoolGrad', backend)).toBe(own);
  tf.unregisterKernel('MaxPoolGrad', backend);
  tf.registerKernel(first[registered().indexOf('no MaxPoolGrad')] as tf.KernelConfig);
  expectKernels(first);
});

test('options that installKernels does not have are refused', () => {
  expect(() => installKernels({ replaces: true } as object)).toThrow(
    '"options" expected some of replace, got "replaces"',
  );
  expect(() => installKernels({ replace: 'all' } as object)).toThrow(`"replace" expected true or false, got "all"`);
});

function expectKernels(expected: readonly unknown[]): void {
  registered().forEach((kernel, i) => expect(kernel).toBe(expected[i]));
}

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
describe.each([false, true])('the gradient kernels, replaced: %s', (replace) => {
  test.each(geometries)('strides $strides, padding $pad', async ({ pad, strides }) => {
    const undo = installKernels({ replace });
    const inputShape: Shape = [2, 7, 8, 3];
    const dimRoundingMode = pad === 1 ? 'floor' : undefined;
    const attributes = { strides, pad, dimRoundingMode, dataFormat: 'NHWC', dilations: [1, 1], inputShape };
    const run = (kernelName: string, filterShape: Shape, input?: 'filter'): Promise<void> =>
      expectAsOnCpu(() => {
        const depthwise = !kernelName.startsWith('Conv2D');
        const geometry = [inputShape, filterShape, strides, 1, pad, dimRoundingMode, depthwise] as const;
        const dy = numbers(tf.backend_util.computeConv2DInfo(...geometry).outShape);
        const other = input ? { filter: numbers(filterShape) } : { x: numbers(inputShape) };
        return runKernel(kernelName, { dy, ...other }, { ...attributes, filterShape });
      });
    const columns = pad === 1 ? 3 : 2;
    await run(tf.Conv2DBackpropFilter, [3, columns, 3, 4]);
    await run(tf.DepthwiseConv2dNativeBackpropFilter, [3, columns, 3, 2]);
    await run(tf.DepthwiseConv2dNativeBackpropInput, [3, 3, 3, 2], 'filter');
    await run(tf.Conv2DBackpropInput, [3, 3, 3, 4], 'filter');
    for (const filterSize of [[2, 2], [3, 3], ...(pad === 1 ? [] : [[3, 2]])] as Pair[]) {
      const { outShape } = tf.backend_util.computePool2DInfo(inputShape, filterSize, strides, 1, pad, dimRoundingMode);
      const pooling = { ...attributes, filterSize };
      await expectAsOnCpu(() => {
        // tfjs's own on wasm passes nothing to a maximum below zero.
        const input = tf.add(numbers(inputShape), replace ? 0 : 2);
        const output = tf.pool(input as tf.Tensor4D, filterSize, 'max', pad, 1, strides, dimRoundingMode);
        return runKernel(tf.MaxPoolGrad, { dy: numbers(outShape), input, output }, pooling);
      });
      await expectAsOnCpu(() =>
        runKernel(tf.AvgPoolGrad, { dy: numbers(outShape), input: numbers(inputShape) }, pooling),
      );
    }
    undo();
  });
});

function runKernel(name: string, inputs: tf.NamedTensorMap, attributes: object): Tensor {
  return tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap) as Tensor;
}

test.each<[string, Shape | number[], Shape | number[]]>([
  ['matrices', [7, 9], [9, 5]],
  ['many rows', [5, 300], [300, 17]],
  ['one row', [1, 12], [12, 10]],
  ['of a batch', [3, 4, 7, 2], [3, 4, 2, 5]],
  ['of which one is for all', [1, 7, 2], [6, 2, 5]],
  ['of a batch of one', [1, 7, 2], [1, 2, 5]],
])('products with transposed matrices, replaced: %s', async (_, left, right) => {
  const undo = installKernels({ replace: true });
  const swapped = (shape: number[]): number[] => [...shape.slice(0, -2), shape.at(-1) ?? 0, shape.at(-2) ?? 0];
  for (const [transposeA, transposeB] of [
    [true, false],
    [false, true],
    [true, true],
    [false, false],
  ] as const) {
    const [a, b] = [transposeA ? swapped(left) : left, transposeB ? swapped(right) : right];
    await expectAsOnCpu(() => tf.matMul(numbers(a), numbers(b), transposeA, transposeB));
  }
  undo();
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

// GPUs round as they like, and Adam makes as much of a small gradient as of a large one.
const optimizers = ['cpu', 'wasm'].includes(backend) ? (['sgd', 'adam'] as const) : (['sgd'] as const);
const networks: [string, (training: Training) => tfl.layers.Layer[]][] = [
  ['convolutions and pooling', poolingLayers],
  ['depthwise, separable and transposed convolutions', separableLayers],
];
const trainings = networks.flatMap(([name, layersOf]) =>
  optimizers.flatMap((optimizer) => [false, true].map((replace) => ({ name, layersOf, optimizer, replace }))),
);

test.each(trainings)('five steps of $optimizer as on cpu: $name, replaced: $replace', async (training) => {
  const undo = installKernels({ replace: training.replace });
  const here = await trained(training);
  undo();
  await tf.setBackend('cpu');
  try {
    const cpu = await trained(training);
    expect(here.weights).toHaveLength(cpu.weights.length);
    here.weights.forEach((values, i) => expectClose(values, cpu.weights[i] as number[]));
    expectClose(here.losses, cpu.losses);
    expect(here.losses[4]).not.toBe(here.losses[0]);
  } finally {
    await tf.setBackend(backend);
  }
});

interface Training {
  readonly layersOf: (training: Training) => tfl.layers.Layer[];
  readonly optimizer: 'sgd' | 'adam';
  readonly replace: boolean;
}

async function trained(training: Training): Promise<{ weights: number[][]; losses: number[] }> {
  const { layersOf, optimizer } = training;
  const model = tfl.sequential({ layers: layersOf(training) });
  tf.tidy(() => model.setWeights(model.getWeights().map(({ shape }) => tf.mul(0.4, numbers(shape)))));
  model.compile({ optimizer: optimizer === 'sgd' ? tf.train.sgd(0.1) : tf.train.adam(0.01), loss: 'meanSquaredError' });
  const [x, y] = [numbers([6, 13, 12, 2]), numbers([6, 3])];
  const losses: number[] = [];
  for (let step = 0; step < 5; step++) losses.push((await model.trainOnBatch(x, y)) as number);
  const weights = await Promise.all(model.getWeights().map(async (weight) => Array.from(await weight.data())));
  tf.dispose([x, y]);
  model.optimizer.dispose();
  model.dispose();
  return { weights, losses };
}

function poolingLayers({ replace }: Training): tfl.layers.Layer[] {
  // tfjs's own gradient on wasm passes nothing to a maximum below zero.
  const activation = replace ? 'tanh' : 'sigmoid';
  const { conv2d, maxPooling2d, averagePooling2d, flatten, dense } = tfl.layers;
  return [
    conv2d({ inputShape: [13, 12, 2], filters: 8, kernelSize: 3, activation }),
    maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
    conv2d({ filters: 9, kernelSize: 3, padding: 'same', activation: 'tanh' }),
    averagePooling2d({ poolSize: 2, strides: 1, padding: 'same' }),
    conv2d({ filters: 8, kernelSize: 5, strides: 2, padding: 'same', activation }),
    maxPooling2d({ poolSize: 2 }),
    flatten(),
    dense({ units: 3 }),
  ];
}

function separableLayers(): tfl.layers.Layer[] {
  const { depthwiseConv2d, separableConv2d, conv2dTranspose, globalAveragePooling2d, dense } = tfl.layers;
  return [
    depthwiseConv2d({ inputShape: [13, 12, 2], kernelSize: 3, strides: 2, depthMultiplier: 3, activation: 'tanh' }),
    separableConv2d({ filters: 8, kernelSize: 3, padding: 'same', activation: 'tanh' }),
    depthwiseConv2d({ kernelSize: 5, padding: 'same', activation: 'tanh' }),
    conv2dTranspose({ filters: 5, kernelSize: 3, strides: 2, padding: 'same', activation: 'tanh' }),
    conv2dTranspose({ filters: 4, kernelSize: 3, activation: 'tanh' }),
    globalAveragePooling2d({}),
    dense({ units: 3 }),
  ];
}

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
