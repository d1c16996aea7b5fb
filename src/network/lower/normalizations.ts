import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Layer, Variable } from '../layersModel.ts';
import { affine, batchNormalization } from '../operations/affine.ts';
import { channelRegion, only, wholeRegion } from '../operations/base.ts';
import { taped } from '../operations/taped.ts';
import type { Lowering } from './lowering.ts';

interface BatchNormalizationLayer extends Layer {
  readonly axis: number;
  readonly epsilon: number;
  readonly gamma?: Variable | null;
  readonly beta?: Variable | null;
  readonly movingMean: Variable;
  readonly movingVariance: Variable;
}

export const lowerBatchNormalization: Lowering<BatchNormalizationLayer> = (layer, { source, inputShapes }) => {
  const rank = inputShapes[0]?.length ?? 0;
  if (layer.axis !== -1 && layer.axis !== rank - 1) {
    // The kernels of tfjs disagree with each other and with the formula on any other axis.
    throw new Error(
      `layer "${source.address}": batch normalisation over axis ${layer.axis} is computed wrongly by tfjs; expected the last axis, ${rank - 1}`,
    );
  }
  const weights = batchNormalization(source, layer.epsilon, () => ({
    ...(layer.gamma && { gamma: layer.gamma.read() }),
    ...(layer.beta && { beta: layer.beta.read() }),
    mean: layer.movingMean.read(),
    variance: layer.movingVariance.read(),
  }));
  return [affine(source, weights)];
};

interface LayerNormalizationLayer extends Layer {
  readonly axis: readonly number[];
  readonly epsilon: number;
  readonly gamma?: Variable | null;
  readonly beta?: Variable | null;
}

export const lowerLayerNormalization: Lowering<LayerNormalizationLayer> = (layer, { source, inputShapes }) => [
  taped('layerNormalization', source, {
    forward: (inputs, weights) => normalized(only({ inputs }), layer, weights),
    parameters: () => ({
      ...(layer.gamma && { gamma: layer.gamma.read() }),
      ...(layer.beta && { beta: layer.beta.read() }),
    }),
    region: layer.axis.every((axis) => axis === (inputShapes[0]?.length ?? 0) - 1) ? channelRegion : wholeRegion,
  }),
];

// Written out, as the layer of tfjs has no gradient without scale or centre.
function normalized(
  x: Tensor,
  { axis, epsilon }: LayerNormalizationLayer,
  { gamma, beta }: { gamma?: Tensor; beta?: Tensor },
): Tensor {
  const { mean, variance } = tf.moments(x, [...axis], true);
  const shape = x.shape.map((length, i) => (axis.includes(i) ? length : 1));
  const standard = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon)));
  const scaled = gamma ? tf.mul(standard, tf.reshape(gamma, shape)) : standard;
  return beta ? tf.add(scaled, tf.reshape(beta, shape)) : scaled;
}

export const lowerRescaling: Lowering<Layer & { scale: number; offset: number }> = (layer, { source, inputShapes }) => {
  const channels = inputShapes[0]?.at(-1);
  if (typeof channels !== 'number' || typeof layer.scale !== 'number') return undefined;
  const constant = (name: string, value: number): Tensor =>
    source.store.derive(`${source.address}: ${name}`, [], () => tf.fill([channels], value));
  return [affine(source, () => ({ scale: constant('scale', layer.scale), shift: constant('shift', layer.offset) }))];
};
