import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { composites, gradientTimesInput, lrp, rules } from '../../../src/attribution/index.ts';
import { compile } from '../../../src/network/compile.ts';
import type { Composite } from '../../../src/network/walk/composite.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { chain, conv, free, inputsOf, type Layer, norm, picture, randomized, vector } from '../../oracle/building.ts';
import { networks } from '../../oracle/networks.ts';
import * as oracle from '../../oracle/relevance.ts';
import { expectClose } from '../../support/close.ts';
import { modelOf } from '../../support/modelOf.ts';
import { fixtureModel } from '../../support/models.ts';

const { uniform, epsilonPlus } = composites;

function sumOf({ data }: NdArray, example: number, count: number): number {
  const size = data.length / count;
  return data.subarray(example * size, (example + 1) * size).reduce((sum, value) => sum + value, 0);
}

function difference(a: NdArray, b: NdArray, scale = 1): NdArray {
  return { shape: a.shape, data: a.data.map((value, i) => value - scale * (b.data[i] as number)) };
}

/** The model with all biases and shifts at 0, where relevance is conserved; variances and factors stay. */
function withoutBiases(network: LayersModel): LayersModel {
  for (const weight of network.weights) {
    if (!/bias|beta|moving_mean/.test(weight.name)) continue;
    tf.tidy(() => {
      weight.write(tf.zerosLike(weight.read()));
    });
  }
  return network;
}

/** The layers through which everything passes. */
const separating: Readonly<Record<string, readonly string[]>> = {
  'vgg-tiny': ['conv1', 'relu2', 'pool1', 'conv3', 'flatten', 'fc1'],
  'bn-residual-tiny': ['stem_relu', 'b1_out', 'b2_out', 'gap'],
  'mobile-tiny': ['conv1_relu', 'dw1_relu', 'pw1_relu', 'pw2_bn', 'ir_add', 'conv_last_relu', 'gap'],
  'inception-tiny': ['mixed', 'mixed_leaky', 'conv_mix', 'gmp'],
};

const conserving: readonly (readonly [network: string, name: string, composite: Composite])[] = [
  ...Object.keys(separating).flatMap((network) => [
    [network, 'uniform(epsilon())', uniform(rules.epsilon())] as const,
    [network, 'uniform(gamma())', uniform(rules.gamma())] as const,
  ]),
  // These lose what arrives at an output that nothing speaks for, which in this network none is.
  ['vgg-tiny', 'epsilonPlus()', epsilonPlus()],
  ['vgg-tiny', 'epsilonPlusFlat()', composites.epsilonPlusFlat()],
];

test.each(conserving)('%s without biases: %s keeps the sum from layer to layer', async (name, _name, composite) => {
  const network = compile(withoutBiases(await fixtureModel(name)));
  const [x] = inputsOf(modelOf(network), 2) as [NdArray];
  for (const layer of [undefined, ...(separating[name] as string[])]) {
    const { values, score } = await lrp(network, x, { composite, ...(layer && { layer }) });
    score.forEach((value, i) => {
      expect(Math.abs(sumOf(values, i, 2) - value), layer).toBeLessThanOrEqual(1e-3 * Math.abs(value));
    });
  }
  network.dispose();
  modelOf(network).dispose();
});

test('uniform(zero()) on a network of ReLUs is gradient times input', async () => {
  const network = await fixtureModel('vgg-tiny');
  const [x] = inputsOf(network, 2) as [NdArray];
  for (const layer of [undefined, 'pool1']) {
    const options = layer ? { layer } : {};
    const { values } = await lrp(network, x, { composite: uniform(rules.zero()), ...options });
    await expectClose(values, (await gradientTimesInput(network, x, options)).values, { tolerance: 1e-4 });
  }
  network.dispose();
});

test('relevance that is not negative stays so by zPlus, flat, wSquare and zBox', async () => {
  const network = await fixtureModel('vgg-tiny');
  const [x] = inputsOf(network, 2) as [NdArray];
  const target = { layer: 'conv3', unit: 1, position: 'sum' } as const;
  for (const rule of [rules.zPlus(), rules.flat(), rules.wSquare(), rules.zBox(-1, 1)]) {
    const composite: Composite = [[{ position: 'first' }, rule], ...epsilonPlus()];
    const { values, score } = await lrp(network, x, { composite, target });
    expect(Math.min(...score)).toBeGreaterThan(0);
    expect(Math.min(...values.data)).toBeGreaterThanOrEqual(-1e-6 * Math.max(...values.data));
  }
  network.dispose();
});

test('alphaBeta(α, β) is α of what speaks for an output less β of what speaks against it', async () => {
  const network = await fixtureModel('vgg-tiny');
  const [x] = inputsOf(network, 1) as [NdArray];
  const run = async (a: number, b: number): Promise<NdArray> => {
    const composite: Composite = [[{ address: 'conv1' }, rules.alphaBeta(a, b)], ...epsilonPlus()];
    return (await lrp(network, x, { composite })).values;
  };
  const [one, two, three] = [await run(1, 0), await run(2, 1), await run(3, 2)];
  // 3·for − 2·against = 2 (2·for − against) − for.
  await expectClose(three, difference({ ...two, data: two.data.map((value) => 2 * value) }, one), { tolerance: 1e-4 });
  expect(two.data).not.toEqual(one.data);
  network.dispose();
});

