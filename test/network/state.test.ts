import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { activations } from '../../src/network/activations.ts';
import { compile } from '../../src/network/compile.ts';
import { predict } from '../../src/network/predict.ts';
import type { Model, RunOptions } from '../../src/network/types.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { layerGradients } from '../../src/scoring/layerGradients.ts';
import { chain, classifier, free, inputsOf } from '../oracle/building.ts';
import { Broken, custom, Stuck } from '../oracle/layers.ts';
import { networks } from '../oracle/networks.ts';
import { backend } from '../support/backend.ts';
import { expectClose } from '../support/close.ts';

const calls: readonly [string, (model: Model, x: NdArray, options?: RunOptions) => Promise<NdArray>][] = [
  ['predict', async (model, x, options) => (await predict(model, x, options)).values],
  ['activations', async (model, x, options) => (await activations(model, x, ['relu1'], options)).relu1],
  [
    'layerGradients',
    async (model, x, options) => (await layerGradients(model, x, { layers: ['conv1'], ...options })).conv1,
  ],
];
const batch = inputsOf(classified(), 3)[0] as NdArray;

describe.each(calls)('%s(model, x)', (_name, call) => {
  test('keeps no tensor of a LayersModel, and none more of a Network from the second call on', async () => {
    const model = classifier();
    const before = tf.memory().numTensors;
    const first = await call(model, batch);
    expect(tf.memory().numTensors).toBe(before);
    const network = compile(model);
    expect(tf.memory().numTensors).toBe(before);
    expect(await call(network, batch)).toEqual(first);
    const kept = tf.memory().numTensors;
    for (let i = 0; i < 2; i++) expect(await call(network, batch)).toEqual(first);
    expect(tf.memory().numTensors).toBe(kept);
    network.dispose();
    expect(tf.memory().numTensors).toBe(before);
    free(model);
  });

  test('follows setWeights', async () => {
    const [model, other] = [classifier(), classifier({ seed: 4 })];
    const network = compile(model);
    const first = await call(network, batch);
    const kept = tf.memory().numTensors;
    model.setWeights(other.getWeights());
    const second = await call(network, batch);
    expect(second).not.toEqual(first);
    expect(second).toEqual(await call(other, batch));
    expect(tf.memory().numTensors).toBe(kept);
    network.dispose();
    [model, other].forEach(free);
  });

  test('does not depend on how examples are batched', async () => {
    const model = classifier();
    const network = compile(model);
    const whole = await call(network, batch, { batchSize: 3 });
    for (const batchSize of [1, 2, 7]) await expectClose(await call(network, batch, { batchSize }), whole);
    network.dispose();
    free(model);
  });

  test('two calls at once give what they give alone', async () => {
    const model = classifier();
    const network = compile(model);
    const other = { shape: batch.shape, data: batch.data.map((value) => -value) };
    for (const subject of [network, model]) {
      const alone = [await call(subject, batch), await call(subject, other)];
      expect(await Promise.all([call(subject, batch), call(subject, other)])).toEqual(alone);
    }
    network.dispose();
    free(model);
  });

  test('an abort in mid-call leaves nothing', async () => {
    const model = classifier();
    const network = compile(model);
    await call(network, batch);
    const kept = tf.memory().numTensors;
    for (const subject of [network, model]) {
      const controller = new AbortController();
      const seen: number[] = [];
      const onProgress = ({ done }: { done: number }): void => {
        seen.push(done);
        controller.abort(new Error('enough'));
      };
      const running = call(subject, batch, { batchSize: 1, signal: controller.signal, onProgress });
      await expect(running).rejects.toThrow('enough');
      expect(seen).toEqual([1]);
      expect(tf.memory().numTensors).toBe(kept);
    }
    network.dispose();
    free(model);
  });
});

// On software GPUs, where shaders take long to build, every fifth.
const kept = [...networks].filter((_, i) => ['cpu', 'wasm'].includes(backend) || i % 5 === 0);

test.each(kept)('compile(model): %s stays as it was', async (_name, build) => {
  const model = build();
  const before = await fingerprint(model);
  const network = compile(model);
  const inputs = inputsOf(model, 1);
  await activations(network, inputs, [...network.graph.sites.keys()]);
  if (!/embedding/.test(_name)) {
    const layers = [...new Set(network.inputs.map(({ address }) => address))];
    await layerGradients(network, inputs, { layers, target: anything });
  }
  network.dispose();
  expect(await fingerprint(model)).toEqual(before);
  free(model);
});

