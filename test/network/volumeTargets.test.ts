import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { gradient } from '../../src/attribution/index.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { UnitTarget } from '../../src/scoring/types.ts';
import { inputsOf, type Layer } from '../oracle/building.ts';
import { expectNear } from '../support/near.ts';
import { withBuilt } from '../support/recomputation.ts';
import { frameModel, volumeModel } from '../support/volumeModels.ts';

/** The tape's derivative of one value of the first layer. */
async function slopeOf(model: LayersModel, { shape, data }: NdArray, at: readonly number[]): Promise<Float32Array> {
  const value = (x: tf.Tensor) => {
    const y = (model.layers[1] as Layer).apply(x) as tf.Tensor;
    const chosen = tf.buffer(y.shape);
    chosen.set(1, 0, ...at);
    return tf.sum(tf.mul(y, chosen.toTensor()));
  };
  const slope = tf.tidy(() => tf.grad(value)(tf.tensor(data, [...shape])));
  const values = await slope.data<'float32'>();
  slope.dispose();
  return values;
}

test.each([
  ['depth, row and column of a volume', volumeModel, 'A'],
  ['frame, row and column of frames', frameModel, 'frames/A'],
])('a unit at %s', async (_name, build, layer) => {
  await withBuilt(build, async (model) => {
    const x = inputsOf(model, 1)[0] as NdArray;
    for (const position of [
      [0, 0, 0],
      [1, 2, 1],
      [2, 1, 2],
    ] as const) {
      const target: UnitTarget = { layer, unit: 1, position };
      const { values, score } = await gradient(model, x, { target });
      expectNear(values.data, await slopeOf(model, x, [...position, 1]), 1e-5);
      const direction = await gradient(model, x, { target: { layer, vector: [0, 1, 0], position } });
      expectNear(direction.values.data, values.data, 1e-6);
      const first = tf.tidy(
        () => (model.layers[1] as Layer).apply(tf.tensor(x.data, x.shape as number[])) as tf.Tensor,
      );
      const all = await first.data();
      first.dispose();
      const [d, r, c] = position;
      expect(score[0]).toBeCloseTo(all[((d * 3 + r) * 3 + c) * 3 + 1] as number, 5);
    }
  });
});

test('positions that are none of a volume or of frames are refused by their axes', async () => {
  await withBuilt(volumeModel, async (model) => {
    const x = inputsOf(model, 1)[0] as NdArray;
    await expect(gradient(model, x, { target: { layer: 'A', unit: 1, position: [1, 2] } })).rejects.toThrow(
      '"target.position" expected [depth, row, column], a place in layer "A" of shape [n, 3, 3, 3, 3], got [1, 2]',
    );
    await expect(gradient(model, x, { target: { layer: 'A', unit: 1, position: [1, 3, 0] } })).rejects.toThrow(
      '"target.position[1]" expected an integer in 0..2, got 3',
    );
  });
  await withBuilt(frameModel, async (model) => {
    const target: UnitTarget = { layer: 'frames/A', unit: 1, position: [1] };
    await expect(gradient(model, inputsOf(model, 1), { target })).rejects.toThrow(
      '"target.position" expected [frame, row, column], a place in layer "frames/A" of shape [n, 3, 3, 3, 3], got [1]',
    );
  });
});
