import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { constantOf } from '../../../src/network/functions/constants.ts';
import { functions } from '../../../src/network/functions/functions.ts';
import { lowerFunction } from '../../../src/network/functions/lowerFunction.ts';
import type { TensorFunction } from '../../../src/network/functions/tensorFunction.ts';
import type { Operation } from '../../../src/network/graph/operation.ts';
import { createStore } from '../../../src/network/walk/store.ts';
import { sizeOf } from '../../../src/numeric/ndarray.ts';
import { thorough } from '../../support/backend.ts';
import { expectClose } from '../../support/close.ts';
import { operationNetwork } from '../../support/operationNetwork.ts';
import { expectGradient, noiseTensor } from '../../support/operations.ts';

const f = functions;
const plane = [4, 6, 3];

/** A function of x, perhaps with a constant before it or behind it. */
interface Case {
  readonly of: TensorFunction;
  readonly shape?: readonly number[];
  readonly before?: readonly number[];
  readonly behind?: readonly number[];
  /** What the engine does it with. */
  readonly kinds?: string;
}

const cases: Readonly<Record<string, Case>> = {
  'x + 0.5': { of: f.add(), behind: [0.5], kinds: 'affine' },
  '1 − x': { of: f.subtract(), before: [1], kinds: 'affine' },
  'x − c': { of: f.subtract(), behind: [1, 2, 3], kinds: 'affine' },
  'x · c': { of: f.multiply(), behind: [1, -2, 3], kinds: 'affine' },
  'x / c': { of: f.divide(), behind: [2, 4, 5], kinds: 'affine' },
  '2 / x': { of: f.divide(), before: [2], kinds: 'elementwise' },
  'x / 0': { of: f.divideNoNan(), behind: [0, 1, 2], kinds: 'affine' },
  'x · c, spread': { of: f.multiply(), shape: [4, 6, 1], behind: [1, 2, 3], kinds: 'opaque' },
  'max(x, 0)': { of: f.maximum(), behind: [0], kinds: 'relu' },
  'max(x, c)': { of: f.maximum(), behind: [0.1, 0, -0.1], kinds: 'elementwise' },
  'x²': { of: f.pow(), behind: [2], kinds: 'elementwise' },
  '−x': { of: f.negate(), kinds: 'affine' },
  'clip from 0': { of: f.clip({ low: 0, high: 0.5 }), kinds: 'relu' },
  clip: { of: f.clip({ low: -0.3, high: 0.5 }), kinds: 'elementwise' },
  leakyRelu: { of: f.leakyRelu({ alpha: 0.3 }), kinds: 'leakyRelu' },
  prelu: { of: f.prelu(), behind: [0.1, 0.2, 0.3], kinds: 'prelu' },
  elu: { of: f.elu({ alpha: 0.4 }), kinds: 'elu' },
  hardSwish: { of: f.hardSwish(), kinds: 'hardSwish' },
  where: { of: f.where(), kinds: 'opaque' },
  'softmax of channels': { of: f.softmax(), kinds: 'softmax' },
  'softmax of columns': { of: f.softmax({ axis: 2 }), kinds: 'permute softmax permute' },
  mean: { of: f.mean({ axes: [1, 2] }), kinds: 'globalAveragePool' },
  'mean, axes kept': { of: f.mean({ axes: [1, -2], keepDims: true }), kinds: 'globalAveragePool reshape' },
  'mean of a sequence': { of: f.mean({ axes: [1] }), shape: [5, 3], kinds: 'reshape globalAveragePool' },
  sum: { of: f.sum({ axes: [1, 2] }), kinds: 'globalAveragePool affine' },
  max: { of: f.max({ axes: [1, 2] }), kinds: 'globalMaxPool' },
  'min of channels': { of: f.min({ axes: [-1] }), kinds: 'opaque' },
  prod: { of: f.prod({ axes: [1, 3], keepDims: true }), kinds: 'opaque' },
  variance: { of: f.variance({ axes: [3] }), kinds: 'opaque' },
  l2Normalize: { of: f.l2Normalize(), kinds: 'opaque' },
  reshape: { of: f.reshape({ shape: [null, 12, -1] }), kinds: 'reshape' },
  squeeze: { of: f.squeeze(), shape: [1, 6, 1], kinds: 'reshape' },
  expandDims: { of: f.expandDims({ axis: 2 }), kinds: 'reshape' },
  transpose: { of: f.transpose({ order: [0, 3, 1, 2] }), kinds: 'permute' },
  'crop of rows and columns': { of: f.slice({ cuts: [{}, { start: 1 }, { stop: -2 }] }), kinds: 'crop' },
  'slice of channels': { of: f.slice({ cuts: ['rest', { start: 1 }] }), kinds: 'slice' },
  'one column': { of: f.slice({ cuts: [{}, {}, -1] }), kinds: 'crop reshape' },
  'every second row, backwards': { of: f.slice({ cuts: [{}, { step: -2 }] }), kinds: 'crop' },
  pad: {
    of: f.pad({
      paddings: [
        [0, 0],
        [1, 2],
        [0, 1],
        [0, 0],
      ],
    }),
    kinds: 'pad',
  },
  'pad of channels': {
    of: f.pad({
      paddings: [
        [0, 0],
        [0, 0],
        [0, 0],
        [1, 2],
      ],
    }),
    kinds: 'pad',
  },
  mirrorPad: {
    of: f.mirrorPad({
      paddings: [
        [0, 0],
        [2, 1],
        [1, 0],
        [0, 0],
      ],
      mode: 'reflect',
    }),
    kinds: 'pad',
  },
  tile: { of: f.tile({ times: [1, 2, 1, 3] }), kinds: 'repeat' },
  repeat: { of: f.repeat({ times: 2, axis: 1 }), kinds: 'repeat' },
  flip: { of: f.flip({ axes: [2] }), kinds: 'permute' },
  roll: { of: f.roll({ shift: 4, axis: 2 }), kinds: 'permute' },
  gather: { of: f.gather({ indices: [2, 0, 2], axis: 3 }), kinds: 'permute' },
  resize: { of: f.resize({ times: [2, 1], interpolation: 'bilinear', halfPixelCenters: true }), kinds: 'resize' },
  spaceToDepth: { of: f.spaceToDepth({ block: 2 }), kinds: 'permute' },
  depthToSpace: { of: f.depthToSpace({ block: 2 }), shape: [2, 3, 8], kinds: 'permute' },
  matMul: { of: f.matMul(), shape: [3], behind: [1, 2, 3, 4, 5, 6], kinds: 'dense' },
};

