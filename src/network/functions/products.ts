import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { VitrineError } from '../../numeric/errors.ts';
import type { OpenShape } from '../graph/graph.ts';
import { dense } from '../operations/dense.ts';
import { broadcastShape, listed } from './openShapes.ts';
import { isConstant, type TensorFunction } from './tensorFunction.ts';

/** Whether the last two axes of an operand change places first. */
export interface Transposition {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** The matrix product along the last two axes; axes before are spread. */
export const matMul = ({ transposeA = false, transposeB = false }: Transposition = {}): TensorFunction => ({
  applied: { name: 'matMul' },
  apply: ([a, b]) => [tf.matMul(a as Tensor, b as Tensor, transposeA, transposeB)],
  shapes: ([a = [], b = []]) => {
    const [rows, inner] = matrixOf(a, transposeA);
    const [summed, columns] = matrixOf(b, transposeB);
    if (inner !== null && summed !== null && inner !== summed) {
      throw new VitrineError(
        'unsupported-layer',
        `matMul expected matrices that fit, got ${listed(a)} and ${listed(b)}`,
      );
    }
    return [[...broadcastShape([a.slice(0, -2), b.slice(0, -2)], 'matMul'), rows ?? null, columns ?? null]];
  },
  lower: ({ source, operands: [a, b] }) => {
    if (!a || !b || isConstant(a) || !isConstant(b) || b.shape.length !== 2 || transposeA) return undefined;
    const kernel = (): Tensor2D => {
      const weight = b.read() as Tensor2D;
      if (!transposeB) return weight;
      return source.store.derive(`${source.address}: transposed`, [weight], () => tf.transpose(weight));
    };
    return [dense(source, () => ({ kernel: kernel() }))];
  },
});

function matrixOf(shape: OpenShape, transposed: boolean): OpenShape {
  const matrix = shape.slice(-2);
  return transposed ? [...matrix].reverse() : matrix;
}
