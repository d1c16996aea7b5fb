import { input, layers as l, model } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { receptiveField } from '../../src/network/fields/receptiveField.ts';
import { apply, free } from '../oracle/building.ts';

/** Two branches of 20 positions: one enlarged and then pooled, the other as it is. */
function branches(enlarged: number, pooled: number): ReturnType<typeof model> {
  const x = input({ shape: [21, 21, 1] });
  const large = apply(l.upSampling2d({ size: [enlarged, enlarged] }), x);
  const steps = l.averagePooling2d({ poolSize: pooled, strides: [pooled, pooled] });
  const cropped = l.cropping2D({
    cropping: [
      [0, 1],
      [0, 1],
    ],
  });
  const ends = [apply(steps, large), apply(cropped, x)];
  return model({ inputs: x, outputs: apply(l.add({ name: 'sum' }), ends) });
}

test('branches whose steps differ by a twentieth of a pixel are refused', () => {
  const slightly = branches(20, 21);
  expect(() => receptiveField(slightly, 'sum')).toThrow(
    'misaligned stride at layer "sum": branches of jump 1.05 and 1 pixels meet',
  );
  free(slightly);
});
