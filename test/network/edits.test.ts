import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { compile } from '../../src/network/compile.ts';
import type { Site } from '../../src/network/graph/graph.ts';
import type { OperationParameters } from '../../src/network/graph/operation.ts';
import type { Network } from '../../src/network/network.ts';
import type { ForwardOptions } from '../../src/network/walk/forward.ts';
import { type NdArray, sizeOf } from '../../src/numeric/ndarray.ts';
import { layerGradients } from '../../src/scoring/layerGradients.ts';
import { classifier, free, inputsOf } from '../oracle/building.ts';
import { networks } from '../oracle/networks.ts';
import { expectClose } from '../support/close.ts';
import { modelOf } from '../support/modelOf.ts';

const build = (name: string): LayersModel => (networks.get(name) as () => LayersModel)();
const all = (network: Network): Site[] => [...network.graph.sites.values()];

/** Runs a network on fixed inputs and gives the first output. */
function output(network: Network, options: ForwardOptions = {}, count = 2): Tensor {
  return tf.tidy(() => {
    const inputs = inputsOf(modelOf(network), count).map(({ data, shape }) => tf.tensor(data, [...shape]));
    return tf.clone(network.forward(inputs, options).value(network.heads[0]?.site as Site));
  });
}

async function expectEqual(found: Tensor, expected: Tensor, tolerance = 2e-5): Promise<void> {
  await expectClose(found, expected, { tolerance });
  tf.dispose([found, expected]);
}

describe('network.forward(inputs, { edits })', () => {
  test.each(['conv1', 'norm1', 'relu1', 'pool1', 'conv2', 'features'])(
    'ablation of a channel of %s',
    async (address) => {
      const network = compile(classifier());
      const site = network.site(address);
      const mask = tf.tensor1d(Array.from({ length: site.shape.at(-1) as number }, (_, i) => (i === 1 ? 0 : 1)));
      const edited = output(network, { edits: new Map([[site, (value: Tensor) => tf.mul(value, mask)]]) });
      const cut = tf.tidy(() => {
        const [x] = inputsOf(modelOf(network), 2).map(({ data, shape }) => tf.tensor(data, [...shape])) as [Tensor];
        const value = tf.mul(network.forward([x], { taps: [site] }).value(site), mask);
        return tf.clone(network.forward([], { from: new Map([[site, value]]) }).value(network.heads[0]?.site as Site));
      });
      await expectEqual(edited, cut);
      mask.dispose();
      network.dispose();
      free(modelOf(network));
    },
  );

  test('nothing flows back through a replaced output', async () => {
    const network = compile(build('residual'));
    const [x] = network.inputs as [Site];
    const [head] = network.heads as [Network['heads'][number]];
    const branch = all(network)
      .filter(({ layerClass }) => layerClass === 'BatchNormalization')
      .at(-1) as Site;
    const signal = tf.tidy(() => {
      const record = network.forward([tf.ones([1, 6, 7, 2])], {
        edits: new Map([[branch, (value: Tensor) => tf.zerosLike(value)]]),
        differentiate: { to: [x] },
      });
      const seeds = new Map([[head.site, tf.onesLike(record.value(head.site))]]);
      return record.backward(seeds, { to: [x] }).get(x)?.[0] as Tensor;
    });
    // What is left is the way around the branch.
    await expectEqual(signal, tf.ones([1, 6, 7, 2]));
    network.dispose();
    free(modelOf(network));
  });

  test('an edit of the shape of another batch may widen it', () => {
    const network = compile(classifier());
    const edits = new Map([[network.site('relu1'), (value: Tensor) => tf.tile(value, [3, 1, 1, 1])]]);
    const y = output(network, { edits }, 1);
    expect(y.shape).toEqual([3, 4]);
    y.dispose();
    network.dispose();
    free(modelOf(network));
  });
});