describe('targets', () => {
  test('a contrast starts with both logits: the difference of the maps of the classes', async () => {
    const network = await fixtureModel('vgg-tiny');
    const [x] = inputsOf(network, 2) as [NdArray];
    const [both, one, other] = [
      await lrp(network, x, { target: { class: 1, minus: 3 } }),
      await lrp(network, x, { target: 1 }),
      await lrp(network, x, { target: 3 }),
    ];
    await expectClose(both.values, difference(one.values, other.values), { tolerance: 1e-4 });
    network.dispose();
  });

  test('a probability is divided as the logit is', async () => {
    const network = await fixtureModel('vgg-tiny');
    const [x] = inputsOf(network, 1) as [NdArray];
    const [logit, probability] = [
      await lrp(network, x, { target: 2 }),
      await lrp(network, x, { target: 2, scale: 'probability' }),
    ];
    const ratio = (probability.score[0] as number) / (logit.score[0] as number);
    const scaled = { shape: logit.values.shape, data: logit.values.data.map((value) => value * ratio) };
    await expectClose(probability.values, scaled, { tolerance: 1e-4, floor: 1e-6 });
    network.dispose();
  });

  test('class 0 of a binary model is the negative of class 1', async () => {
    const network = await fixtureModel('inception-tiny');
    const [x] = inputsOf(network, 2) as [NdArray];
    const [no, yes] = [await lrp(network, x, { target: 0 }), await lrp(network, x, { target: 1 })];
    await expectClose(no.values, { ...yes.values, data: yes.values.data.map((value) => -value) });
    expect([...no.score]).toEqual([...yes.score].map((value) => -value));
    network.dispose();
  });

  test('a unit, and a function that is linear in the outputs, start with their score', async () => {
    const network = await fixtureModel('bn-residual-tiny');
    const [x] = inputsOf(network, 2) as [NdArray];
    const start = { layer: 'b2_out', bias: false } as const;
    const unit = await lrp(network, x, { ...start, target: { layer: 'b2_out', unit: 2, position: 'mean' } });
    unit.score.forEach((value, i) => expect(sumOf(unit.values, i, 2)).toBeCloseTo(value, 4));
    const outputs = await lrp(network, x, {
      ...start,
      target: ([logits]) => tf.sum(tf.mul(logits as tf.Tensor, [1, 0, -2, 0, 1, 3]), 1),
    });
    outputs.score.forEach((value, i) => expect(sumOf(outputs.values, i, 2)).toBeCloseTo(value, 3));
    network.dispose();
  });
});

