import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { functions } from '../../../src/network/functions/functions.ts';
import type { TensorFunction } from '../../../src/network/functions/tensorFunction.ts';
import { random } from '../../../src/numeric/random.ts';

const shape = [1, 6, 8, 4] as const;

/** What part of the input a function says that a part of its output depends on. */
function said(made: TensorFunction, rows: readonly [number, number], columns: readonly [number, number]): unknown {
  return made.region?.({ rows, columns }, [shape])[0];
}

/** The smallest window that holds all input places which change a window of the output when they are changed. */
async function found(made: TensorFunction, rows: readonly [number, number], columns: readonly [number, number]) {
  const source = random(1);
  const values = Float32Array.from({ length: 192 }, () => source.uniform() + 0.5);
  const seen = (data: Float32Array): Promise<Float32Array> => {
    const window = tf.tidy(() => {
      const [output] = made.apply([tf.tensor4d(data, [...shape])]);
      const size = [-1, rows[1] - rows[0], columns[1] - columns[0], -1];
      return tf.slice(output as tf.Tensor, [0, rows[0], columns[0], 0], size);
    });
    return (window.data() as Promise<Float32Array>).finally(() => window.dispose());
  };
  const before = await seen(values);
  const places: (readonly [number, number])[] = [];
  for (let pixel = 0; pixel < 48; pixel++) {
    const changed = values.slice();
    // Of all channels alike, a softmax over the channels sees nothing.
    for (let channel = 0; channel < 4; channel++) changed[pixel * 4 + channel] = channel + 2;
    const after = await seen(changed);
    if (after.some((value, i) => value !== before[i])) places.push([Math.floor(pixel / 8), pixel % 8]);
  }
  const along = (axis: 0 | 1): [number, number] => {
    const all = places.map((place) => place[axis]);
    return [Math.min(...all), Math.max(...all) + 1];
  };
  return { rows: along(0), columns: along(1) };
}

test.each<[string, TensorFunction]>([
  ['depthToSpace', functions.depthToSpace({ block: 2 })],
  ['spaceToDepth', functions.spaceToDepth({ block: 2 })],
  ['slice with steps', functions.slice({ cuts: [{}, { start: 1, step: 2 }, { start: 0, step: 3 }] })],
  ['softmax over the channels', functions.softmax({})],
  ['logSoftmax over the channels', functions.logSoftmax({})],
])('%s depends on the part of its input that it names, and on no smaller one', async (_, made) => {
  expect(said(made, [1, 2], [1, 2])).toEqual(await found(made, [1, 2], [1, 2]));
  expect(said(made, [0, 2], [0, 2])).toEqual(await found(made, [0, 2], [0, 2]));
});

test('a softmax along another axis depends on all of it', () => {
  expect(said(functions.softmax({ axis: 1 }), [1, 2], [1, 2])).toBe('all');
  expect(said(functions.logSoftmax({ axis: 2 }), [1, 2], [1, 2])).toBe('all');
});
