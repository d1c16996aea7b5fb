import * as tf from '@tensorflow/tfjs-core';
import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { lrp } from '../../../src/attribution/index.ts';
import { compile } from '../../../src/network/compile.ts';
import { chain, conv, free, inputsOf, norm, picture, randomized } from '../../oracle/building.ts';
import { expectClose } from '../../support/close.ts';
import { expectGradient, passes } from '../../support/operations.ts';

test.each<[string, number[], number | number[], number]>([
  ['rows', [6, 7, 2], 1, 1],
  ['columns, from the back', [6, 7, 2], -2, 2],
  ['columns, a list', [6, 7, 2], [2], 2],
  ['channels, a list', [6, 7, 2], [3], 3],
  ['channels, from the back', [6, 7, 2], [-1], 3],
  ['steps of a sequence', [5, 3], 1, 1],
])('batch normalisation over %s is the formula', async (_name, shape, axis, counted) => {
  const model = randomized(chain(shape, norm({ axis: counted })), 3);
  // As tf.keras writes it; tfjs-layers would not build with some of these.
  Object.assign(model.layers[1] as object, { axis });
  const network = compile(model);
  const [input] = inputsOf(model);
  const [gamma, beta, mean, variance] = await Promise.all(
    (model.layers[1]?.getWeights() ?? []).map((weight) => weight.data()),
  );
  const full = [2, ...shape];
  const stride = full.slice(counted + 1).reduce((product, length) => product * length, 1);
  const expected = input?.data.map((value, i) => {
    const place = Math.floor(i / stride) % (full[counted] as number);
    const at = (values: ArrayLike<number> | undefined): number => values?.[place] as number;
    return (at(gamma) * (value - at(mean))) / Math.sqrt(at(variance) + 1e-3) + at(beta);
  });
  const x = tf.tensor(input?.data as Float32Array, full);
  const { y, cotangent, gradient } = passes(network, x);
  await expectClose(y, { shape: full, data: expected as Float32Array });
  await expectGradient(network, x);
  tf.dispose([x, y, cotangent, gradient]);
  network.dispose();
  free(model);
});

test('LRP of a batch normalisation over rows goes by the rule of one that stays alone', async () => {
  const model = randomized(
    chain(picture, conv({ padding: 'same' }), norm({ axis: 1, center: false }), l.flatten(), l.dense({ units: 2 })),
  );
  const [x] = inputsOf(model, 1);
  const layer = model.layers[1]?.name as string;
  const { values } = await lrp(model, x as never, { layer });
  expect(values.data.some((value) => value !== 0)).toBe(true);
  free(model);
});
