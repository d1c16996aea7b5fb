import { VitrineError } from '../../../numeric/errors.ts';
import type { FunctionName } from '../../functions/functions.ts';
import type { Json } from '../../loading/modelJson.ts';
import {
  constant,
  first,
  type Given,
  items,
  type KnownOperations,
  listed,
  needed,
  type OperationRule,
  option,
  unary,
} from './given.ts';

/** A function over axes; without any it would mix the examples of a batch. */
const reduction = (name: FunctionName): OperationRule =>
  unary(name, (given) => {
    const axis = constant(given, 1, ['axis']);
    if (axis === undefined)
      throw new VitrineError('unsupported-layer', 'expected an axis, got none: over the batch it would mix examples');
    return { axes: listed(axis), keep_dims: constant(given, 2, ['keepdims', 'keep_dims']) === true };
  });

const joining =
  (name: FunctionName, standard: number): OperationRule =>
  (given) => ({
    function: name,
    options: { axis: constant(given, 1, ['axis']) ?? standard },
    operands: items(first(given)),
  });

const along = (given: Given): { axis: Json } => ({ axis: constant(given, 1, ['axis']) ?? -1 });

const split = unary('split', (given) => {
  const parts = constant(given, 1, ['num_or_size_splits', 'indices_or_sections']) ?? 1;
  // Keras 3 gives places to cut at, TensorFlow gives sizes.
  if (Array.isArray(parts) && Array.isArray(option(given, 'indices_or_sections'))) {
    throw new VitrineError(
      'unsupported-layer',
      'indices_or_sections expected a number of equal parts, got places to cut at',
    );
  }
  return { sizes: parts, axis: constant(given, 2, ['axis']) ?? 0 };
});

/** x / max(‖x‖, √ε) along axes. */
const normalize = unary('l2Normalize', (given) => {
  const order = option(given, 'order');
  if (order !== undefined && order !== 2)
    throw new VitrineError('unsupported-layer', `order expected 2, got ${JSON.stringify(order)}`);
  return { axes: listed(constant(given, 1, ['axis']) ?? -1), epsilon: constant(given, 2, ['epsilon']) ?? 1e-12 };
});

const matMul: OperationRule = (given) => ({
  function: 'matMul',
  options: { transpose_a: option(given, 'transpose_a') === true, transpose_b: option(given, 'transpose_b') === true },
  operands: [first(given), needed(given, 1, ['b', 'x2', 'y'])],
});

/** Operations along axes. */
export const axes: KnownOperations = [
  ['math.reduce_mean', 'Mean', reduction('mean')],
  ['math.reduce_max', 'Max Amax', reduction('max')],
  ['math.reduce_min', 'Min Amin', reduction('min')],
  ['math.reduce_sum', 'Sum', reduction('sum')],
  ['math.reduce_prod', 'Prod', reduction('prod')],
  ['math.reduce_variance', 'Var', reduction('variance')],
  ['math.reduce_std', 'Std', reduction('std')],
  ['nn.softmax', 'Softmax', unary('softmax', along)],
  ['nn.log_softmax', 'LogSoftmax', unary('logSoftmax', along)],
  ['math.l2_normalize nn.l2_normalize', 'Normalize', normalize],
  ['concat', 'Concatenate', joining('concat', -1)],
  ['stack', 'Stack', joining('stack', 0)],
  ['split', 'Split', split],
  ['unstack', 'Unstack', unary('unstack', (given) => ({ axis: option(given, 'axis') ?? 0 }))],
  ['reverse', 'Flip', unary('flip', (given) => ({ axes: listed(constant(given, 1, ['axis'])) }))],
  [
    'roll',
    'Roll',
    unary('roll', (given) => ({ shift: constant(given, 1, ['shift']) ?? 0, axis: constant(given, 2, ['axis']) ?? -1 })),
  ],
  [
    'repeat',
    'Repeat',
    unary('repeat', (given) => ({
      times: constant(given, 1, ['repeats']) ?? 1,
      axis: constant(given, 2, ['axis']) ?? -1,
    })),
  ],
  ['linalg.matmul matmul', 'Matmul', matMul],
];
