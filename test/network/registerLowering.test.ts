import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayersModel, type LayerVariable, layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { composites, deepLift, gradCam, lrp, occlusion, rules } from '../../src/attribution/index.ts';
import { compile } from '../../src/network/compile.ts';
import { operations, predict, registerLowering } from '../../src/network/index.ts';
import { VitrineError } from '../../src/numeric/errors.ts';
import { random } from '../../src/numeric/random.ts';
import type { Attribution } from '../../src/scoring/types.ts';
import { randomized } from '../oracle/building.ts';
import { Wave } from '../oracle/layers.ts';
import { expectClose } from '../support/close.ts';

/** A convolution of 3 × 3 in steps of two with one zero on each side, as other frameworks pad it. */
class PaddedConv extends layers.Layer {
  static readonly className: string = 'PaddedConv';
  kernel!: LayerVariable;
  bias!: LayerVariable;
  override build([, , , channels]: number[]): void {
    this.kernel = this.addWeight('kernel', [3, 3, channels as number, 4], 'float32', initializers.zeros());
    this.bias = this.addWeight('bias', [4], 'float32', initializers.zeros());
    super.build([]);
  }
  override computeOutputShape([batch, rows, columns]: number[]): number[] {
    return [batch as number, Math.ceil((rows as number) / 2), Math.ceil((columns as number) / 2), 4];
  }
  override call(inputs: Tensor | Tensor[]): Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor4D;
    return tf.tidy(() => tf.add(tf.conv2d(x, this.kernel.read() as Tensor4D, 2, 1), this.bias.read()));
  }
}

class OpaqueConv extends PaddedConv {
  static override readonly className = 'OpaqueConv';
}

registerLowering(PaddedConv, ({ kernel, bias }, { source }) => [
  operations.pad(source, { rows: [1, 1], columns: [1, 1] }),
  operations.conv2d(source, { window: [3, 3], strides: [2, 2], padding: 'valid', dilations: [1, 1] }, () => ({
    kernel: kernel.read(),
    bias: bias.read(),
  })),
]);

/** A classifier with a convolution in its middle. */
function classifier(...convolution: layers.Layer[]): LayersModel {
  const model = sequential({
    layers: [
      layers.conv2d({ filters: 3, kernelSize: 3, activation: 'relu', inputShape: [12, 12, 2], name: 'first' }),
      ...convolution,
      layers.batchNormalization({ name: 'norm' }),
      layers.reLU({ name: 'relu' }),
      layers.flatten(),
      layers.dense({ units: 4, activation: 'softmax', name: 'scores' }),
    ],
  });
  return randomized(model, 5);
}

const builtIn = (): LayersModel =>
  classifier(
    layers.zeroPadding2d({ name: 'pad' }),
    layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, name: 'own' }),
  );
const own = (): LayersModel => classifier(new PaddedConv({ name: 'own' }));
const opaque = (): LayersModel => classifier(new OpaqueConv({ name: 'own' }));
const { normal } = random(3);
const x = { shape: [2, 12, 12, 2], data: Float32Array.from({ length: 2 * 12 * 12 * 2 }, normal) };

async function both<T>(run: (model: LayersModel) => Promise<T>): Promise<readonly [found: T, expected: T]> {
  const [mine, theirs] = [own(), builtIn()];
  try {
    return [await run(mine), await run(theirs)];
  } finally {
    mine.dispose();
    theirs.dispose();
  }
}

describe('registerLowering(layerClass, lowering)', () => {
  test('the operations are those of the lowering', () => {
    const [mine, theirs] = [own(), builtIn()];
    const kindsOf = (model: LayersModel): string[] => {
      const network = compile(model);
      network.dispose();
      return network.operations.map(({ kind }) => kind);
    };
    expect(kindsOf(mine)).toEqual(kindsOf(theirs));
    mine.dispose();
    theirs.dispose();
  });

  test('predict gives what the layer itself computes', async () => {
    const mine = own();
    const { values } = await predict(mine, x);
    const expected = tf.tidy(() => mine.predict(tf.tensor(x.data, [2, 12, 12, 2]))) as Tensor;
    await expectClose(values, expected, { tolerance: 1e-6 });
    expected.dispose();
    mine.dispose();
  });

  test.each<[string, (model: LayersModel) => Promise<Attribution>]>([
    ['lrp with a rule for kernels', (model) => lrp(model, x, { composite: composites.epsilonGammaBox(-9, 9) })],
    [
      'lrp with a rule by its address',
      (model) =>
        lrp(model, x, { composite: [[{ address: 'own' }, rules.alphaBeta(2, 1)], ...composites.epsilonPlus()] }),
    ],
    ['deepLift', (model) => deepLift(model, x)],
    ['gradCam', (model) => gradCam(model, x, { layer: 'own' })],
    ['occlusion, which computes again only what a window reaches', (model) => occlusion(model, x, { window: 2 })],
  ])('%s is that of the built-in layer', async (_name, run) => {
    const [found, expected] = await both(run);
    await expectClose(found.values, expected.values, { tolerance: 1e-6 });
    expect([...found.score]).toEqual([...expected.score]);
  });

  test('a batch normalisation is folded into it, and a part of its output computed alone', () => {
    const model = own();
    const network = compile(model);
    const convolution = network.operations.find(({ kind, address }) => kind === 'conv2d' && address === 'own');
    expect(convolution?.absorb).toBeTypeOf('function');
    expect(convolution?.partial).toBeDefined();
    network.dispose();
    model.dispose();
  });

  test('it holds for the class alone, and none derived from it', async () => {
    const model = opaque();
    const network = compile(model);
    expect(network.operations.map(({ kind }) => kind)).toContain('opaque');
    await expect(lrp(network, x)).rejects.toThrow(/own/);
    network.dispose();
    model.dispose();
  });

  test('undefined leaves a layer opaque, and what is no chain of operations is told', () => {
    class Other extends Wave {
      static override className = 'Other';
    }
    const model = (): LayersModel =>
      sequential({ layers: [layers.inputLayer({ inputShape: [3] }), new Other({ name: 'o' })] });
    registerLowering(Other, () => undefined);
    const whole = model();
    const network = compile(whole);
    expect(network.operations.map(({ kind }) => kind)).toEqual(['opaque']);
    network.dispose();
    for (const wrong of [[], null, [{}], 3]) {
      registerLowering(Other, () => wrong as never);
      expect(() => compile(whole)).toThrow(/^the lowering of layer "o" \(Other\) expected to return operations, got /);
    }
    whole.dispose();
  });

  test.each<[string, unknown, unknown, string]>([
    [
      'an instance',
      new Wave({}),
      () => [],
      '"layerClass" expected a class derived from layers.Layer, got a value of type Wave',
    ],
    ['a name', 'Wave', () => [], '"layerClass" expected a class derived from layers.Layer, got "Wave"'],
    ['another class', Map, () => [], '"layerClass" expected a class derived from layers.Layer, got a function'],
    ['no lowering', Wave, undefined, '"lowering" expected a function, got undefined'],
  ])('refuses %s', (_name, layerClass, lowering, message) => {
    const call = (): void => registerLowering(layerClass as typeof Wave, lowering as never);
    expect(call).toThrow(VitrineError);
    expect(call).toThrow(message);
  });
});
