import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers as l, model as modelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { lrp } from '../../src/attribution/index.ts';
import { compile } from '../../src/network/compile.ts';
import type { GraphStep, OperationGraph } from '../../src/network/graph/graph.ts';
import type { Operation } from '../../src/network/graph/operation.ts';
import { elementwise } from '../../src/network/operations/activation.ts';
import { constantAffine } from '../../src/network/operations/affine.ts';
import type { OperationSource } from '../../src/network/operations/base.ts';
import { add, multiply } from '../../src/network/operations/merge.ts';
import { relu } from '../../src/network/operations/relu.ts';
import { taped } from '../../src/network/operations/taped.ts';
import { joinActivations } from '../../src/network/plan/joinActivations.ts';
import { gradientRule, type Rule } from '../../src/network/walk/composite.ts';
import { createStore, type WeightStore } from '../../src/network/walk/store.ts';
import { apply, free, type Layer } from '../oracle/building.ts';
import { expectClose } from '../support/close.ts';

const rule: Rule = { ...gradientRule, name: 'for activations' };

/** x times the sigmoid of something, in either order. */
function product(
  operands: (x: SymbolicTensor, gate: SymbolicTensor) => SymbolicTensor[],
  of = (x: SymbolicTensor) => x,
): LayersModel {
  const x = input({ shape: [4], name: 'x' });
  const gate = apply(l.activation({ activation: 'sigmoid', name: 'gate' }), of(x));
  return modelOf({ inputs: x, outputs: apply(l.multiply({ name: 'product' }), operands(x, gate)) });
}

function kindsOf(
  model: LayersModel,
  { needed = [], ofSwish = rule }: { needed?: readonly string[]; ofSwish?: Rule } = {},
): string[] {
  const network = compile(model);
  const values = needed.map((address) => network.site(address).value);
  const steps = joinActivations(network.graph, {
    inner: (value) => !values.includes(value),
    rule: ({ kind }) => (kind === 'swish' ? ofSwish : gradientRule),
  });
  expect(steps).toHaveLength(network.graph.steps.length);
  return steps.map((step) => (step ? `${step.operation.kind} ${step.operation.address}` : '-'));
}

test.each([
  ['v · sigmoid(v)', () => product((x, gate) => [x, gate])],
  ['sigmoid(v) · v', () => product((x, gate) => [gate, x])],
])('joinActivations(%s) is one step in the place of the product', (_name, build) => {
  expect(kindsOf(build())).toEqual(['-', 'swish product']);
});

test.each<[string, LayersModel, Parameters<typeof kindsOf>[1]]>([
  ['where the sigmoid is needed', product((x, gate) => [x, gate]), { needed: ['gate'] }],
  ['where no rule is for activations', product((x, gate) => [x, gate]), { ofSwish: gradientRule }],
  ['of three', product((x, gate) => [x, gate, x]), {}],
])('joinActivations leaves a product %s', (_name, model, options) => {
  expect(kindsOf(model, options)).toEqual(['sigmoid gate', 'multiply product']);
});

test('joinActivations leaves a gate of something else', () => {
  const model = product(
    (x, gate) => [x, gate],
    (x) => apply(l.leakyReLU({ name: 'other' }), x),
  );
  expect(kindsOf(model)).toEqual(['leakyRelu other', 'sigmoid gate', 'multiply product']);
});

/** Operations on values by number: value 0 is the input, the others are made in order. */
type Pieces = (source: OperationSource) => readonly (readonly [Operation, ...number[]])[];

const scaled = (source: OperationSource, scale: number, shift = 0): Operation =>
  constantAffine(source, 3, { scale: Math.fround(scale), shift });
const function1 = (source: OperationSource, name: string, f: (x: Tensor) => Tensor, numbers = {}): Operation =>
  taped('elementwise', source, {
    forward: ([x]) => f(x as Tensor),
    region: () => ['all'],
    applied: { name, numbers },
  });

const pieces: Readonly<Record<string, readonly [string, Pieces]>> = {
  'v · (relu6(v + 3) · ⅙)': [
    'hardSwish',
    (s) => [
      [scaled(s, 1, 3), 0],
      [relu(s, 6), 1],
      [scaled(s, 1 / 6), 2],
      [multiply(s), 0, 3],
    ],
  ],
  '(relu6(v + 3) · v) · ⅙': [
    'hardSwish',
    (s) => [
      [scaled(s, 1, 3), 0],
      [relu(s, 6), 1],
      [multiply(s), 2, 0],
      [scaled(s, 1 / 6), 3],
    ],
  ],
  '(v · ⅙) · relu6(v + 3)': [
    'hardSwish',
    (s) => [
      [scaled(s, 1 / 6), 0],
      [scaled(s, 1, 3), 0],
      [relu(s, 6), 2],
      [multiply(s), 1, 3],
    ],
  ],
  'v · hardSigmoid(v)': [
    'hardSwish',
    (s) => [
      [
        elementwise({ kind: 'hardSigmoid', numbers: { slope: 1 / 6 } }, s, (x) =>
          tf.clipByValue(tf.add(tf.div(x, 6), 0.5), 0, 1),
        ),
        0,
      ],
      [multiply(s), 0, 1],
    ],
  ],
  '(v · ½) · (erf(v · √½) + 1)': [
    'gelu',
    (s) => [
      [scaled(s, 0.5), 0],
      [scaled(s, Math.SQRT1_2), 0],
      [function1(s, 'erf', tf.erf), 2],
      [scaled(s, 1, 1), 3],
      [multiply(s), 1, 4],
    ],
  ],
  '(v · (tanh(√(2/π) (v + 0.044715 v³)) + 1)) · ½': [
    'gelu',
    (s) => [
      [function1(s, 'pow', (x) => tf.pow(x, 3), { constant1: 3 }), 0],
      [scaled(s, 0.044715), 1],
      [add(s), 0, 2],
      [scaled(s, Math.sqrt(2 / Math.PI)), 3],
      [elementwise('tanh', s, tf.tanh), 4],
      [scaled(s, 1, 1), 5],
      [multiply(s), 0, 6],
      [scaled(s, 0.5), 7],
    ],
  ],
  'v · tanh(softplus(v))': [
    'mish',
    (s) => [
      [elementwise('softplus', s, tf.softplus), 0],
      [elementwise('tanh', s, tf.tanh), 1],
      [multiply(s), 2, 0],
    ],
  ],
};