describe('a function as operations', () => {
  const chosen = Object.entries(cases).filter((_, i) => thorough || i % 6 === 0);
  test.each(chosen)('%s: what it is in plain operations, with its gradient', async (name, given) => {
    const { of, shape = plane, kinds } = given;
    const store = createStore();
    const x = tf.tidy(() => tf.add(noiseTensor([2, ...shape]), name.startsWith('2 /') ? 2 : 0));
    const { operations, values, apply, open } = placed(given, store, shape);
    expect(operations.map(({ kind }) => kind).join(' ')).toBe(kinds);
    const network = operationNetwork(
      shape,
      operations.map((operation, i) => [`f${i}`, () => operation, ...(i === 0 ? values : [])]),
    );
    const [found, expected] = tf.tidy(() => {
      const site = network.heads[0]?.site as (typeof network.heads)[0]['site'];
      return [tf.clone(network.forward([x], { taps: [site] }).value(site)), apply(x)] as [Tensor, Tensor];
    });
    await expectClose(found, expected);
    expect(open.map((length) => length ?? 2)).toEqual(expected.shape);
    await expectGradient(network, x, { step: 1e-3, tolerance: 1e-2 });
    expect(of.applied.name).not.toBe('');
    tf.dispose([x, found, expected]);
    network.dispose();
    store.dispose();
  });
});

describe('what functions compute', () => {
  const x = [-4, -1.5, -0.2, 0, 0.3, 2.2, 5];
  test.each<[string, TensorFunction, (v: number) => number]>([
    ['hardSigmoid of Keras 3', f.hardSigmoid(), (v) => Math.min(Math.max(v / 6 + 0.5, 0), 1)],
    ['hardSigmoid of Keras 2', f.hardSigmoid({ slope: 0.2 }), (v) => Math.min(Math.max(0.2 * v + 0.5, 0), 1)],
    ['mish', f.mish(), (v) => v * Math.tanh(Math.log1p(Math.exp(v)))],
    ['softsign', f.softsign(), (v) => v / (1 + Math.abs(v))],
    ['truncate', f.truncate(), Math.trunc],
    ['erfc at 0 and far out', f.erfc(), (v) => (v > 4 ? 0 : v < -3 ? 2 : Number.NaN)],
  ])('%s', async (_name, of, number) => {
    const given = tf.tensor([x]);
    const [y] = tf.tidy(() => [...of.apply([given])]) as [Tensor];
    const found = [...(await y.data())];
    x.forEach((v, i) => {
      const expected = number(v);
      if (!Number.isNaN(expected)) expect(found[i]).toBeCloseTo(expected, 5);
    });
    tf.dispose([given, y]);
  });

  test.each<[string, TensorFunction, number[]]>([
    ['flip', f.flip({ axes: [1] }), [4, 3, 2, 1, 0]],
    ['roll', f.roll({ shift: -6, axis: 1 }), [1, 2, 3, 4, 0]],
    ['repeat', f.repeat({ times: 2, axis: 1 }), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]],
    ['tile', f.tile({ times: [1, 2] }), [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]],
    ['gather', f.gather({ indices: [3, -1, 0], axis: 1 }), [3, 4, 0]],
    ['slice backwards', f.slice({ cuts: [{}, { start: -2, step: -2 }] }), [3, 1]],
    ['slice of nothing', f.slice({ cuts: [{}, { start: 3, stop: 1 }] }), []],
    [
      'reflect',
      f.mirrorPad({
        paddings: [
          [0, 0],
          [2, 1],
        ],
        mode: 'reflect',
      }),
      [2, 1, 0, 1, 2, 3, 4, 3],
    ],
    [
      'symmetric',
      f.mirrorPad({
        paddings: [
          [0, 0],
          [2, 1],
        ],
        mode: 'symmetric',
      }),
      [1, 0, 0, 1, 2, 3, 4, 4],
    ],
  ])('%s of 0 1 2 3 4', async (_name, of, expected) => {
    const x = tf.tensor([[0, 1, 2, 3, 4]]);
    const [y] = tf.tidy(() => [...of.apply([x])]) as [Tensor];
    expect([...(await y.data())]).toEqual(expected);
    expect(of.shapes([[null, 5]])).toEqual([[null, expected.length]]);
    tf.dispose([x, y]);
  });
});

