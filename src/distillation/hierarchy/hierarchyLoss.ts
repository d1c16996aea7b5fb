import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { oneHot } from '../../backend/portable.ts';
import { assertInteger, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertHierarchy } from '../assertTree.ts';
import { vectorOf } from '../vectorOf.ts';
import type { NeuralBackedTree } from './neuralBackedTree.ts';
import { leafCount } from './predictHierarchy.ts';

/**
 * The loss that makes a network decide well down a hierarchy: the mean over examples of $-\log p(k)$ of the right class, where
 * p is the product of decisions that {@link predictHierarchy} multiplies (soft inference).
 *
 * Differentiable by the tape of TensorFlow.js. The published training adds it to the usual cross entropy. (The published code
 * takes a softmax of these probabilities once more; this is the likelihood itself.)
 *
 * Source: Wan et al. 2021, "NBDT: neural-backed decision trees", §3.3, Eq. (4).
 *
 * @param tree of {@link neuralBackedTree}.
 * @param logits `[n, k]`, a tensor; the caller's.
 * @param classes the class of each example, `[n]`.
 * @returns a scalar, in the caller's `tf.tidy`.
 * @throws {VitrineError} if shapes do not fit or a number is none of a class.
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { neuralBackedTree } from 'vitrine';
 * import { hierarchyLoss } from 'vitrine/distillation';
 * const tree = await neuralBackedTree({ shape: [3, 2], data: Float32Array.of(1, 0, 0.9, 0, 0, 1) });
 * const slope = tf.tidy(() => {
 *   const loss = (logits: tf.Tensor) => hierarchyLoss(tree, logits as tf.Tensor2D, [2, 0]);
 *   return tf.grad(loss)(tf.tensor2d([[0, 1, 2], [1, 0, 0]]));
 * });
 * console.log(await slope.data());
 * slope.dispose();
 * ```
 */
export function hierarchyLoss(tree: NeuralBackedTree, logits: Tensor2D, classes: ArrayLike<number>): Scalar {
  assertHierarchy(tree);
  const count = leafCount(tree);
  assertLogits(logits, count);
  const right = Array.from(vectorOf('classes', classes, logits.shape[0]));
  for (const one of right) assertInteger('classes', one, [0, count - 1]);
  return tf.tidy(() => {
    const logProbabilities = logProbabilitiesOf(tree, logits);
    const chosen = oneHot(tf.tensor1d(Int32Array.from(right), 'int32') as Tensor1D, count);
    return tf.neg(tf.div(tf.sum(tf.mul(logProbabilities, chosen)), right.length)) as Scalar;
  });
}

function assertLogits(logits: Tensor2D, count: number): void {
  if (!(logits instanceof tf.Tensor)) {
    throw new VitrineError('bad-argument', `"logits" expected a tensor, got ${describe(logits)}`);
  }
  if (logits.isDisposed) {
    throw new VitrineError('disposed', '"logits" expected a tensor that is not disposed, got one that is');
  }
  if (logits.rank === 2 && logits.shape[1] === count) return;
  throw new VitrineError('bad-shape', `"logits" expected shape [n, ${count}], got [${logits.shape.join(', ')}]`);
}

/** The log of each class's probability, `[n, k]`. */
function logProbabilitiesOf({ nodes }: NeuralBackedTree, logits: Tensor2D): Tensor {
  const count = (nodes.length + 1) / 2;
  const pairs = nodes.filter(({ children }) => children.length > 0).map(({ children }) => children);
  // One column for each child: the means of logits, and which classes lie below.
  const columns = pairs.flat().map((child) => nodes[child]?.classes ?? []);
  const means = new Float32Array(count * columns.length);
  const below = new Float32Array(columns.length * count);
  columns.forEach((classes, column) => {
    for (const k of classes) {
      means[k * columns.length + column] = 1 / classes.length;
      below[column * count + k] = 1;
    }
  });
  const siblings = tf.matMul(logits, tf.tensor2d(means, [count, columns.length]));
  const shares = tf.logSoftmax(tf.reshape(siblings, [-1, pairs.length, 2]));
  return tf.matMul(tf.reshape(shares, [-1, columns.length]) as Tensor2D, tf.tensor2d(below, [columns.length, count]));
}
