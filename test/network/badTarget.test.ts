import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers as l } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { predict } from '../../src/network/predict.ts';
import { VitrineError } from '../../src/numeric/errors.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { layerGradients } from '../../src/scoring/layerGradients.ts';
import type { Target } from '../../src/scoring/types.ts';
import { chain, classifier, free } from '../oracle/building.ts';

let model: LayersModel;
beforeAll(() => {
  model = classifier();
});
afterAll(() => free(model));

const x: NdArray = { shape: [6, 7, 2], data: new Float32Array(84) };
const explain = (target: Target, layer = 'conv1'): Promise<unknown> =>
  layerGradients(model, x, { layers: [layer], target });

const refusals: readonly [string, () => Promise<unknown>, typeof VitrineError, string][] = [
  [
    'an unknown layer of a target',
    () => explain({ layer: 'relu', unit: 0 }),
    VitrineError,
    '"target.layer" expected the address of a layer, got "relu"; near: relu1',
  ],
  ['a class too large', () => explain(4), VitrineError, '"target" expected an integer in 0..3, got 4'],
  ['a class below zero', () => explain(-1), VitrineError, '"target" expected an integer in 0..3, got -1'],
  ['half a class', () => explain(0.5), VitrineError, '"target" expected an integer in 0..3, got 0.5'],
  [
    'a class against itself',
    () => explain({ class: 1, minus: [1] }),
    VitrineError,
    '"target.minus" expected another class than "target.class", got [1]',
  ],
  [
    'an output of an output',
    () => explain({ output: 0, target: { output: 0, target: 1 } }),
    VitrineError,
    '"target.target" expected a target on output "',
  ],
  [
    'classes for another batch',
    () => explain([0, 1]),
    VitrineError,
    '"target" expected one class for each of 1 example(s), got 2',
  ],
  [
    'a class by name',
    () => explain('cat' as unknown as Target),
    VitrineError,
    '"target" expected a class, a unit, an output or a function, got "cat"',
  ],
  [
    'null as target',
    () => explain(null as unknown as Target),
    VitrineError,
    '"target" expected a class, a unit, an output or a function, got null',
  ],
  [
    'a contrast with nothing',
    () => explain({ class: 1 } as unknown as Target),
    VitrineError,
    '"target" expected {class, minus} for a contrast, or the class alone, got {class}',
  ],
  [
    'a contrast with no class',
    () => explain({ class: 1, minus: null } as unknown as Target),
    VitrineError,
    `"target.minus" expected a class or 'rest', got null`,
  ],
  [
    'a layer without unit',
    () => explain({ layer: 'conv2' } as unknown as Target),
    VitrineError,
    '"target.unit" expected an integer, got undefined',
  ],
  [
    'classes of a result for another batch',
    () => explain(Int32Array.of(0, 1)),
    VitrineError,
    '"target" expected one class for each of 1 example(s), got 2',
  ],
  [
    'a wrong class to subtract',
    () => explain({ class: 0, minus: 9 }),
    VitrineError,
    '"target.minus" expected an integer in 0..3, got 9',
  ],
  [
    'a unit too large',
    () => explain({ layer: 'conv2', unit: 3 }),
    VitrineError,
    '"target.unit" expected an integer in 0..2, got 3',
  ],
  [
    'a position outside',
    () => explain({ layer: 'conv2', unit: 0, position: [0, 9] }),
    VitrineError,
    '"target.position[1]" expected an integer in 0..1, got 9',
  ],
  [
    'a position in a dense layer',
    () => explain({ layer: 'scores', unit: 0, position: [0, 0] }),
    VitrineError,
    '"target.position" expected none for layer "scores"',
  ],
  [
    'an unknown way to reduce',
    () => explain({ layer: 'conv2', unit: 0, position: 'median' as 'mean' }),
    VitrineError,
    '"target.position" expected ',
  ],
  [
    'half a position',
    () => explain({ layer: 'conv2', unit: 0, position: [1] as unknown as [number, number] }),
    VitrineError,
    '"target.position" expected [row, column], ',
  ],
  [
    'a short direction',
    () => explain({ layer: 'conv2', vector: [1, 2] }),
    VitrineError,
    '"target.vector" expected 3 numbers, one for each unit of layer "conv2" of shape [n, 2, 2, 3], got 2',
  ],
  [
    'a direction of no number',
    () => explain({ layer: 'conv2', vector: Float32Array.of(1, Number.NaN, 0) }),
    VitrineError,
    '"target.vector" expected finite numbers, got NaN at [1]',
  ],
  [
    'a direction of zeros',
    () => explain({ layer: 'conv2', vector: [0, 0, 0] }),
    VitrineError,
    '"target.vector" expected numbers that are not all 0',
  ],
  [
    'a direction that is no list',
    () => explain({ layer: 'conv2', vector: 3 as unknown as number[] }),
    VitrineError,
    '"target.vector" expected a Float32Array or a list, got 3',
  ],
  [
    'a direction of texts',
    () => explain({ layer: 'conv2', vector: [1, '2', 3] as unknown as number[] }),
    VitrineError,
    '"target.vector[1]" expected a number, got "2"',
  ],
  [
    'a direction at a position outside',
    () => explain({ layer: 'conv2', vector: [1, 0, 0], position: [2, 0] }),
    VitrineError,
    '"target.position[0]" expected an integer in 0..1, got 2',
  ],
  [
    'an unknown output',
    () => explain({ output: 1, target: 0 }),
    VitrineError,
    '"output" expected one of 0 (scores), got 1',
  ],
  [
    'an unknown output by name',
    () => predict(model, x, { output: 'score' }),
    VitrineError,
    '"output" expected one of 0 (scores), got "score"',
  ],
  [
    'an unknown scale',
    () => layerGradients(model, x, { layers: ['conv1'], scale: 'percent' as 'logit' }),
    VitrineError,
    '"scale" expected ',
  ],
  [
    'a function without score',
    () => explain((outputs) => outputs[0] as Tensor),
    VitrineError,
    '"target" expected a function that returns shape [1], got [1, 4]',
  ],
  [
    'a layer after the target',
    () => explain({ layer: 'conv1', unit: 0 }, 'conv2'),
    VitrineError,
    'no gradient reaches "conv2": the target does not depend on it; expected a layer before the target',
  ],
  [
    'a class score of a picture',
    () =>
      predict(
        chain([2, 2, 1], l.reLU({ name: 'rectified' })),
        { shape: [2, 2, 1], data: new Float32Array(4) },
        { scale: 'logit' },
      ),
    VitrineError,
    '"scale" expected an output with one score per class, but "rectified" has shape [n, 2, 2, 1]',
  ],
];

test.each(refusals)('layerGradients(model, x, { target }): %s', async (_name, run, kind, message) => {
  const before = tf.memory().numTensors;
  const error = await run().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(kind);
  expect((error as Error).message).toContain(message);
  expect(tf.memory().numTensors).toBe(before);
});
