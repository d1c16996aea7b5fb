import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayerMoments, Operation, OperationParameters } from '../graph/operation.ts';
import {
  channelRegion,
  describeOperation,
  type OperationSource,
  only,
  perChannel,
  pointwise,
  wholeRegion,
} from './base.ts';

/**
 * (x − μ)/√(σ² + ε) by the moments of each example along some axes, or about zero x/√(mean x² + ε), then `gamma` and
 * `beta` if there are any.
 */
export function layerNormalization(
  source: Pick<OperationSource, 'address' | 'layerClass'>,
  moments: LayerMoments,
  parameters: () => OperationParameters = () => ({}),
): Operation {
  const alongLast = (rank: number): boolean => axesIn(moments, rank).every((axis) => axis === rank - 1);
  return {
    ...describeOperation('layerNormalization', source),
    moments,
    get parameters() {
      return parameters();
    },
    needs: ['inputs'],
    forward: (inputs, { gamma, beta } = parameters()) => {
      const { centred, factor } = standardization(only({ inputs }), moments);
      const scaled = alongAxes(tf.mul(centred, factor), gamma, { moments, combine: tf.mul });
      return alongAxes(scaled, beta, { moments, combine: tf.add });
    },
    // With x̂ = c · r and g = γ ⊙ signal: r (g − mean g − x̂ · mean(g ⊙ x̂)).
    pullback: (cotangent, io, { gamma } = parameters()) => {
      const { centred, factor } = standardization(only(io), moments);
      const standard = tf.mul(centred, factor);
      const signal = alongAxes(cotangent, gamma, { moments, combine: tf.mul });
      const alike = tf.mean(tf.mul(signal, standard), axesIn(moments, signal.rank), true);
      return [tf.mul(tf.sub(withoutMean(signal, moments), tf.mul(standard, alike)), factor)];
    },
    region: (output, inputShapes) => {
      const region = alongLast(inputShapes[0]?.length ?? 0) ? channelRegion : wholeRegion;
      return region(output, inputShapes);
    },
    get partial() {
      const { gamma, beta } = parameters();
      return alongLast(4) && perChannel(gamma, beta) ? pointwise(this.forward) : undefined;
    },
    withParameters: (other) => layerNormalization(source, moments, other),
  };
}

/** What a normalisation makes of its input: c = x − μ, and r = 1/√(σ² + ε) with axes of length 1. */
export function standardization(
  x: Tensor,
  moments: LayerMoments,
): { readonly centred: Tensor; readonly factor: Tensor } {
  const centred = withoutMean(x, moments);
  const variance = tf.mean(tf.square(centred), axesIn(moments, x.rank), true);
  return { centred, factor: tf.rsqrt(tf.add(variance, moments.epsilon)) };
}

/** The values less their mean along the axes of a normalisation, unless that counts as 0: its own transpose. */
export function withoutMean(values: Tensor, moments: LayerMoments): Tensor {
  if (moments.aboutZero) return values;
  return tf.sub(values, tf.mean(values, axesIn(moments, values.rank), true));
}

/** Values combined with weights of the lengths of the axes of a normalisation. */
export function alongAxes(
  values: Tensor,
  weights: Tensor | undefined,
  { moments, combine }: { moments: LayerMoments; combine: (a: Tensor, b: Tensor) => Tensor },
): Tensor {
  if (!weights) return values;
  const axes = axesIn(moments, values.rank);
  return combine(
    values,
    tf.reshape(
      weights,
      values.shape.map((length, axis) => (axes.includes(axis) ? length : 1)),
    ),
  );
}

/** The axes counted from the front. */
export function axesIn({ axes }: LayerMoments, rank: number): number[] {
  return axes.map((axis) => (axis < 0 ? axis + rank : axis));
}
