import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model as modelOf,
  type Shape,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { gradient } from '../../../src/attribution/gradient/gradient.ts';
import { integratedGradients } from '../../../src/attribution/path/integratedGradients.ts';
import { compile } from '../../../src/network/compile.ts';
import { predict } from '../../../src/network/predict.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { apply, chain, free, inputsOf, type Layer } from '../../oracle/building.ts';
import { expectNear } from '../../support/near.ts';
import { weightedOutputs, weightedPredictions } from '../../support/weightedOutputs.ts';

type Run = (inputs: Tensor[]) => Tensor | Tensor[];

/** A layer of somebody's own; its outputs have the shapes of its first inputs. */
function own(name: string, run: Run, outputs = 1): Layer {
  class Own extends layers.Layer {
    static className = 'Own';
    override computeOutputShape(shapes: Shape | Shape[]): Shape | Shape[] {
      const all = Array.isArray(shapes[0]) ? (shapes as Shape[]) : [shapes as Shape];
      const made = Array.from({ length: outputs }, (_, i) => all[Math.min(i, all.length - 1)] as Shape);
      return outputs === 1 ? (made[0] as Shape) : made;
    }
    override call(inputs: Tensor | Tensor[]): Tensor | Tensor[] {
      return run([inputs].flat() as Tensor[]);
    }
  }
  return new Own({ name });
}

const attention: Run = ([q, k, v]) =>
  tf.matMul(tf.softmax(tf.matMul(q as Tensor, k as Tensor, false, true)), v as Tensor);

type Ends = (a: SymbolicTensor, b: SymbolicTensor) => SymbolicTensor | SymbolicTensor[];

const joins: readonly [string, Ends][] = [
  ['dot of a value with itself', (a) => apply(layers.dot({ axes: 2 }), [a, a])],
  ['normalized dot of a value with itself', (a, b) => [apply(layers.dot({ axes: 2, normalize: true }), [a, a]), b]],
  ['dot of two', (a, b) => apply(layers.dot({ axes: [1, 1] }), [a, b])],
  ['attention of a value to itself', (a) => apply(own('attention', attention), [a, a, a])],
  ['attention, keys and values alike', (a, b) => apply(own('attention', attention), [b, a, a])],
  [
    'a value at two inputs of three',
    (a, b) =>
      apply(
        own('product', ([x, y, z]) => tf.mul(tf.mul(x as Tensor, y as Tensor), z as Tensor)),
        [a, b, a],
      ),
  ],
  ['merge of two ranks, twice', (a) => apply(layers.add(), [a, apply(layers.globalAveragePooling1d({}), a)])],
  [
    'a layer that hands its input back',
    (a, b) =>
      apply(
        own('same', ([x]) => x as Tensor),
        [a, b],
      ),
  ],
  [
    'two outputs, each of its own input',
    (a, b) =>
      own('apart', ([x, y]) => [tf.square(x as Tensor), tf.sin(y as Tensor)], 2).apply([a, b]) as SymbolicTensor[],
  ],
  [
    'two outputs that are the inputs, crossed',
    (a, b) => own('crossed', ([x, y]) => [y as Tensor, x as Tensor], 2).apply([a, b]) as SymbolicTensor[],
  ],
  [
    'two outputs of one value, both read',
    (a) =>
      apply(
        layers.multiply(),
        own('fork', ([x]) => [tf.square(x as Tensor), tf.add(x as Tensor, 1)], 2).apply(a) as SymbolicTensor[],
      ),
  ],
  [
    'a gradient of its own that is the signal itself',
    (a, b) =>
      apply(
        own('straight', ([x, y]) => straight(x as Tensor, y as Tensor)),
        [a, b],
      ),
  ],
];

/** x + y, whose gradient hands one tensor to both. */
const straight = tf.customGrad((x, y) => ({
  value: tf.add(x as Tensor, y as Tensor),
  gradFunc: (signal: Tensor) => [signal, signal],
})) as (x: Tensor, y: Tensor) => Tensor;

