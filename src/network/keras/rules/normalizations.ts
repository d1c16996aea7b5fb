import { VitrineError } from '../../../numeric/errors.ts';
import type { Json } from '../../loading/modelJson.ts';
import { type LayerRule, type LayerRules, type Options, ours, oursIf } from '../layerRule.ts';

const affine = ['epsilon', 'center', 'scale'];

const batch: Pick<LayerRule, 'as' | 'change'> = {
  as: oursIf('BatchNormalization', isUnusual),
  // tf.keras writes a list of one axis.
  change: (options) => ({ ...options, axis: oneAxis(options['axis']) }),
};

/** tfjs-layers normalises vectors to pictures over their last axis. */
function isUnusual(options: Options, rank: number | undefined): boolean {
  const axis = oneAxis(options['axis']);
  if (rank === undefined) return axis !== -1 && axis !== 3;
  return rank > 4 || (axis !== -1 && axis !== rank - 1);
}

/** Normalisations of batches, layers, groups and of the data. */
export const normalizations: LayerRules = {
  BatchNormalization: {
    options: ['axis', 'momentum', ...affine],
    training: ['renorm_clipping', 'renorm_momentum', 'synchronized', 'virtual_batch_size', 'fused'],
    only: { renorm: [false] },
    ...batch,
  },
  SyncBatchNormalization: { options: ['axis', 'momentum', ...affine], ...batch },
  LayerNormalization: { options: ['axis', ...affine], only: { rms_scaling: [false] } },
  RMSNormalization: { options: ['axis', 'epsilon'], as: () => ours('RMSNormalization'), change: withListedAxis },
  GroupNormalization: { options: ['groups', 'axis', ...affine], as: () => ours('GroupNormalization') },
  UnitNormalization: { options: ['axis'], as: () => ours('UnitNormalization'), change: withListedAxis },
  Normalization: {
    options: ['axis', 'invert', 'mean', 'variance'],
    as: ({ mean }) => ours(isGiven(mean) ? 'ConfiguredNormalization' : 'Normalization'),
    change: ({ mean = null, variance = null, ...options }): Options => {
      const listed = withListedAxis(options);
      return isGiven(mean) ? { ...listed, mean: [mean].flat(9) as Json, variance: [variance].flat(9) as Json } : listed;
    },
  },
  LayerScale: { options: ['projection_dim'], training: ['init_values'], as: () => ours('LayerScale') },
};

function oneAxis(axis: Json | undefined): Json {
  if (!Array.isArray(axis)) return axis ?? -1;
  if (axis.length === 1) return axis[0] ?? -1;
  throw new VitrineError('unsupported-layer', `batch normalisation expected one axis, got ${JSON.stringify(axis)}`);
}

function withListedAxis({ axis = -1, ...options }: Options): Options {
  return { ...options, axis: axis === null ? [] : ([axis].flat() as Json) };
}

function isGiven(mean: Json | undefined): boolean {
  return mean !== null && mean !== undefined;
}
