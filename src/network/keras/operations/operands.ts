import { VitrineError } from '../../../numeric/errors.ts';
import type { Json } from '../../loading/modelJson.ts';
import type { Argument, TensorReference } from '../kerasModel.ts';
import type { OwnConstant, OwnOperand } from '../ownLayer.ts';

/** The operands of a layer of ours: its inputs by number, and its constants; and which tensors the inputs are. */
export function operandsOf(operands: readonly Argument[]): {
  readonly operands: readonly OwnOperand[];
  readonly inputs: readonly TensorReference[];
} {
  const inputs: TensorReference[] = [];
  const read = operands.map((operand): OwnOperand => {
    if ('tensor' in operand) return inputs.push(operand.tensor) - 1;
    if ('value' in operand) return constantOf(operand.value);
    throw new VitrineError('unsupported-layer', 'expected tensors and constants, got a list of tensors');
  });
  if (inputs.length === 0)
    throw new VitrineError('unsupported-layer', 'expected a tensor of the model, got constants alone');
  return { operands: read, inputs };
}

function constantOf(value: Json): OwnConstant {
  const shape: number[] = [];
  for (let part = value; Array.isArray(part); part = part[0] ?? null) shape.push(part.length);
  const numbers = flattened(value);
  if (numbers.every((number): number is number => typeof number === 'number')) return { shape, numbers };
  throw new VitrineError('unsupported-layer', `expected numbers, got ${JSON.stringify(value)}`);
}

function flattened(value: Json): readonly Json[] {
  return Array.isArray(value) ? value.flatMap(flattened) : [value];
}
