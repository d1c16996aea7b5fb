import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { oneHot } from '../../backend/portable.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertHierarchy } from '../checks/assertTree.ts';
import { leafCount } from './hierarchyPredict.ts';
import type { NeuralBackedTree } from './neuralBackedTree.ts';

/**
 * The loss that makes a network decide well down a hierarchy: the mean over examples of $-\log p(k)$ of the right class, where
 * p is the product of decisions that {@link hierarchyPredict} multiplies (soft inference).
 *
 * Differentiable by the tape of TensorFlow.js. The published training adds it to the usual cross entropy. (The published code
 * takes a softmax of these probabilities once more; this is the likelihood itself.)
 *
 * Source: Wan et al. 2021, "NBDT: neural-backed decision trees", §3.3, Eq. (4).
 *
 * @param tree of {@link neuralBackedTree}.
 * @param logits `[n, k]`, a tensor; the caller's.
 * @param labels the class of each example, `[n]`.
 * @returns a scalar, in the caller's `tf.tidy`.
 * @throws {VitrineError} if shapes do not fit or a label is no class.
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { hierarchyLoss, neuralBackedTree } from 'vitrine';
 * const tree = await neuralBackedTree({ shape: [3, 2], data: Float32Array.of(1, 0, 0.9, 0, 0, 1) });
 * const slope = tf.tidy(() => {
 *   const loss = (logits: tf.Tensor) => hierarchyLoss(tree, logits as tf.Tensor2D, [2, 0]);
 *   return tf.grad(loss)(tf.tensor2d([[0, 1, 2], [1, 0, 0]]));
 * });
 * console.log(await slope.data());
 * slope.dispose();
 * ```
 */
export function hierarchyLoss(tree: NeuralBackedTree, logits: Tensor2D, labels: ArrayLike<number>): Scalar {
  assertHierarchy(tree);
  const count = leafCount(tree);
  if (logits.rank !== 2 || logits.shape[1] !== count || logits.shape[0] !== labels.length) {
    throw new VitrineError(
      'bad-shape',
      `"logits" expected shape [${labels.length}, ${count}], got [${logits.shape.join(', ')}]`,
    );
  }
  const wrong = Array.from(labels).find((label) => !Number.isInteger(label) || label < 0 || label >= count);
  if (wrong !== undefined)
    throw new VitrineError('bad-argument', `"labels" expected an integer in 0..${count - 1}, got ${wrong}`);
  return tf.tidy(() => {
    const logProbabilities = logProbabilitiesOf(tree, logits);
    const right = oneHot(tf.tensor1d(Int32Array.from(labels), 'int32') as Tensor1D, count);
    return tf.neg(tf.div(tf.sum(tf.mul(logProbabilities, right)), labels.length)) as Scalar;
  });
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
