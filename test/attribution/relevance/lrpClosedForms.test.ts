import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { composites, lrp, rules } from '../../../src/attribution/index.ts';
import { unbiased } from '../../../src/attribution/relevance/relevanceRules.ts';
import type { Composite, Rule } from '../../../src/network/walk/composite.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { chain, type Layer } from '../../oracle/building.ts';
import { passedBack } from '../../support/relevance.ts';

// Numbers computed by hand from the definitions, or published with other implementations.

const { uniform } = composites;

function array(shape: readonly number[], values: readonly number[]): NdArray {
  return { shape, data: Float32Array.from(values) };
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[], tolerance = 2e-5): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs((actual[i] as number) - value)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(value)));
  });
}

/** A model of these layers with these weights, in order. */
function weighted(shape: readonly number[], layers: Layer[], weights: readonly NdArray[]): LayersModel {
  const model = chain(shape, ...layers);
  tf.tidy(() => model.setWeights(weights.map(({ shape: size, data }) => tf.tensor(data, [...size]))));
  return model;
}

describe('one dense layer: x = (1, −2, 3), z = (−4, 0.75), R = (2, 1)', () => {
  const cases: readonly (readonly [string, Composite, readonly number[]])[] = [
    ['zero()', uniform(rules.zero()), [-1.833333, 0.666667, 4.75]],
    ['zero() without bias', unbiased(uniform(rules.zero())), [-1.444444, 0.777778, 3.666667]],
    ['epsilon(0.25)', uniform(rules.epsilon(0.25)), [-1.470588, 0.882353, 3.705882]],
    ['zPlus()', uniform(rules.zPlus()), [1.333333, 0, 1]],
    ['alphaBeta(2, 1)', uniform(rules.alphaBeta(2, 1)), [2.222222, -1.89899, 1.454545]],
    ['gamma(0.25)', uniform(rules.gamma(0.25)), [-1.03876, 1.193798, 3.197674]],
    ['flat()', uniform(rules.flat()), [1, 1, 1]],
    ['wSquare()', uniform(rules.wSquare()), [0.796069, 1.562654, 0.523342]],
    ['wSquare() without bias', unbiased(uniform(rules.wSquare())), [0.825397, 1.634921, 0.539683]],
    ['zBox(-3, 4)', uniform(rules.zBox(-3, 4)), [1.546559, 0.668016, 0.785425]],
  ];

  test.each(cases)('rules.%s', async (_name, composite, expected) => {
    const weights = [array([3, 2], [1, -1, 2, 0.5, -0.5, 1]), array([2], [0.5, -0.25])];
    const model = weighted([3], [l.dense({ units: 2 })], weights);
    const { values, z } = await passedBack(model, composite, {
      x: array([1, 3], [1, -2, 3]),
      relevance: () => Float32Array.of(2, 1),
    });
    expectClose(z, [-4, 0.75]);
    expectClose(values, expected);
    model.dispose();
  });
});

