import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { input, layers as l, model as modelOf } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { gradient } from '../../../src/attribution/gradient/gradient.ts';
import { type ClearMapOptions, clearMap } from '../../../src/attribution/relevance/clear/clearMap.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import type { Target } from '../../../src/scoring/types.ts';
import { apply, conv, free, inputsOf, randomized } from '../../oracle/building.ts';
import { expectClose } from '../../support/close.ts';

type Head = (features: SymbolicTensor) => SymbolicTensor;

function modelWith(...heads: readonly Head[]): LayersModel {
  const x = input({ shape: [6, 6, 2] });
  const features = apply(l.flatten(), apply(conv({ activation: 'relu' }), x));
  return randomized(modelOf({ inputs: x, outputs: heads.map((head) => head(features)) }), 8);
}

const dense =
  (name: string, units: number, activation: 'linear' | 'softmax' | 'sigmoid' = 'linear'): Head =>
  (features) =>
    apply(l.dense({ name, units, activation }), features);
const mean: Head = (features) =>
  apply(
    l.average(),
    ['a', 'b'].map((name) => dense(name, 3, 'softmax')(features)),
  );

/** What tfjs says of the classes of an example, the best first. */
async function ranked(model: LayersModel, x: NdArray, output: number): Promise<number[]> {
  const outputs = tf.tidy(() => [model.predict(tf.tensor(x.data, [...x.shape]))].flat() as Tensor[]);
  const row = [...(await (outputs[output] as Tensor).data())];
  tf.dispose(outputs);
  const scores = row.length === 1 ? [1 - (row[0] as number), row[0] as number] : row;
  return [...scores.keys()].sort((a, b) => (scores[b] as number) - (scores[a] as number));
}

const cases: readonly [string, readonly Head[], ClearMapOptions, number][] = [
  ['a softmax', [dense('y', 3, 'softmax')], {}, 0],
  ['linear units', [dense('y', 3)], {}, 0],
  ['linear units on the scale of probabilities', [dense('y', 3)], { output: 'logits', scale: 'probability' }, 0],
  ['a mean of softmaxes', [mean], {}, 0],
  ['a sigmoid of one unit', [dense('y', 1, 'sigmoid')], {}, 0],
  ['the second output', [dense('first', 2), dense('logits', 4)], { output: 'logits' }, 1],
];

describe.each(cases)('clearMap of %s', (_name, heads, options, output) => {
  test('compares the gradients of the classes, the best first', async () => {
    const model = modelWith(...heads);
    const [x] = inputsOf(model, 1) as [NdArray];
    const { responses, classes, classMap, response } = await clearMap(model, x, { ...options, base: gradient });
    const order = await ranked(model, x, output);
    expect([...classes.data]).toEqual(order);
    const planes = await Promise.all(
      order.map(async (own) => {
        const target: Target = { output, target: own };
        const { values } = await gradient(model, x, { target, ...(options.scale && { scale: options.scale }) });
        return Array.from(
          { length: 36 },
          (_, place) => (values.data[2 * place] as number) + (values.data[2 * place + 1] as number),
        );
      }),
    );
    await expectClose(responses, { shape: [1, order.length, 6, 6], data: Float32Array.from(planes.flat()) });
    for (let place = 0; place < 36; place++) {
      const best = Math.max(...planes.map((plane) => plane[place] as number));
      expect(response.data[place]).toBeCloseTo(best, 5);
      expect(planes[order.indexOf(classMap.data[place] as number)]?.[place]).toBeCloseTo(best, 5);
    }
    free(model);
  });
});

test('another base is called for each class, of the output that is asked for', async () => {
  const model = modelWith(dense('first', 2), dense('second', 3));
  const [x] = inputsOf(model, 1) as [NdArray];
  const byCalls = await clearMap(model, x, { output: 1, base: (m, y, options) => gradient(m, y, options) });
  const byWalk = await clearMap(model, x, { output: 'second', base: gradient });
  await expectClose(byCalls.responses, byWalk.responses);
  expect(byCalls.classes).toEqual(byWalk.classes);
  free(model);
});

test('boxes have no classes to compare', async () => {
  const model = modelWith((features) => apply(l.reshape({ targetShape: [6, 8], name: 'boxes' }), features));
  const [x] = inputsOf(model, 1) as [NdArray];
  await expect(clearMap(model, x)).rejects.toThrow(
    '"output" expected an output with one score per class, but "boxes" has shape [n, 6, 8]',
  );
  free(model);
});