function graphOf(store: WeightStore, make: Pieces): OperationGraph {
  const steps = make({ address: 'piece', layerClass: 'Piece', store }).map(
    ([operation, ...inputs], i): GraphStep => ({ operation, inputs, output: i + 1 }),
  );
  return { steps, inputs: [], heads: [], sites: new Map(), shapes: [], valueCount: steps.length + 1 };
}

/** What steps make of a value. */
function run(steps: readonly (GraphStep | undefined)[], x: Tensor): Tensor {
  const values = new Map([[0, x]]);
  for (const step of steps) {
    if (step) values.set(step.output, step.operation.forward(step.inputs.map((value) => values.get(value) as Tensor)));
  }
  return [...values.values()].at(-1) as Tensor;
}

test.each(Object.entries(pieces))(
  'joinActivations(%s) is one activation of the same values',
  async (_name, [kind, make]) => {
    const store = createStore();
    const graph = graphOf(store, make);
    const joined = joinActivations(graph, { inner: (value) => value > 0, rule: () => rule });
    expect(joined.flatMap((step) => step?.operation.kind ?? [])).toEqual([kind]);
    const [whole, apart] = tf.tidy(() => {
      const x = tf.reshape(tf.linspace(-8, 8, 99), [33, 3]);
      return [run(joined, x), run(graph.steps, x)];
    });
    await expectClose(whole, apart, { tolerance: 1e-5 });
    tf.dispose([whole, apart]);
    store.dispose();
  },
);

test.each<[string, Pieces]>([
  [
    'v · (relu6(v + 2) · ⅙)',
    (s) => [
      [scaled(s, 1, 2), 0],
      [relu(s, 6), 1],
      [scaled(s, 1 / 6), 2],
      [multiply(s), 0, 3],
    ],
  ],
  [
    'v · hardSigmoid(v) of slope 0.2',
    (s) => [
      [elementwise({ kind: 'hardSigmoid', numbers: { slope: 0.2 } }, s, tf.sigmoid), 0],
      [multiply(s), 0, 1],
    ],
  ],
  ['v · v', (s) => [[multiply(s), 0, 0]]],
])('joinActivations leaves %s', (_name, make) => {
  const store = createStore();
  const { steps, ...graph } = graphOf(store, make);
  expect(joinActivations({ steps, ...graph }, { inner: (value) => value > 0, rule: () => rule })).toEqual(steps);
  store.dispose();
});

test('a hard swish of layers passes relevance as an activation does', async () => {
  const x = input({ shape: [4] });
  const v = apply(l.dense({ units: 3, name: 'v', useBias: false }), x);
  const [plus3, sixth] = [l.rescaling({ scale: 1, offset: 3 }), l.rescaling({ scale: 1 / 6 })] as Layer[];
  const gate = [plus3, l.reLU({ maxValue: 6 }), sixth].reduce((value, layer) => apply(layer as Layer, value), v);
  const y = apply(l.dense({ units: 2, useBias: false }), apply(l.multiply({ name: 'y' }), [v, gate]));
  const model = modelOf({ inputs: x, outputs: y });
  const example = { shape: [1, 4], data: Float32Array.of(1, -0.5, 2, 0.25) };
  const [atProduct, atSignal] = [
    await lrp(model, example, { layer: 'y', target: 1 }),
    await lrp(model, example, { layer: 'v', target: 1 }),
  ];
  await expectClose(atSignal.values, atProduct.values);
  expect(Math.max(...atSignal.values.data.map(Math.abs))).toBeGreaterThan(0);
  free(model);
});

test('a hard swish of layers is one activation to rules, and gives what it gets', async () => {
  const x = input({ shape: [4] });
  const gate = apply(l.reLU({ maxValue: 6 }), apply(l.rescaling({ scale: 1, offset: 3 } as never) as Layer, x));
  const product = apply(l.multiply(), [x, gate]);
  const smooth = apply(l.rescaling({ scale: 1 / 6 } as never) as Layer, product);
  const model = modelOf({ inputs: x, outputs: apply(l.dense({ units: 1, useBias: false }), smooth) });
  const weights = [0.5, -1, 2, 0.25];
  const kernel = tf.tensor(weights, [4, 1]);
  model.setWeights([kernel]);
  kernel.dispose();
  const data = Float32Array.of(-1, 0.5, 2, 4);
  const { values } = await lrp(model, { shape: [1, 4], data });
  const relevance = data.map((value, i) => (value * Math.min(Math.max(value + 3, 0), 6) * (weights[i] as number)) / 6);
  await expectClose(values, { shape: [1, 4], data: relevance }, { tolerance: 1e-4 });
  free(model);
});