test.each([
  ['forward', Broken, 'broken at rank 4'],
  ['backward', Stuck, 'layer "odd" (Stuck) has no gradient in tfjs: stuck'],
])('layerGradients(model, x): a layer that throws on its way %s leaves nothing', async (_way, layer, message) => {
  const model = chain(
    [6, 7, 2],
    l.conv2d({ filters: 2, kernelSize: 3, name: 'conv1', activation: 'relu' }),
    custom(layer, 'odd'),
    l.flatten(),
  );
  const before = tf.memory().numTensors;
  const fails = async (subject: Model): Promise<number> => {
    await expect(layerGradients(subject, batch, { layers: ['conv1'], target: 0 })).rejects.toThrow(message);
    return tf.memory().numTensors;
  };
  expect(await fails(model)).toBe(before);
  const network = compile(model);
  // A network keeps what it made of its kernels.
  const kept = await fails(network);
  expect(await fails(network)).toBe(kept);
  network.dispose();
  expect(tf.memory().numTensors).toBe(before);
  free(model);
});

test('layerGradients(model, x, { target }): a score that throws leaves nothing', async () => {
  const model = classifier();
  const network = compile(model);
  await layerGradients(network, batch, { layers: ['conv1'] });
  const kept = tf.memory().numTensors;
  let calls = 0;
  const onTape = ([y]: readonly Tensor[]): Tensor => {
    const score = tf.sum(tf.square(y as Tensor), 1);
    if (++calls % 2 === 0) throw new Error('no score');
    return score;
  };
  const atOnce = (): Tensor => {
    throw new Error('no score');
  };
  for (const target of [onTape, atOnce]) {
    for (const subject of [network, model]) {
      await expect(layerGradients(subject, batch, { layers: ['conv1'], target })).rejects.toThrow('no score');
      expect(tf.memory().numTensors).toBe(kept);
    }
  }
  network.dispose();
  free(model);
});

if (backend === 'cpu') {
  test('predict(network, x): follows a step of training', async () => {
    const model = classifier();
    const network = compile(model);
    const { values: first } = await predict(network, batch);
    const [x, y] = [
      tf.tensor(batch.data, [3, 6, 7, 2]),
      tf.tensor2d([
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 0, 1],
      ]),
    ];
    const optimizer = tf.train.sgd(0.1);
    model.compile({ optimizer, loss: 'categoricalCrossentropy' });
    await model.fit(x, y, { epochs: 1 });
    const kept = tf.memory().numTensors;
    const { values: second } = await predict(network, batch);
    expect(tf.memory().numTensors).toBe(kept);
    expect(second).not.toEqual(first);
    const expected = model.predict(x) as Tensor;
    await expectClose(second, expected);
    network.dispose();
    tf.dispose([x, y, expected]);
    optimizer.dispose();
    model.dispose();
  });

  test('predict(network, x): refuses another backend than its first', async () => {
    tf.registerBackend('second', () => tf.findBackendFactory('cpu')());
    tf.copyRegisteredKernels('cpu', 'second');
    const model = classifier();
    const network = compile(model);
    await predict(network, batch);
    await tf.setBackend('second');
    await expect(predict(network, batch)).rejects.toThrow(
      /network of "model\d+" belongs to backend "cpu", the current one is "second"; compile the model again/,
    );
    await tf.setBackend('cpu');
    await predict(network, batch);
    network.dispose();
    free(model);
    tf.removeBackend('second');
  });
}

async function fingerprint(model: LayersModel): Promise<unknown> {
  const weights = model.getWeights();
  const values = await Promise.all(weights.map((weight) => weight.data()));
  const calls = model.layers.map(({ name, inboundNodes, outboundNodes }) => [
    name,
    inboundNodes.length,
    outboundNodes.length,
  ]);
  return { values: values.map((data) => [...data]), ids: weights.map(({ id }) => id), calls };
}

function anything(outputs: readonly Tensor[]): Tensor {
  return tf.addN(outputs.map((y) => tf.sum(tf.reshape(y, [y.shape[0] as number, -1]), 1)));
}

// Only the shape is read.
function classified(): LayersModel {
  return { inputs: [{ shape: [null, 6, 7, 2] }], layers: [] } as unknown as LayersModel;
}
