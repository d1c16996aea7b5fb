import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Layer, Variable } from '../layersModel.ts';
import { affine, batchNormalization } from '../operations/affine.ts';
import { only, wholeRegion } from '../operations/base.ts';
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

export const lowerLayerNormalization: Lowering = (layer, { source }) => [
  taped('layerNormalization', source, {
    forward: (inputs) => layer.apply(only({ inputs }), { training: false }) as Tensor,
    region: wholeRegion,
  }),
];

export const lowerRescaling: Lowering<Layer & { scale: number; offset: number }> = (layer, { source, inputShapes }) => {
  const channels = inputShapes[0]?.at(-1);
  if (typeof channels !== 'number' || typeof layer.scale !== 'number') return undefined;
  const constant = (name: string, value: number): Tensor =>
    source.store.derive(`${source.address}: ${name}`, [], () => tf.fill([channels], value));
  return [affine(source, () => ({ scale: constant('scale', layer.scale), shift: constant('shift', layer.offset) }))];
};