describe('batch normalisation', () => {
  test('before a layer that pads nothing it is merged, and the rule of that layer holds for both', async () => {
    const network = randomized(chain(vector, norm(), l.dense({ units: 3, name: 'scores' })), 5);
    const [x] = inputsOf(network, 1) as [NdArray];
    const [gamma, beta, mean, variance, kernel, bias] = await Promise.all(
      network.layers.flatMap((layer) => layer.getWeights()).map(async (weight) => Array.from(await weight.data())),
    );
    const at = (values: number[] | undefined, i: number): number => (values as number[])[i] as number;
    const scales = [0, 1, 2, 3, 4].map((i) => at(gamma, i) / Math.sqrt(at(variance, i) + 1e-3));
    const shifts = scales.map((scale, i) => at(beta, i) - at(mean, i) * scale);
    const rows = scales.map((scale, i) => [0, 1, 2].map((j) => scale * at(kernel, 3 * i + j)));
    const biases = [0, 1, 2].map((j) =>
      shifts.reduce((sum, shift, i) => sum + shift * at(kernel, 3 * i + j), at(bias, j)),
    );
    const map = oracle.denseMap(rows, biases);
    const z = oracle.outputOf(map, [...x.data]);
    for (const [rule, expected] of [
      [rules.zPlus(), oracle.alphaBeta(1, 0)],
      [rules.gamma(), oracle.gamma(0.25)],
    ] as const) {
      const { values } = await lrp(network, x, { composite: uniform(rule), target: 1 });
      const exact = expected(map, [...x.data], [0, z[1] as number, 0]);
      await expectClose(values, { shape: [1, 5], data: Float32Array.from(exact) }, { tolerance: 1e-4 });
    }
    free(network);
  });

  test.each<[string, () => LayersModel]>([
    ['a convolution of one pixel', () => chain(picture, norm(), conv({ kernelSize: 1, strides: 2, padding: 'same' }))],
    ['a convolution without padding', () => chain(picture, norm(), conv({ strides: 2 }), norm())],
    ['a depthwise convolution without padding', () => chain(picture, norm(), l.depthwiseConv2d({ kernelSize: 2 }))],
    ['a dense layer', () => chain([4, 3], norm(), l.dense({ units: 2, useBias: false }), l.reLU())],
  ])('before %s the sum of relevance is kept without biases', async (_name, build) => {
    const network = randomized(build(), 2);
    const [x] = inputsOf(network, 1) as [NdArray];
    const target = { layer: network.layers.at(-1)?.name as string, unit: 1 };
    const { values, score } = await lrp(network, x, { composite: uniform(rules.epsilon()), target, bias: false });
    expect(score[0]).not.toBe(0);
    expect(Math.abs(sumOf(values, 0, 1) - (score[0] as number))).toBeLessThan(1e-4 * Math.abs(score[0] as number));
    free(network);
  });

  test.each([true, false])('alone it goes by ε; bias: %s keeps the share of its shift, or not', async (bias) => {
    const network = randomized(chain(picture, norm(), conv({ padding: 'same', filters: 1 })), 3);
    const [x] = inputsOf(network, 1) as [NdArray];
    const layer = network.layers[1]?.name as string;
    const target = { layer: network.layers.at(-1)?.name as string, unit: 0 };
    const options = { composite: uniform(rules.zPlus()), target, bias };
    const [inner, outer] = [await lrp(network, x, { ...options, layer }), await lrp(network, x, options)];
    const weights = await Promise.all((network.layers[1]?.getWeights() ?? []).map((weight) => weight.data()));
    const expected = inner.values.data.map((r, i) => {
      const [gamma, beta, mean, variance] = weights.map((values) => values[i % 2] as number) as [
        number,
        number,
        number,
        number,
      ];
      const scale = gamma / Math.sqrt(variance + 1e-3);
      const given = scale * (x.data[i] as number);
      const whole = given + (bias ? beta - mean * scale : 0);
      return (r * given) / (whole + (whole >= 0 ? 1e-6 : -1e-6));
    });
    await expectClose(outer.values, { shape: x.shape, data: expected }, { tolerance: 1e-4 });
    free(network);
  });
});

describe('operations without a kernel', () => {
  test('of a product with a gate the signal gets everything', async () => {
    const network = (networks.get('gate') as () => LayersModel)();
    const [x] = inputsOf(network, 2) as [NdArray];
    const { name, input } = network.layers.at(-1) as Layer;
    const [signal, gate] = input as SymbolicTensor[];
    const target = { layer: name, unit: 1 };
    const of = async (tensor: SymbolicTensor | undefined): Promise<NdArray> =>
      (await lrp(network, x, { target, layer: tensor?.sourceLayer.name as string, bias: false })).values;
    const [ofSignal, ofGate] = [await of(signal), await of(gate)];
    const { score } = await lrp(network, x, { target });
    score.forEach((value, i) => expect(sumOf(ofSignal, i, 2)).toBeCloseTo(value, 4));
    expect(Math.max(...ofGate.data.map(Math.abs))).toBe(0);
    free(network);
  });

  test.each<[string, () => LayersModel]>([
    ['add', () => networks.get('residual')?.() as LayersModel],
    ['average', () => networks.get('average of three')?.() as LayersModel],
    ['maximum', () => networks.get('maximum of three')?.() as LayersModel],
    ['minimum', () => networks.get('minimum of three')?.() as LayersModel],
    ['concatenate', () => networks.get('concatenate, axis 1')?.() as LayersModel],
    ['average pooling', () => networks.get('averagePooling2d same, overlapping')?.() as LayersModel],
    ['overlapping max pooling', () => networks.get('maxPooling2d same, overlapping')?.() as LayersModel],
    ['global max pooling', () => networks.get('globalMaxPooling2d')?.() as LayersModel],
    ['bilinear up-sampling', () => networks.get('upSampling2d bilinear')?.() as LayersModel],
    ['up-sampling by nearest neighbours', () => networks.get('upSampling2d nearest')?.() as LayersModel],
    ['reshape and permute', () => networks.get('reshape and permute')?.() as LayersModel],
    ['zero padding', () => networks.get('zeroPadding2d')?.() as LayersModel],
    ['a nested model', () => networks.get('nested functional')?.() as LayersModel],
    ['a model called twice', () => networks.get('nested model called twice')?.() as LayersModel],
  ])('%s keeps the sum of relevance', async (_name, build) => {
    const network = withoutBiases(build());
    const [x] = inputsOf(network, 2) as [NdArray];
    const { values, score } = await lrp(network, x, {
      composite: uniform(rules.epsilon()),
      target: ([y]) => tf.sum(tf.reshape(y as tf.Tensor, [(y as tf.Tensor).shape[0] as number, -1]), 1),
    });
    score.forEach((value, i) => {
      expect(Math.abs(sumOf(values, i, 2) - value)).toBeLessThanOrEqual(2e-3 * Math.max(1, Math.abs(value)));
    });
    free(network);
  });
});
