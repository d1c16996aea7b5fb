import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { fullGrad } from '../../src/attribution/gradient/fullGrad.ts';
import { gradient } from '../../src/attribution/gradient/gradient.ts';
import { guidedBackprop } from '../../src/attribution/gradient/guidedBackprop.ts';
import { compile } from '../../src/network/compile.ts';
import type { Site } from '../../src/network/graph/graph.ts';
import type { Operation, OperationParameters } from '../../src/network/graph/operation.ts';
import { baseRun } from '../../src/network/incremental/baseRun.ts';
import type { Network } from '../../src/network/network.ts';
import { predict } from '../../src/network/predict.ts';
import type { Model } from '../../src/network/types.ts';
import { withParameters } from '../../src/network/withParameters.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { chain, classifier, free, inputsOf } from '../oracle/building.ts';
import { expectClose } from '../support/close.ts';

const calls: readonly [string, (model: Model, x: NdArray) => Promise<NdArray>][] = [
  ['predict', async (model, x) => (await predict(model, x)).values],
  ['gradient', async (model, x) => (await gradient(model, x, { target: 1 })).values],
  ['guidedBackprop', async (model, x) => (await guidedBackprop(model, x, { target: 1 })).values],
  ['fullGrad', async (model, x) => (await fullGrad(model, x, { target: 1 })).values],
];

/** The weights that another network has at the same place. */
function weightsOf(network: Network, other: Network): (operation: Operation) => OperationParameters | undefined {
  return (operation) => other.operations[network.operations.indexOf(operation)]?.parameters;
}

test.each(calls)('%s(withParameters(network, replace), x) is that of a model with those weights', async (_, call) => {
  const [model, other] = [classifier(), classifier({ seed: 8 })];
  const [network, expected] = [compile(model), compile(other)];
  const [x] = inputsOf(model, 2) as [NdArray];
  const before = await call(network, x);
  await call(expected, x);
  const view = withParameters(network, weightsOf(network, expected));
  await expectClose(await call(view, x), await call(expected, x), { tolerance: 1e-4 });
  expect(await call(network, x)).toEqual(before);
  view.dispose();
  expect(await call(network, x)).toEqual(before);
  for (const part of [expected, network]) part.dispose();
  [model, other].forEach(free);
});

test('withParameters(network, replace): its operations have the other weights, what is made of them is kept and freed', async () => {
  const model = classifier();
  const network = compile(model);
  const [x] = inputsOf(model, 1) as [NdArray];
  await gradient(network, x, { target: 0 });
  const kept = tf.memory().numTensors;
  const doubled = new Map<Operation, OperationParameters>();
  for (const operation of network.operations.filter(({ kind }) => kind === 'conv2d')) {
    const { kernel, ...others } = operation.parameters;
    doubled.set(operation, { ...others, kernel: tf.mul(kernel as Tensor, 2) });
  }
  const view = withParameters(network, (operation) => doubled.get(operation));
  for (const [index, operation] of network.operations.entries()) {
    expect(view.operations[index]?.parameters).toEqual(doubled.get(operation) ?? operation.parameters);
    expect(view.graph.steps[index]?.operation).toBe(view.operations[index]);
  }
  await gradient(view, x, { target: 0 });
  const once = tf.memory().numTensors;
  await gradient(view, x, { target: 0 });
  expect(tf.memory().numTensors, 'kept from call to call').toBe(once);
  view.dispose();
  expect(tf.memory().numTensors - doubled.size).toBe(kept);
  tf.dispose([...doubled.values()].map(({ kernel }) => kernel as Tensor));
  network.dispose();
  free(model);
});

test('withParameters(withParameters(network, a), b) and forward(…, { parameters }) go before', async () => {
  const model = chain([3], l.dense({ units: 1, useBias: false, kernelInitializer: 'ones' }));
  const network = compile(model);
  const scaled = (factor: number) => (): OperationParameters => kernels[factor] as OperationParameters;
  const kernels: Record<number, OperationParameters> = {};
  for (const factor of [2, 3, 5]) kernels[factor] = { kernel: tf.fill([3, 1], factor) };
  const outer = withParameters(withParameters(network, scaled(2)), scaled(3));
  const outputs = tf.tidy(() => {
    const x = tf.ones([1, 3]);
    const run = (view: Network, options = {}): Tensor =>
      view.forward([x], options).value(view.heads[0]?.site as Network['heads'][number]['site']);
    return tf.concat([run(network), run(outer), run(outer, { parameters: scaled(5) })]);
  });
  expect(await outputs.array()).toEqual([[3], [9], [15]]);
  outputs.dispose();
  tf.dispose(Object.values(kernels).map(({ kernel }) => kernel as Tensor));
  network.dispose();
  free(model);
});

test.each([
  ['relu', 'conv2d'],
  ['linear', 'conv2d'],
  ['relu', 'depthwiseConv2d'],
] as const)('a bias that differs by position is added before the %s of a %s', async (activation, kind) => {
  const config = { kernelSize: 3, padding: 'same', activation, useBias: false } as const;
  const layer = kind === 'conv2d' ? l.conv2d({ filters: 2, ...config }) : l.depthwiseConv2d(config);
  const model = chain([4, 5, 2], layer);
  const network = compile(model);
  const [x] = inputsOf(model, 2) as [NdArray];
  const bias = tf.tensor(
    Float32Array.from({ length: 40 }, (_, i) => Math.sin(i)),
    [1, 4, 5, 2],
  );
  const view = withParameters(network, ({ parameters }) => (parameters.kernel ? { ...parameters, bias } : undefined));
  const expected = tf.tidy(() => {
    const input = tf.tensor(x.data, [...x.shape]);
    const linear = network.operations[0]?.forward([input]) as Tensor;
    const sum = tf.add(linear, bias);
    return tf.keep(activation === 'relu' ? tf.relu(sum) : sum);
  });
  await expectClose((await predict(view, x)).values, expected);
  tf.dispose([bias, expected]);
  for (const part of [view, network]) part.dispose();
  free(model);
});

test('baseRun(withParameters(network, replace)): a change is refused once the network is disposed', () => {
  const model = classifier();
  const network = compile(model);
  const view = withParameters(network, () => undefined);
  const [input] = network.inputs as [Site];
  const x = tf.ones([1, 6, 7, 2]);
  const run = baseRun(view, [x], { at: [input] });
  const change = new Map([[input, x]]);
  network.dispose();
  expect(() => run.change(change)).toThrow(/network of "model\d+" is disposed; compile the model again/);
  run.dispose();
  x.dispose();
  free(model);
});
