import { VitrineError } from '../../../numeric/errors.ts';
import { type FunctionName, functions } from '../../functions/functions.ts';
import type { TensorFunction } from '../../functions/tensorFunction.ts';
import type { OwnLayer, OwnOperand } from '../ownLayer.ts';

interface OperationOptions {
  readonly function: FunctionName;
  /** Its options. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The inputs by number, and constants. */
  readonly operands: readonly OwnOperand[];
}

/** An operation between layers: `x + y`, `tf.nn.relu(x)`, `keras.ops.mean(x, axis=1)`. */
export const operation: OwnLayer<OperationOptions> = {
  name: 'Operation',
  options: { function: 'identity', options: {}, operands: [0] },
  operands: ({ operands }) => operands,
  apply: ({ function: name, options }) => make(name, options),
};

function make(name: FunctionName, options: OperationOptions['options']): TensorFunction {
  const factory = functions[name] as ((options: object) => TensorFunction) | undefined;
  if (!factory) throw new VitrineError('unsupported-layer', `operation "${name}" is not known`);
  return factory(options);
}
