import * as tf from '@tensorflow/tfjs-core';
import { layers as l, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import type { AttackBatch } from '../../../../src/diagnosis/attacks/field/attackBatch.ts';
import { onField } from '../../../../src/diagnosis/attacks/field/attackField.ts';
import { ballOf } from '../../../../src/diagnosis/attacks/field/ball.ts';
import type { PlannedAttack } from '../../../../src/diagnosis/attacks/robustness/plannedAttacks.ts';
import { survivors } from '../../../../src/diagnosis/attacks/robustness/survivors.ts';
import type { NdArray } from '../../../../src/numeric/ndarray.ts';

/** Examples of one number, of class 0 where it is negative. */
const x: NdArray = { shape: [4, 1], data: Float32Array.of(-0.1, -0.2, -0.3, -0.4) };

function adding(name: string, amounts: readonly number[], seen: number[][]): PlannedAttack {
  return {
    name,
    needsGradients: true,
    steps: 1,
    async run(batch: AttackBatch) {
      seen.push([...batch.examples]);
      const data = batch.x.data.map((value, i) => value + (amounts[batch.examples[i] as number] as number));
      return { shape: batch.x.shape, data };
    },
  };
}

test('attacks see only what is left, and what goes too far does not count', async () => {
  const model = sequential({ layers: [l.dense({ units: 2, inputShape: [1] })] });
  tf.tidy(() => model.setWeights([tf.tensor2d([[0, 1]]), tf.zeros([2])]));
  const seen: number[][] = [];
  const attacks = [
    adding('first', [0.15, 0.1, 0.1, 0.1], seen),
    adding('far', [9, 0.5, 0.35, 0.2], seen),
    adding('last', [9, 0.25, 9, 0.1], seen),
  ];
  const found = await onField(model, x, { bounds: [-1, 1], label: 0, batchSize: 4 }, async (field) =>
    survivors(field, { attacks, ball: ballOf('linf', 0.36, field.space), standing: [0, 1, 2, 3] }),
  );
  expect(seen).toEqual([
    [0, 1, 2, 3],
    [1, 2, 3],
    [1, 3],
  ]);
  expect(found.brokenBy).toEqual(['first', 'last', 'far', null]);
  expect(found.rounds).toEqual([
    { attack: 'first', tried: 4, broken: 1, accuracy: 0.75 },
    { attack: 'far', tried: 3, broken: 1, accuracy: 0.5 },
    { attack: 'last', tried: 2, broken: 1, accuracy: 0.25 },
  ]);
  // The last is still right, and as near to wrong as any attack has brought it.
  [0.05, 0.05, 0.05, -0.2].forEach((value, i) => expect(found.changed.data[i]).toBeCloseTo(value, 6));
  model.dispose();
});
