import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Constant, isConstant, type Operand, type TensorFunction } from '../../functions/tensorFunction.ts';
import type { OpenShape } from '../../graph/graph.ts';
import type { OperationSource } from '../../operations/base.ts';
import { reshape } from '../../operations/shape.ts';

/** A function of planes and kernels on sequences [n, length, features], which are planes of one row. */
export function alongOneRow(fn: TensorFunction): TensorFunction {
  const asSequence = ([batch = null, , length = null, features = null]: OpenShape): OpenShape => [
    batch,
    length,
    features,
  ];
  return {
    applied: fn.applied,
    apply: ([x, ...weights]) => {
      const plane = tf.expandDims(x as Tensor, 1);
      const made = fn.apply([plane, ...weights.map(kernelOfOneRow)])[0] as Tensor;
      return [tf.squeeze(made, [1])];
    },
    shapes: ([shape = [], ...weights]) => fn.shapes([planeOf(shape), ...weights.map(oneRow)]).map(asSequence),
    lower: ({ source, operands: [value, ...weights] }) => {
      const shape = value?.shape ?? [];
      const made = asSequence(fn.shapes([planeOf(shape)])[0] ?? []);
      const inside = fn.lower?.({
        source,
        operands: [{ shape: planeOf(shape) }, ...weights.map((weight, i) => lifted(weight, i, source))],
      });
      return inside && [reshape(source, rest(planeOf(shape))), ...inside, reshape(source, rest(made))];
    },
  };
}

function planeOf([batch = null, ...lengths]: OpenShape): OpenShape {
  return [batch, 1, ...lengths];
}

// Biases are vectors, kernels are not.
function oneRow(shape: OpenShape): OpenShape {
  return shape.length === 1 ? shape : [1, ...shape];
}

function kernelOfOneRow(tensor: Tensor): Tensor {
  return tensor.rank === 1 ? tensor : tf.expandDims(tensor, 0);
}

function lifted(operand: Operand, index: number, { address, store }: OperationSource): Operand {
  if (!isConstant(operand) || operand.shape.length === 1) return operand;
  const read: Constant['read'] = () => {
    const kernel = operand.read();
    return store.derive(`${address}: kernel ${index} of one row`, [kernel], () => kernelOfOneRow(kernel));
  };
  return { shape: [1, ...operand.shape], read };
}

function rest(shape: OpenShape): number[] {
  return shape.slice(1).map((length) => length ?? -1);
}