describe('open lengths', () => {
  const open = [null, null, null, 3];
  test.each<[string, TensorFunction, readonly (number | null)[]]>([
    ['add', f.add(), open],
    ['mean', f.mean({ axes: [1, 2] }), [null, 3]],
    ['reshape to rows', f.reshape({ shape: [null, -1, 3] }), [null, null, 3]],
    ['slice', f.slice({ cuts: [{}, { start: 1, stop: 4 }, { start: -2 }] }), [null, 3, 2, 3]],
    [
      'pad',
      f.pad({
        paddings: [
          [0, 0],
          [1, 1],
          [0, 0],
          [2, 0],
        ],
      }),
      [null, null, null, 5],
    ],
    ['concat', f.concat({ axis: 3 }), [null, null, null, 6]],
  ])('%s', (name, of, expected) => {
    expect(of.shapes(['add', 'concat'].includes(name) ? [open, open] : [open])[0]).toEqual(expected);
  });
});

describe('what would mix examples is refused', () => {
  test.each<[string, () => unknown, string]>([
    ['mean', () => f.mean({ axes: [0] }).shapes([[null, 4]]), 'mean over the batch axis would mix examples'],
    [
      'reshape',
      () => f.reshape({ shape: [-1, 3] }).shapes([[null, 4, 3]]),
      'reshape of [null, 4, 3] to [-1, 3] would mix',
    ],
    ['transpose', () => f.transpose({ order: [1, 0] }), 'transpose to [1, 0] would move the batch axis'],
    [
      'concat',
      () =>
        f.concat({ axis: 0 }).shapes([
          [null, 4],
          [null, 4],
        ]),
      'concat over the batch axis',
    ],
    ['slice', () => f.slice({ cuts: [{ start: 1 }] }).shapes([[null, 4]]), 'some examples of the batch'],
    ['tile', () => f.tile({ times: [2, 1] }).shapes([[null, 4]]), 'tile along the batch axis'],
  ])('%s', (_name, run, message) => {
    expect(run).toThrow(message);
  });
});

function placed(
  { of, before, behind }: Case,
  store: ReturnType<typeof createStore>,
  shape: readonly number[],
): {
  operations: readonly Operation[];
  values: readonly string[];
  apply: (x: Tensor) => Tensor;
  open: readonly (number | null)[];
} {
  const source = { address: 'f', layerClass: 'Test', store };
  const numbersAt = (numbers: readonly number[]): readonly number[] =>
    of.applied.name === 'matMul' ? [3, numbers.length / 3] : numbers.length === 1 ? [] : [numbers.length];
  const constants = [before, behind].map((numbers, i) =>
    numbers ? [constantOf(source, `c${i}`, { numbers, shape: numbersAt(numbers) })] : [],
  ) as ReturnType<typeof constantOf>[][];
  const value = { shape: [null, ...shape] };
  const count = of.applied.name === 'where' ? 3 : 1;
  const operands = [...(constants[0] ?? []), ...new Array<typeof value>(count).fill(value), ...(constants[1] ?? [])];
  const read = (list: ReturnType<typeof constantOf>[] = []): Tensor[] => list.map((constant) => constant.read());
  expect(sizeOf(shape)).toBeGreaterThan(0);
  return {
    operations: lowerFunction(of, { source, operands }),
    values: new Array<string>(count).fill('x'),
    apply: (x) =>
      of.apply([...read(constants[0]), ...new Array<Tensor>(count).fill(x), ...read(constants[1])])[0] as Tensor,
    open: of.shapes(operands.map((operand) => operand.shape))[0] ?? [],
  };
}
