import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { axisOf } from '../../functions/openShapes.ts';
import type { TensorFunction } from '../../functions/tensorFunction.ts';
import { alongAxis } from '../../lower/axes.ts';
import { affine, batchNormalization as normalizedBatch } from '../../operations/affine.ts';
import type { OwnLayer } from '../ownLayer.ts';
import { type Affine, alongAxes, lengthOf, readOperand, scaleAndCentre, scaleAndCentreOf } from './weightAxes.ts';

type Options = Affine & { readonly axis: number; readonly momentum: number };

/** Batch normalisation over an axis that is not the last, and of volumes, by the moving statistics. */
export const batchNormalization: OwnLayer<Options> = {
  name: 'BatchNormalization',
  options: { axis: -1, momentum: 0.99, epsilon: 1e-3, center: true, scale: true },
  weights: (options, [input = []]) => {
    const shape = [lengthOf(input, options.axis)];
    return [
      ...scaleAndCentre(options, shape),
      { name: 'moving_mean', shape, trained: false },
      { name: 'moving_variance', shape, start: 'ones', trained: false },
    ];
  },
  apply: normalized,
};

function normalized(options: Options): TensorFunction {
  const { axis, epsilon } = options;
  return {
    applied: { name: 'batchNormalization' },
    apply: ([x, ...weights]) => {
      const { shape, rank } = x as Tensor;
      const along = (tensor: Tensor): Tensor => alongAxes(tensor, shape, [axisOf(axis, rank)]);
      const { gamma, beta, others } = scaleAndCentreOf(options, weights);
      const [mean, variance] = others as [Tensor, Tensor];
      const standard = tf.mul(tf.sub(x as Tensor, along(mean)), tf.rsqrt(tf.add(along(variance), epsilon)));
      const scaled = gamma ? tf.mul(standard, along(gamma)) : standard;
      return [beta ? tf.add(scaled, along(beta)) : scaled];
    },
    shapes: ([shape = []]) => [shape],
    pointwise: true,
    lower: ({ source, operands: [value, ...weights] }) => {
      const rank = value?.shape.length ?? 0;
      const { gamma, beta, others } = scaleAndCentreOf(options, weights);
      const parameters = normalizedBatch(source, epsilon, () => ({
        ...(gamma && { gamma: readOperand(gamma) }),
        ...(beta && { beta: readOperand(beta) }),
        mean: readOperand(others[0]),
        variance: readOperand(others[1]),
      }));
      return alongAxis({ axis: axisOf(axis, rank), rank }, source, [affine(source, parameters)]);
    },
  };
}
