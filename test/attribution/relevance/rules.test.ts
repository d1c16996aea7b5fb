import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { composites, rules } from '../../../src/attribution/index.ts';
import type { WindowGeometry } from '../../../src/backend/kernels/geometry.ts';
import { compile } from '../../../src/network/compile.ts';
import type { Network } from '../../../src/network/network.ts';
import { groupedConv2d } from '../../../src/network/operations/groupedConv2d.ts';
import type { Rule } from '../../../src/network/walk/composite.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { chain, type Layer } from '../../oracle/building.ts';
import * as oracle from '../../oracle/relevance.ts';
import type { Block } from '../../oracle/windows.ts';
import { backend } from '../../support/backend.ts';
import { operationNetwork } from '../../support/operationNetwork.ts';
import { passedThrough } from '../../support/relevance.ts';
import { noise, tensorOf, type WindowCase, windowCases } from '../../support/windows.ts';

const known: readonly (readonly [string, Rule, oracle.RuleOracle])[] = [
  ['zero()', rules.zero(), oracle.zero],
  ['epsilon(0.25)', rules.epsilon(0.25), oracle.epsilon(0.25)],
  ['epsilon()', rules.epsilon(), oracle.epsilon(1e-6)],
  ['gamma(0.25)', rules.gamma(0.25), oracle.gamma(0.25)],
  ['gamma(2)', rules.gamma(2), oracle.gamma(2)],
  ['alphaBeta()', rules.alphaBeta(), oracle.alphaBeta(2, 1)],
  ['alphaBeta(1.5, 0.5)', rules.alphaBeta(1.5, 0.5), oracle.alphaBeta(1.5, 0.5)],
  ['zPlus()', rules.zPlus(), oracle.alphaBeta(1, 0)],
  ['flat()', rules.flat(), oracle.flat],
  ['wSquare()', rules.wSquare(), oracle.wSquare],
  [
    'zBox(-1, 1.5)',
    rules.zBox(-1, 1.5),
    oracle.zBox(
      () => -1,
      () => 1.5,
    ),
  ],
];

const runs: fc.Parameters<[WindowCase]> = { numRuns: { webgl: 2, webgpu: 6 }[backend] ?? 25 };

type Kind = 'conv2d' | 'depthwiseConv2d' | 'conv2dTranspose';

/** What tfjs-layers takes. */
function isPossible({ geometry }: WindowCase, kind: Kind): boolean {
  const { strides, dilations } = geometry;
  if (strides.some((stride) => stride > 1) && dilations.some((rate) => rate > 1)) return false;
  return kind === 'conv2d' || dilations.every((rate) => rate === 1);
}

describe.each(['conv2d', 'depthwiseConv2d'] as const)('on a %s', (kind) => {
  test.each(known)('rules.%s is the written-out rule', async (_name, rule, expected) => {
    await fc.assert(
      fc.asyncProperty(windowCases({ dilation: 2 }), fc.boolean(), fc.boolean(), async (window, rectified, bias) => {
        fc.pre(isPossible(window, kind));
        await expectRule(rule, expected, convolved(window, kind, { rectified, bias }));
      }),
      runs as fc.Parameters<unknown>,
    );
  });
});

test.each(known)('on a dense layer rules.%s is the written-out rule', async (_name, rule, expected) => {
  for (const rectified of [false, true]) {
    const kernel = noise([1, 1, 7, 4], 1);
    const rows = Array.from({ length: 7 }, (_, i) => Array.from(kernel.data.slice(4 * i, 4 * i + 4)));
    const bias = Array.from(noise([1, 1, 1, 4], 2).data);
    await expectRule(rule, expected, {
      model: chain([7], ...front(rectified), withBias(l.dense({ units: 4 }), kernel, [7, 4], bias)),
      map: oracle.denseMap(rows, bias),
      x: arrayOf(noise([1, 1, 3, 7], 3), [3, 7]),
      rectified,
    });
  }
});

test.each(known)('on a transposed convolution rules.%s is the written-out rule', async (_name, rule, expected) => {
  for (const padding of ['same', 'valid'] as const) {
    const geometry: WindowGeometry = { window: [3, 3], strides: [2, 2], padding, dilations: [1, 1] };
    const [rows, columns] = padding === 'same' ? [8, 6] : [9, 7];
    const kernel = noise([3, 3, 2, 3], 4);
    const bias = Array.from(noise([1, 1, 1, 2], 5).data);
    const forward = oracle.convolutionMap(kernel, [], { plane: [1, rows, columns, 2], geometry, depthwise: false });
    const layer = l.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding });
    await expectRule(rule, expected, {
      model: chain([4, 3, 3], withBias(layer, kernel, [3, 3, 2, 3], bias)),
      map: oracle.transposedMap(forward, (output) => bias[output % 2] as number),
      x: arrayOf(noise([2, 4, 3, 3], 6), [2, 4, 3, 3]),
      rectified: false,
    });
  }
});

