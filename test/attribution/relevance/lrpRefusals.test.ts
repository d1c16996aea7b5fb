import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { composites, lrp, rules } from '../../../src/attribution/index.ts';
import { type Composite, gradientRule, type Rule } from '../../../src/network/walk/composite.ts';
import { VitrineError } from '../../../src/numeric/errors.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import type { ExplainOptions } from '../../../src/scoring/types.ts';
import { chain, conv, free, inputsOf, joined, picture, randomized } from '../../oracle/building.ts';
import { custom, Wave } from '../../oracle/layers.ts';
import { networks } from '../../oracle/networks.ts';
import { expectClose } from '../../support/close.ts';
import { fixtureModel } from '../../support/models.ts';

test.each<[string, () => void, string]>([
  ['alphaBeta(2, 2)', () => rules.alphaBeta(2, 2), '"a" expected "b" + 1, which is 3, got 2'],
  ['alphaBeta(0, -1)', () => rules.alphaBeta(0, -1), '"b" expected a finite number of at least 0, got -1'],
  ['alphaBeta(-1, -2)', () => rules.alphaBeta(-1, -2), '"a" expected a finite number of at least 0, got -1'],
  ['epsilon(0)', () => rules.epsilon(0), '"e" expected'],
  ['gamma(-1)', () => rules.gamma(-1), '"g" expected a finite number of at least 0, got -1'],
  ['zBox(0, NaN)', () => rules.zBox(0, Number.NaN), '"high" expected a finite number, got NaN'],
  ['zBox(1, -1)', () => rules.zBox(1, -1), '"high" expected at least "low", 1, got -1'],
  ['zBox([0, 2], 1)', () => rules.zBox([0, 2], 1), '"high" expected at least "low", 2, got 1'],
  ['zBox([], 1)', () => rules.zBox([], 1), '"low" expected one bound or one for each channel, got []'],
  ['uniform(3)', () => composites.uniform(3 as never), '"rule" expected a rule, such as rules.epsilon(), got 3'],
  ['zBox([0, 0], [1])', () => rules.zBox([0, 0], [1]), '"high" expected as many bounds as "low", 2, got 1'],
])('rules.%s is refused', (_name, make, message) => {
  expect(make).toThrow(message);
});

/** Explains the sum of what a network gives. */
async function explained(build: () => LayersModel, options: ExplainOptions & { composite?: Composite } = {}) {
  const network = randomized(build());
  const [x] = inputsOf(network, 2) as [NdArray];
  const target = ([y]: readonly tf.Tensor[]): tf.Tensor =>
    tf.sum(tf.reshape(y as tf.Tensor, [(y as tf.Tensor).shape[0] as number, -1]), 1);
  try {
    return await lrp(network, x, { target, ...options });
  } finally {
    free(network);
  }
}

test.each<[string, () => LayersModel, string]>([
  [
    'a softmax inside',
    () => chain(picture, conv(), l.activation({ activation: 'softmax', name: 'attention' }), conv({ filters: 2 })),
    'lrp has no rule for softmax in layer "attention" (Activation); put one first in "rules", for example [{ address: "attention" }, rules.pass()]',
  ],
  [
    'a custom layer',
    () => chain(picture, conv(), custom(Wave, 'wave')),
    'lrp has no rule for opaque in layer "wave" (Wave)',
  ],
  [
    'a product of equals',
    () => joined(l.multiply({ name: 'product' }), [conv()], [conv()]),
    'rule "signal" cannot tell the signal from its gate in multiply of layer "product" (Multiply), which reads [1, 4, 5, 3], [1, 4, 5, 3]',
  ],
])('%s is refused by name, and passed with a rule', async (_name, build, message) => {
  await expect(explained(build, { batchSize: 1 })).rejects.toThrow(message);
  const composite: Composite = [[['softmax', 'opaque', 'multiply'], gradientRule], ...composites.epsilonPlus()];
  expect((await explained(build, { composite })).values.data.every(Number.isFinite)).toBe(true);
});

test('a composite that leaves operations open never falls back to the gradient', async () => {
  const build = (): LayersModel => chain(picture, conv({ activation: 'relu' }), conv());
  await expect(explained(build, { composite: [[{ position: 'last' }, rules.zPlus()]] })).rejects.toThrow(
    'lrp has no rule for conv2d in layer',
  );
  const open: Composite = [['conv2d', rules.zPlus()]];
  const [own, preset] = [
    await explained(build, { composite: open }),
    await explained(build, { composite: composites.epsilonPlus() }),
  ];
  expect(own.values.data).toEqual(preset.values.data);
});

