import { VitrineError } from '../../../numeric/errors.ts';
import type { Json } from '../../loading/modelJson.ts';
import { type LayerRules, type Options, ours, oursIf } from '../layerRule.ts';

const channelsLast = { data_format: ['channels_last', null] } as const;

/** Layers that move values: shapes, borders, repetition, look-up. */
export const shapes: LayerRules = {
  InputLayer: {
    only: { sparse: [false], ragged: [false] },
    training: ['batch_input_shape', 'batch_shape', 'optional', 'name'],
    change: (_options, { config, name }) => ({
      batch_input_shape: config['batch_shape'] ?? config['batch_input_shape'] ?? null,
      dtype: inputType(config['dtype'], name),
    }),
  },
  // tfjs-layers refuses to flatten what is flat.
  Flatten: { options: ['data_format'], as: oursIf('Flatten', (_options, rank) => rank === 2) },
  // tfjs-layers knows no shapes behind one that leaves a length open.
  Reshape: { options: ['target_shape'], as: oursIf('Reshape', ({ target_shape: shape }) => hasOpen(shape)) },
  Permute: { options: ['dims'] },
  RepeatVector: { options: ['n'] },
  // tfjs-layers takes every negative axis for the last one.
  Concatenate: { options: ['axis'], as: oursIf('Concatenate', ({ axis }) => typeof axis === 'number' && axis < -1) },
  ZeroPadding1D: {
    options: ['padding'],
    only: channelsLast,
    as: () => ours('ZeroPadding1D'),
    change: sided('padding', 1),
  },
  ZeroPadding2D: { options: ['padding', 'data_format'] },
  ZeroPadding3D: {
    options: ['padding'],
    only: channelsLast,
    as: () => ours('ZeroPadding3D'),
    change: sided('padding', 3),
  },
  Cropping1D: { options: ['cropping'], only: channelsLast, as: () => ours('Cropping1D'), change: sided('cropping', 1) },
  Cropping2D: { options: ['cropping', 'data_format'] },
  Cropping3D: { options: ['cropping'], only: channelsLast, as: () => ours('Cropping3D'), change: sided('cropping', 3) },
  UpSampling1D: { options: ['size'], as: () => ours('UpSampling1D'), change: listedSize },
  UpSampling2D: {
    options: ['size', 'interpolation', 'data_format'],
    as: oursIf('UpSampling2D', isSmooth),
    change: ({ data_format: format = null, ...options }): Options => {
      if (!isSmooth(options)) return { ...options, data_format: format };
      if (format === 'channels_first')
        throw new VitrineError('unsupported-layer', 'bilinear with data_format "channels_first" is not supported');
      if (options['interpolation'] === 'bilinear') return listedSize(options);
      throw new VitrineError(
        'unsupported-layer',
        `interpolation expected "nearest" or "bilinear", got ${JSON.stringify(options['interpolation'])}`,
      );
    },
  },
  UpSampling3D: { options: ['size'], only: channelsLast, as: () => ours('UpSampling3D'), change: listedSize },
  Masking: { options: ['mask_value'] },
  Embedding: {
    options: ['input_dim', 'output_dim', 'mask_zero', 'input_length'],
    training: ['batch_input_shape', 'sparse'],
  },
};

function isSmooth({ interpolation }: Options): boolean {
  return interpolation !== undefined && interpolation !== 'nearest';
}

function hasOpen(shape: Json | undefined): boolean {
  return Array.isArray(shape) && shape.some((length) => length === null || length === -1);
}

function listedSize({ size = 2, ...options }: Options): Options {
  return { ...options, size: [size].flat() as Json };
}

/** One number, one for each axis, or a pair for each axis, as pairs. */
function sided(name: string, axes: number): (options: Options) => Options {
  return ({ [name]: given = 1, ...options }) => {
    const each =
      Array.isArray(given) && (axes > 1 || Array.isArray(given[0])) ? given : new Array<Json>(axes).fill(given);
    return { ...options, [name]: each.map((sides) => (Array.isArray(sides) ? sides : [sides, sides])) };
  };
}

/** Pictures in whole numbers are floats to the layers that read them; numbers of tokens stay whole. */
function inputType(dtype: Json | undefined, name: string): Json {
  if (dtype === 'string')
    throw new VitrineError('unsupported-layer', `input "${name}" takes texts: begin the model behind its text layers`);
  return typeof dtype === 'string' && /^u?int(32|64)$/.test(dtype) ? 'int32' : 'float32';
}
