import { functions } from '../../functions/functions.ts';
import { rectified } from '../activations.ts';
import type { OwnLayer } from '../ownLayer.ts';

/** ReLU with a slope below its threshold. */
export const relu: OwnLayer<{ maxValue: number | null; negativeSlope: number; threshold: number }> = {
  name: 'ReLU',
  options: { maxValue: null, negativeSlope: 0, threshold: 0 },
  apply: ({ maxValue, negativeSlope, threshold }) => rectified(maxValue ?? undefined, negativeSlope, threshold),
};

export const elu: OwnLayer<{ alpha: number }> = {
  name: 'ELU',
  options: { alpha: 1 },
  apply: ({ alpha }) => functions.elu({ alpha }),
};