test.each<[string, Rule, string]>([
  ['zPlus', rules.zPlus(), 'has no kernel to split by sign'],
  ['flat', rules.flat(), 'is relu and has no kernel'],
  ['gamma', rules.gamma(), 'has no kernel'],
])('rules.%s() for an activation is refused', async (_name, rule, message) => {
  const build = (): LayersModel => chain(picture, conv(), l.reLU(), conv());
  await expect(explained(build, { composite: [['relu', rule], ...composites.epsilonPlus()] })).rejects.toThrow(message);
});

test('rules.pass() for what changes shapes is refused', async () => {
  const build = (): LayersModel => chain(picture, conv({ name: 'window' }));
  await expect(
    explained(build, { batchSize: 1, composite: [['conv2d', rules.pass()], ...composites.epsilonPlus()] }),
  ).rejects.toThrow('rule "pass" expected one input of shape [1, 4, 5, 3] in layer "window", got [1, 6, 7, 2]');
});

test.each<[string, Rule, string]>([
  [
    'too narrow',
    rules.zBox(-1, [1, 1, 0.5]),
    'rule "zBox" expected channel 2 of what layer "conv1" reads, "conv1_input", within -1..0.5, got',
  ],
  ['of another number', rules.zBox([-1, -1], [1, 1]), '"low" of rule "zBox" expected one bound or 3, got 2'],
])('bounds %s for the input are refused', async (_name, rule, message) => {
  const network = await fixtureModel('vgg-tiny');
  const [x] = inputsOf(network, 3) as [NdArray];
  const own: Composite = [[{ address: 'conv1' }, rule], ...composites.epsilonPlus()];
  await expect(lrp(network, x, { composite: own, batchSize: 2 })).rejects.toThrow(message);
  network.dispose();
});

test('bounds hold for what the layer itself reads: a rescaling before it is not merged into it', async () => {
  const build = (): LayersModel =>
    chain(picture, l.rescaling({ scale: 0.5, offset: 1 }) as ReturnType<typeof conv>, conv());
  const boxed = (low: number, high: number): Composite => [[{ position: 'first' }, rules.zBox(low, high)]];
  await expect(explained(build, { composite: boxed(-1, 1) })).rejects.toThrow(VitrineError);
  expect((await explained(build, { composite: boxed(0.5, 1.5) })).values.shape).toEqual([2, ...picture]);
});

test('an address names the convolution of a layer, not the activation that it applies', async () => {
  const network = await fixtureModel('vgg-tiny');
  const [x] = inputsOf(network, 1) as [NdArray];
  const run = async (first: Composite[number]): Promise<NdArray> =>
    (await lrp(network, x, { composite: [first, ...composites.uniform(rules.epsilon())] })).values;
  await expectClose(
    await run([{ address: /^conv1$/ }, rules.epsilon(0.5)]),
    await run([{ position: 'first' }, rules.epsilon(0.5)]),
  );
  network.dispose();
});

test('a rule of one’s own, in a few lines', async () => {
  /** Relevance in proportion to the magnitudes of what is added. */
  const magnitude: Rule = {
    name: 'magnitude',
    needs: ['inputs'],
    backward: (operation, io, streams) => {
      const input = tf.abs(io.inputs[0] as tf.Tensor);
      const kernel = operation.derive?.('magnitude', tf.abs) as tf.Tensor;
      const whole = tf.add(operation.forward([input], { kernel }), 1e-9);
      return [
        streams.map((stream) =>
          tf.mul(input, operation.pullback(tf.div(stream, whole), io, { kernel })[0] as tf.Tensor),
        ),
      ];
    },
  };
  const build = (): LayersModel => networks.get('conv2d same, strides 2')?.() as LayersModel;
  const network = build();
  const [x] = inputsOf(network, 1) as [NdArray];
  const target = { layer: network.layers.at(-1)?.name as string, unit: 1 };
  const { values, score } = await lrp(network, x, { composite: composites.uniform(magnitude), target });
  expect(values.data.reduce((sum, value) => sum + value, 0)).toBeCloseTo(score[0] as number, 4);
  free(network);
});