function joined(ends: Ends): LayersModel {
  const x = input({ shape: [4, 3] });
  const [a, b] = ['tanh', 'sigmoid'].map((activation) =>
    apply(layers.activation({ activation: activation as 'tanh' }), x),
  );
  return modelOf({ inputs: x, outputs: ends(a as SymbolicTensor, b as SymbolicTensor) });
}

describe.each(joins)('%s', (_name, ends) => {
  const step = 1e-2;

  test('its gradient is that of differences, and integrated gradients are complete', async () => {
    const model = joined(ends);
    const [x] = inputsOf(model, 2) as [NdArray];
    const { values } = await gradient(model, x, { target: weightedOutputs });
    for (let i = 0; i < 12; i++) {
      const moved = (by: number): NdArray => {
        const data = x.data.slice();
        for (const k of [i, 12 + i]) data[k] = (data[k] as number) + by;
        return { shape: x.shape, data };
      };
      const [above, below] = [
        await weightedPredictions(model, [moved(step)]),
        await weightedPredictions(model, [moved(-step)]),
      ];
      const slopes = above.map((score, row) => (score - (below[row] as number)) / (2 * step));
      expectNear([values.data[i] as number, values.data[12 + i] as number], slopes, 2e-3);
    }
    const { delta } = await integratedGradients(model, x, { target: weightedOutputs, steps: 40, baseline: 0.3 });
    expectNear(delta as Float32Array, [0, 0], 2e-3);
    free(model);
  });
});

describe('a layer that tfjs cannot run or differentiate is named', () => {
  test.each<[string, Layer, string]>([
    [
      'forward',
      own('odd', ([x]) => tf.matMul(x as Tensor, tf.ones([7, 2]))),
      'layer "odd" (Own) cannot run in tfjs: Error in matMul: inner shapes',
    ],
    [
      'backward',
      own('odd', ([x]) => tf.add(tf.cumprod(x as Tensor, 1), 0)),
      'layer "odd" (Own) has no gradient in tfjs: ',
    ],
    [
      'cut off',
      own('odd', ([x]) => tf.ones((x as Tensor).shape)),
      'layer "odd" (Own) has no gradient in tfjs: what it gives does not follow from its inputs',
    ],
  ])('%s', async (_way, layer, message) => {
    const model = chain([4, 3], layer, layers.flatten());
    await expect(gradient(model, inputsOf(model, 1)[0] as NdArray, { target: 0 })).rejects.toThrow(message);
    free(model);
  });

  test('a shape that is another than it announced', async () => {
    const model = chain(
      [4, 3],
      own('odd', ([x]) => tf.sum(x as Tensor, 2)),
      layers.flatten(),
    );
    await expect(predict(model, inputsOf(model, 1)[0] as NdArray)).rejects.toThrow(
      'layer "odd" (Own) cannot run in tfjs: its computeOutputShape tells [n, 4, 3], its call gives [n, 4]',
    );
    free(model);
  });

  test('a value of the graph as an argument that no prediction fills in', () => {
    const x = input({ shape: [4, 3] });
    const gate = apply(layers.activation({ activation: 'sigmoid' }), x);
    const gated = own('odd', ([y]) => y as Tensor).apply(x, { gate } as never) as SymbolicTensor;
    expect(() => compile(modelOf({ inputs: x, outputs: gated }))).toThrow(
      'layer "odd" (Own) was called with a value of the graph as "gate", which no prediction fills in: make it one of its inputs',
    );
  });
});

test('a layer is called with the options that it was given', async () => {
  class Scaled extends layers.Layer {
    static className = 'Scaled';
    override call(inputs: Tensor | Tensor[], { by = 1 }: { by?: number }): Tensor {
      return tf.mul([inputs].flat()[0] as Tensor, by);
    }
  }
  const x = input({ shape: [2] });
  const model = modelOf({ inputs: x, outputs: new Scaled({}).apply(x, { by: 3 } as never) as SymbolicTensor });
  const { values } = await predict(model, { shape: [1, 2], data: Float32Array.of(1, 2) });
  expect([...values.data]).toEqual([3, 6]);
});
