import { VitrineError } from '../../numeric/errors.ts';
import { axisOf } from '../functions/openShapes.ts';
import type { Layer, Variable } from '../graph/layersModel.ts';
import { affine, batchNormalization, constantAffine } from '../operations/affine.ts';
import { layerNormalization } from '../operations/layerNormalization.ts';
import { alongAxis } from './axes.ts';
import type { Lowering } from './lowering.ts';

interface BatchNormalizationLayer extends Layer {
  /** A list of one where tf.keras wrote it. */
  readonly axis: number | readonly number[];
  readonly epsilon: number;
  readonly gamma?: Variable | null;
  readonly beta?: Variable | null;
  readonly movingMean: Variable;
  readonly movingVariance: Variable;
}

export const lowerBatchNormalization: Lowering<BatchNormalizationLayer> = (layer, { source, inputShapes }) => {
  const rank = inputShapes[0]?.length ?? 0;
  const [given, ...others] = [layer.axis].flat();
  if (given === undefined || others.length > 0) {
    const found = JSON.stringify(layer.axis);
    throw new VitrineError(
      'unsupported-layer',
      `layer "${source.address}": batch normalisation expected one axis, got ${found}`,
    );
  }
  const weights = batchNormalization(source, layer.epsilon, () => ({
    ...(layer.gamma && { gamma: layer.gamma.read() }),
    ...(layer.beta && { beta: layer.beta.read() }),
    mean: layer.movingMean.read(),
    variance: layer.movingVariance.read(),
  }));
  // Along another axis than the last the kernels of tfjs disagree with each other and with the formula.
  return alongAxis({ axis: axisOf(given, rank), rank }, source, [affine(source, weights)]);
};

interface LayerNormalizationLayer extends Layer {
  readonly axis: readonly number[];
  readonly epsilon: number;
  readonly gamma?: Variable | null;
  readonly beta?: Variable | null;
}

export const lowerLayerNormalization: Lowering<LayerNormalizationLayer> = (layer, { source }) => [
  layerNormalization(source, { axes: layer.axis, epsilon: layer.epsilon }, () => ({
    ...(layer.gamma && { gamma: layer.gamma.read() }),
    ...(layer.beta && { beta: layer.beta.read() }),
  })),
];

type PerChannel = number | readonly number[];

export const lowerRescaling: Lowering<Layer & { scale: PerChannel; offset: PerChannel }> = (
  { scale, offset },
  { source, inputShapes },
) => {
  const channels = inputShapes[0]?.at(-1);
  return typeof channels === 'number' ? [constantAffine(source, channels, { scale, shift: offset })] : undefined;
};
