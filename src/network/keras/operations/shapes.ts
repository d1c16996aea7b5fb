import { VitrineError } from '../../../numeric/errors.ts';
import { isObject, type Json } from '../../loading/modelJson.ts';
import {
  constant,
  type Given,
  type KnownOperations,
  listed,
  type OperationRule,
  option,
  refuse,
  unary,
} from './given.ts';

const reshape = unary('reshape', (given) => {
  const shape = constant(given, 1, ['shape', 'newshape']);
  if (!Array.isArray(shape))
    throw new VitrineError('unsupported-layer', `shape expected a list, got ${JSON.stringify(shape)}`);
  // The first length is that of the batch.
  return { shape: shape.map((length: Json, i) => (i === 0 || length === -1 ? null : length)) };
});

const transpose = unary('transpose', (given) => {
  const order = constant(given, 1, ['perm', 'axes']);
  if (order === undefined)
    throw new VitrineError(
      'unsupported-layer',
      'expected the order of the axes, got none: the batch would change places',
    );
  return { order };
});

const squeeze = unary('squeeze', (given) => {
  const axis = constant(given, 1, ['axis']);
  return axis === undefined ? {} : { axes: listed(axis) };
});

/** Python's `x[…]`, as TensorFlow and as Keras 3 write it. */
const slice = unary('slice', (given) => ({
  cuts: (listed(constant(given, 1, ['slice_spec', 'key'])) as Json[]).map(cutOf),
}));

function cutOf(cut: Json): Json {
  if (cut === null) return 'new';
  if (!isObject(cut)) return cut;
  if (cut['class_name'] === '__ellipsis__') return 'rest';
  const { start = null, stop = null, step = null } = isObject(cut['config']) ? cut['config'] : cut;
  return { start, stop, step };
}

/** Whether zeros or mirrored values are put around: two functions. */
const pad: OperationRule = (given) => {
  const mode = String(constant(given, 2, ['mode']) ?? 'constant').toLowerCase();
  const paddings = constant(given, 1, ['paddings', 'pad_width']) ?? [];
  if (mode === 'constant')
    return unary('pad', () => ({ paddings, value: constant(given, 3, ['constant_values']) ?? 0 }))(given);
  if (mode === 'reflect' || mode === 'symmetric') return unary('mirrorPad', () => ({ paddings, mode }))(given);
  throw new VitrineError('unsupported-layer', `mode expected constant, reflect or symmetric, got "${mode}"`);
};

const resize = unary('resize', (given) => {
  refuse(given, 'antialias', 'preserve_aspect_ratio', 'crop_to_aspect_ratio', 'pad_to_aspect_ratio');
  const interpolation = constant(given, 2, ['method', 'interpolation']) ?? 'bilinear';
  if (interpolation !== 'bilinear' && interpolation !== 'nearest') {
    throw new VitrineError(
      'unsupported-layer',
      `interpolation expected bilinear or nearest, got ${JSON.stringify(interpolation)}`,
    );
  }
  if (option(given, 'data_format') === 'channels_first')
    throw new VitrineError('unsupported-layer', 'data_format "channels_first" is not supported');
  return { size: constant(given, 1, ['size']) ?? [], interpolation, half_pixel_centers: true };
});

const block = (given: Given): { block: Json } => ({ block: constant(given, 1, ['block_size']) ?? 1 });

/** Operations that move values. */
export const shapes: KnownOperations = [
  ['reshape', 'Reshape', reshape],
  ['transpose compat.v1.transpose', 'Transpose', transpose],
  ['expand_dims', 'ExpandDims', unary('expandDims', (given) => ({ axis: constant(given, 1, ['axis']) ?? -1 }))],
  ['squeeze compat.v1.squeeze', 'Squeeze', squeeze],
  ['__operators__.getitem', 'GetItem', slice],
  ['pad compat.v1.pad', 'Pad', pad],
  ['tile', 'Tile', unary('tile', (given) => ({ times: listed(constant(given, 1, ['multiples', 'repeats'])) }))],
  ['image.resize', 'Resize', resize],
  ['nn.depth_to_space', 'DepthToSpace', unary('depthToSpace', block)],
  ['nn.space_to_depth', 'SpaceToDepth', unary('spaceToDepth', block)],
];
