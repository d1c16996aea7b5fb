import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { VitrineError } from '../../numeric/errors.ts';
import { type Known, type Length, numbersOf } from './given.ts';
import type { GraphSource } from './graphSource.ts';
import { type NodeCall, titleOf } from './nodeCall.ts';

/** A weight, as floats. */
export function knownWeight({ node, source: { address, store } }: Omit<NodeCall, 'inputs'>, graph: GraphSource): Known {
  const weight = graph.weight(node.name);
  if (!weight)
    throw new VitrineError('bad-file', `${titleOf({ node })} has no value in the weights of "${graph.name}"`);
  const { shape, dtype } = weight;
  const read = (): Tensor => {
    const tensor = weight.read();
    return dtype === 'float32'
      ? tensor
      : store.derive(`${address}: as floats`, [tensor], () => tf.cast(tensor, 'float32'));
  };
  return {
    shape,
    get lengths() {
      return weight.numbers;
    },
    read,
  };
}

/** Numbers that were told from shapes; there is no tensor of those that are open. */
export function knownLengths(
  call: Pick<NodeCall, 'node' | 'source'>,
  lengths: readonly Length[],
  shape: readonly number[] = [lengths.length],
): Known {
  const { address, store } = call.source;
  const read = (): Tensor => {
    const numbers = numbersOf(lengths);
    if (!numbers)
      throw new VitrineError(
        'unsupported-layer',
        `${titleOf(call)} depends on the size of the input, which the model leaves open`,
      );
    return store.derive(`${address}: ${lengths.length} numbers`, [], () =>
      tf.tensor([...numbers], [...shape], 'float32'),
    );
  };
  return { shape, lengths, read };
}

/** A constant made of others; the store keeps it as long as these stay. */
export function knownFrom(
  { source: { address, store } }: Pick<NodeCall, 'source'>,
  operands: readonly Known[],
  { make, ...known }: Omit<Known, 'read'> & { make: (tensors: readonly Tensor[]) => Tensor },
): Known {
  const read = (): Tensor => {
    const tensors = operands.map((operand) => operand.read());
    return store.derive(`${address}: folded`, tensors, () => make(tensors));
  };
  return { ...known, read };
}