describe('two dense layers: x = (1, 0.5, 2), F = 2.125', () => {
  const x = array([1, 3], [1, 0.5, 2]);
  const model = (): LayersModel =>
    weighted(
      [3],
      [l.dense({ units: 3, activation: 'relu', name: 'hidden' }), l.dense({ units: 1 })],
      [
        array([3, 3], [1, -1, 0.5, 2, 1, -1, -0.5, 1.5, 1]),
        array([3], [0.5, -1, 0.25]),
        array([3, 1], [1, -2, 1.5]),
        array([1], [0.25]),
      ],
    );
  const below = (rule: Rule): Composite => [[{ address: 'hidden' }, rule], ...uniform(rules.epsilon())];

  test.each<[string, Rule, readonly number[]]>([
    ['zero()', rules.zero(), [3.75, -0.75, -4]],
    ['epsilon(0.1)', rules.epsilon(0.1), [3.530583, -0.718085, -3.690158]],
    ['gamma(0.25)', rules.gamma(0.25), [2.863595, -0.481589, -2.570383]],
    ['zPlus()', rules.zPlus(), [1.213636, 0.171428, -0.116883]],
    ['alphaBeta(2, 1)', rules.alphaBeta(2, 1), [3.927271, -3.032141, -1.733765]],
    ['flat()', rules.flat(), [0.625, 0.625, 0.625]],
    ['zBox(0, 2)', rules.zBox(0, 2), [0.505208, 1.682291, -0.3125]],
  ])('lrp(model, x, { composite }) with rules.%s below', async (_name, rule, expected) => {
    const network = model();
    const { values, score } = await lrp(network, x, { composite: below(rule) });
    expectClose(score, [2.125]);
    expectClose(values.data, expected);
    network.dispose();
  });

  test('lrp(model, x, { composite, bias: false }) with rules.wSquare() below', async () => {
    const network = model();
    // The head divides by z − b here: all of F arrives at the hidden units.
    const { values } = await lrp(network, x, { composite: below(rules.wSquare()), bias: false });
    expectClose(
      values.data,
      [-0.045168, 1.936974, -0.016807].map((value) => (value * 2.125) / 1.875),
    );
    network.dispose();
  });

  test('lrp(model, x, { layer }) is what arrives at the layer, which is F less the share of the bias', async () => {
    const network = model();
    const { values, layer } = await lrp(network, x, { composite: uniform(rules.epsilon()), layer: 'hidden' });
    expectClose(values.data, [1.5, -3, 3.375]);
    expect(layer).toBe('hidden');
    network.dispose();
  });
});

describe('published toy networks', () => {
  const x = array([1, 3], [1, 2, 3]);
  const linear = (first: readonly number[], second = 3): LayersModel =>
    weighted(
      [3],
      [l.dense({ units: 3, useBias: false, name: 'first' }), l.dense({ units: 1, useBias: false })],
      [array([3, 3], first), array([3, 1], [second, second, second])],
    );
  const [twos, oneNegative] = [new Array(9).fill(2), [-2, ...new Array(8).fill(2)]];

  test.each<[string, readonly number[], Composite, readonly number[]]>([
    ['epsilon()', twos, uniform(rules.epsilon()), [18, 36, 54]],
    [
      'gamma(1) below gamma(0.25)',
      oneNegative,
      [[{ address: 'first' }, rules.gamma(1)], ...uniform(rules.gamma(0.25))],
      [28 / 3, 104 / 3, 52],
    ],
    ['alphaBeta(1, 0)', oneNegative, uniform(rules.alphaBeta(1, 0)), [12, 33.6, 50.4]],
    ['pass() below', oneNegative, [[{ address: 'first' }, rules.pass()], ...uniform(rules.epsilon())], [24, 36, 36]],
  ])('two linear layers, %s', async (_name, first, composite, expected) => {
    const model = linear(first);
    expectClose((await lrp(model, x, { composite })).values.data, expected);
    model.dispose();
  });

  test('a tanh between is passed', async () => {
    const tenths = array([3, 3], new Array(9).fill(0.1));
    const layers = [l.dense({ units: 3, useBias: false, activation: 'tanh' }), l.dense({ units: 1, useBias: false })];
    const model = weighted([3], layers, [tenths, array([3, 1], [0.1, 0.1, 0.1])]);
    const { values } = await lrp(model, x, { composite: uniform(rules.epsilon()) });
    expectClose(values.data, [0.0269, 0.0537, 0.0806], 5e-5);
    model.dispose();
  });

  test('a convolution with two filters', async () => {
    const layers = [
      l.conv2d({ filters: 2, kernelSize: 3, activation: 'relu', name: 'conv' }),
      l.flatten(),
      l.dense({ units: 1, useBias: false, activation: 'relu' }),
    ];
    // Five ones, then three minus ones, in the order channel, row, column.
    const head = [1, 1, 1, -1, 1, -1, 1, -1];
    const model = weighted([4, 4, 1], layers, [
      array([3, 3, 1, 2], new Array(18).fill(1)),
      array([2], [-50, -75]),
      array([8, 1], head),
    ]);
    const image = array(
      [1, 4, 4, 1],
      Array.from({ length: 16 }, (_, i) => i),
    );
    const { values, score } = await lrp(model, image, { composite: uniform(rules.epsilon()) });
    expectClose(score, [54]);
    expectClose(values.data, [0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11, 0, 0, 0, 0]);
    model.dispose();
  });
});