describe('network.forward(inputs, { parameters })', () => {
  const foldings: readonly [string, (network: Network) => Site[]][] = [
    ['folded', (network) => network.heads.map(({ site }) => site)],
    ['apart', all],
  ];
  test.each(foldings)('%s: as a model with those weights', async (_name, taps) => {
    const [model, other] = [classifier(), classifier({ seed: 8 })];
    const [network, expected] = [compile(model), compile(other)];
    const first = output(network, { taps: taps(network) });
    const kept = tf.memory().numTensors;
    const replaced = tf.tidy(() => {
      const parameters = (operation: Network['operations'][number]): OperationParameters | undefined =>
        expected.operations[network.operations.indexOf(operation)]?.parameters;
      return output(network, { taps: taps(network), parameters });
    });
    await expectEqual(replaced, output(expected));
    expected.dispose();
    await expectEqual(output(network, { taps: taps(network) }), first);
    expect(tf.memory().numTensors - kept, 'tensors of the edit').toBe(-1);
    network.dispose();
    [model, other].forEach(free);
  });

  test('gradients follow', async () => {
    const network = compile(classifier());
    const [x] = network.inputs as [Site];
    const { logits } = network.heads[0] as Network['heads'][number];
    const gradientWith = (factor: number): Tensor =>
      tf.tidy(() => {
        const record = network.forward([tf.ones([1, 6, 7, 2])], {
          taps: [logits],
          differentiate: { to: [x] },
          parameters: ({ kind, parameters: { kernel, bias } }) =>
            kind === 'dense' ? { kernel: tf.mul(kernel as Tensor, factor), bias: bias as Tensor } : undefined,
        });
        return record
          .backward(new Map([[logits, tf.onesLike(record.value(logits))]]), { to: [x] })
          .get(x)?.[0] as Tensor;
      });
    const [once, thrice] = [gradientWith(1), gradientWith(3)];
    await expectEqual(thrice, tf.mul(once, 3));
    once.dispose();
    network.dispose();
    free(modelOf(network));
  });
});

describe('network.forward(inputs, { from })', () => {
  test.each([
    'residual',
    'gate',
    'norm after concatenate',
    'nested functional',
    'nested model called twice',
    'conv used twice',
    'shared layer',
  ])('%s: starts at any layer, the inputs beside it', async (name) => {
    const network = compile(build(name));
    for (const site of all(network)) {
      const restarted = tf.tidy(() => {
        const inputs = inputsOf(modelOf(network), 2).map(({ data, shape }) => tf.tensor(data, [...shape]));
        const value = network.forward(inputs, { taps: [site] }).value(site);
        const head = network.heads[0]?.site as Site;
        return tf.clone(network.forward(inputs, { from: new Map([[site, value]]) }).value(head));
      });
      await expectEqual(restarted, output(network));
    }
    network.dispose();
    free(modelOf(network));
  });
});

test('layerGradients(model, x, { layers }): differences of the network cut at each layer', async () => {
  const model = classifier();
  const network = compile(model);
  const [x] = inputsOf(model, 1, 6) as [NdArray];
  const layers = ['conv1', 'norm1', 'relu1', 'pool1', 'conv2', 'features'];
  const gradients = await layerGradients(network, x, { layers, target: 2, scale: 'logit' });
  const step = 4e-3;
  for (const address of layers) {
    const site = network.site(address);
    const { shape, data } = gradients[address] as NdArray;
    const size = sizeOf(shape);
    const scores = tf.tidy(() => {
      const value = network.forward([tf.tensor(x.data, [...x.shape])], { taps: [site] }).value(site);
      const steps = tf.reshape(tf.concat([tf.eye(size), tf.neg(tf.eye(size)), tf.zeros([1, size])]), [
        2 * size + 1,
        ...shape.slice(1),
      ]);
      const rows = tf.add(value, tf.mul(steps, step));
      const { logits } = network.heads[0] as Network['heads'][number];
      return tf.slice(
        network.forward([], { from: new Map([[site, rows]]), taps: [logits] }).value(logits),
        [0, 2],
        [-1, 1],
      );
    });
    const z = await scores.data();
    const scale = data.reduce((most, g) => Math.max(most, Math.abs(g)), 1e-3);
    let smooth = 0;
    data.forEach((g, k) => {
      const [after, before, here] = [z[k] as number, z[k + size] as number, z[2 * size] as number];
      const kink = Math.abs(after + before - 2 * here) / step / scale;
      if (kink > 0.05) return;
      smooth++;
      expect(Math.abs((after - before) / (2 * step) - g) / scale, `${address} at ${k}`).toBeLessThan(0.02 + kink);
    });
    expect(smooth / size).toBeGreaterThan(0.5);
    scores.dispose();
  }
  network.dispose();
  free(model);
});

test('layerGradients(model, x, { layers }): an embedding has a gradient at its output and none at its tokens', async () => {
  const model = build('embedding');
  const x = inputsOf(model, 2);
  const [tokens, embedding] = compile(model).graph.sites.keys() as unknown as [string, string];
  const target = { layer: model.layers.at(-1)?.name as string, unit: 1 };
  const found = await layerGradients(model, x, { layers: [embedding], target });
  const kernel = (await model.layers.at(-1)?.getWeights()[0]?.data()) as Float32Array;
  const column = kernel.filter((_, i) => i % 2 === 1);
  await expectClose(found[embedding] as NdArray, {
    shape: [2, 4, 3],
    data: Float32Array.of(...column, ...column),
  });
  await expect(layerGradients(model, x, { layers: [tokens], target })).rejects.toThrow(
    `no gradient reaches "${tokens}"`,
  );
  free(model);
});