test.each(known)('on a grouped convolution rules.%s is the written-out rule', async (_name, rule, expected) => {
  for (const [groups, outputs, hasBias] of [
    [3, 6, true],
    [2, 2, false],
    [6, 12, true],
  ] as const) {
    const plane: Block['shape'] = [2, 5, 4, 6];
    const geometry: WindowGeometry = { window: [3, 2], strides: [1, 2], padding: 'same', dilations: [1, 1] };
    const kernel = noise([3, 2, 6 / groups, outputs], 8);
    const bias = hasBias ? Array.from(noise([1, 1, 1, outputs], 9).data) : [];
    const weights = [tensorOf(kernel), tf.tensor1d(bias)] as const;
    const parameters = { kernel: weights[0], ...(hasBias && { bias: weights[1] }) };
    const network = operationNetwork(plane.slice(1), [
      ['grouped', (source) => groupedConv2d(source, { ...geometry, groups }, () => parameters)],
    ]);
    await expectRuleOf(network, {
      rule,
      expected,
      map: oracle.groupedConvolutionMap(kernel, bias, { plane, geometry, groups }),
      x: arrayOf(noise(plane, 10), plane),
      rectified: false,
    });
    network.dispose();
    tf.dispose([...weights]);
  }
});

test('rules.zBox([…], […]) takes bounds for each channel', async () => {
  const [low, high] = [
    [-1, -1.25],
    [1, 2],
  ];
  const expected = oracle.zBox(
    (i) => low[i % 2] as number,
    (i) => high[i % 2] as number,
  );
  const window: WindowCase = {
    inputShape: [2, 5, 4, 2],
    geometry: { window: [3, 3], strides: [1, 1], padding: 'same', dilations: [1, 1] },
    outputs: 3,
    seed: 4,
  };
  await expectRule(rules.zBox(low, high), expected, convolved(window, 'conv2d', { rectified: false, bias: true }));
});

/** One layer, the same written out, and what it is run on. */
interface Subject {
  readonly model: LayersModel;
  readonly map: oracle.LinearMap;
  readonly x: NdArray;
  /** Whether a ReLU comes first, so that the engine knows that the layer reads nothing negative. */
  readonly rectified: boolean;
}

function convolved(
  { inputShape, geometry, outputs, seed }: WindowCase,
  kind: 'conv2d' | 'depthwiseConv2d',
  { rectified, bias: hasBias }: { rectified: boolean; bias: boolean },
): Subject {
  const channels = inputShape[3];
  const depthwise = kind === 'depthwiseConv2d';
  const units = depthwise ? channels * outputs : outputs;
  const kernel = noise([...geometry.window, channels, outputs], seed);
  const bias = hasBias ? Array.from(noise([1, 1, 1, units], seed + 1).data) : [];
  const { window, strides, padding, dilations } = geometry;
  const config = { kernelSize: [...window] as [number, number], strides: [...strides] as [number, number], padding };
  const layer = depthwise
    ? l.depthwiseConv2d({ ...config, depthMultiplier: outputs, useBias: hasBias })
    : l.conv2d({ ...config, filters: outputs, dilationRate: [...dilations] as [number, number], useBias: hasBias });
  return {
    model: chain(inputShape.slice(1), ...front(rectified), withBias(layer, kernel, kernel.shape, bias)),
    map: oracle.convolutionMap(kernel, bias, { plane: inputShape, geometry, depthwise }),
    x: arrayOf(noise(inputShape, seed + 2), inputShape),
    rectified,
  };
}

async function expectRule(rule: Rule, expected: oracle.RuleOracle, { model, ...subject }: Subject): Promise<void> {
  const network = compile(model);
  await expectRuleOf(network, { rule, expected, ...subject });
  network.dispose();
  model.dispose();
}

/** Relevance vanishes faster than the output, so that no rule is ill-conditioned where rounding moves an output near 0. */
async function expectRuleOf(
  network: Network,
  { rule, expected, map, x, rectified }: Omit<Subject, 'model'> & { rule: Rule; expected: oracle.RuleOracle },
): Promise<void> {
  const relevance = (z: Float32Array): Float32Array =>
    z.map((value, j) => ((value * Math.abs(value)) / (Math.abs(value) + 0.01)) * (1 + Math.sin(j)));
  const found = await passedThrough(network, composites.uniform(rule), { x, relevance });
  const rows = x.shape[0] as number;
  const [inputs, outputs] = [x.data.length / rows, found.z.length / rows];
  for (let n = 0; n < rows; n++) {
    const input = Array.from(x.data.subarray(n * inputs, (n + 1) * inputs), (value) =>
      rectified ? Math.max(value, 0) : value,
    );
    const arriving = Array.from(found.relevance.subarray(n * outputs, (n + 1) * outputs));
    const exact = expected(map, input, arriving);
    const scale = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-2);
    exact.forEach((value, i) => {
      expect(Math.abs((found.values[n * inputs + i] as number) - value) / scale).toBeLessThan(1e-4);
    });
  }
}

function front(rectified: boolean): Layer[] {
  return rectified ? [l.reLU()] : [];
}

/** The layer with these weights, once it is built. */
function withBias(layer: Layer, kernel: Block, shape: readonly number[], bias: readonly number[]): Layer {
  const build = layer.build.bind(layer);
  layer.build = (inputShape) => {
    build(inputShape);
    tf.tidy(() => {
      const weights = [tf.tensor(Float32Array.from(kernel.data), [...shape])];
      layer.setWeights(bias.length > 0 ? [...weights, tf.tensor1d([...bias])] : weights);
    });
  };
  return layer;
}

function arrayOf({ data }: Block, shape: readonly number[]): NdArray {
  return { shape: [...shape], data: Float32Array.from(data) };
}
