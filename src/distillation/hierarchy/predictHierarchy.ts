import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import { assertHierarchy } from '../assertTree.ts';
import type { NeuralBackedTree } from './neuralBackedTree.ts';

/** A decision on the way down a hierarchy. */
export interface HierarchyStep {
  /** The node that was chosen, as its place in `nodes`. */
  readonly node: number;
  /** Its probability among the two there were. */
  readonly probability: number;
}

/** What a hierarchy says of examples. */
export interface HierarchyPrediction {
  /** The product of decisions on the way to each class, `[n, k]`. */
  readonly probabilities: NdArray<Float64Array>;
  /** The class of the greatest probability (soft inference), `[n]`. */
  readonly classes: Int32Array;
  /** The class at the end of the way (hard inference), `[n]`. */
  readonly hard: Int32Array;
  /** The likelier child at each node from the root on: how hard inference came to its class. */
  readonly paths: readonly (readonly HierarchyStep[])[];
}

/**
 * Decides on classes step by step, down a hierarchy of them.
 *
 * A child's logit is the mean logit of the classes below it, which is the inner product of the features with the mean of
 * their weights; siblings are compared by a softmax. Soft inference multiplies the probabilities on the way to each class,
 * hard inference follows the likelier child, the first of equals.
 *
 * Source: Wan et al. 2021, "NBDT: neural-backed decision trees", §3.1.
 *
 * @param tree of {@link neuralBackedTree}.
 * @param logits `[n, k]`.
 * @returns probabilities `[n, k]`, the class by soft and by hard inference, and the ways.
 * @throws {VitrineError} if there are not as many logits as classes, or one is not finite.
 * @example
 * ```ts
 * import { predictHierarchy, neuralBackedTree } from 'vitrine';
 * const tree = await neuralBackedTree({ shape: [3, 2], data: Float32Array.of(1, 0, 0.9, 0, 0, 1) });
 * const { hard, paths } = predictHierarchy(tree, { shape: [1, 3], data: Float32Array.of(1, 2, 0) });
 * console.log(hard, paths[0].map(({ node }) => tree.nodes[node].classes)); // 1; [0, 1], [1]
 * ```
 */
export function predictHierarchy(tree: NeuralBackedTree, logits: NdArray<TypedArray>): HierarchyPrediction {
  assertHierarchy(tree);
  const count = leafCount(tree);
  assertArray('logits', logits, [2]);
  assertFiniteArray('logits', logits);
  const [examples, width] = logits.shape as [number, number];
  if (width !== count)
    throw new VitrineError('bad-shape', `"logits" expected shape [n, ${count}], got [${logits.shape.join(', ')}]`);
  const probabilities = new Float64Array(examples * count);
  const paths = Array.from({ length: examples }, (_, example) => {
    const row = logits.data.slice(example * count, (example + 1) * count);
    const shares = siblingShares(tree, row);
    fillProbabilities(tree, shares, probabilities.subarray(example * count, (example + 1) * count));
    return likelierPath(tree, shares);
  });
  return {
    probabilities: { shape: [examples, count], data: probabilities },
    classes: Int32Array.from(paths, (_, i) => largest(probabilities.subarray(i * count, (i + 1) * count))),
    hard: Int32Array.from(paths, (path) => path.at(-1)?.node as number),
    paths,
  };
}

/** The number of classes of a hierarchy. */
export function leafCount({ nodes }: NeuralBackedTree): number {
  return (nodes.length + 1) / 2;
}

/** The probability of each node among it and its sibling; 1 for the root. */
function siblingShares({ nodes }: NeuralBackedTree, logits: TypedArray): Float64Array {
  const means = nodes.map(({ classes }) => classes.reduce((sum, k) => sum + (logits[k] as number), 0) / classes.length);
  const shares = new Float64Array(nodes.length).fill(1);
  for (const { children } of nodes) {
    const [a, b] = children;
    if (a === undefined || b === undefined) continue;
    const difference = (means[b] as number) - (means[a] as number);
    shares[a] = 1 / (1 + Math.exp(difference));
    shares[b] = 1 / (1 + Math.exp(-difference));
  }
  return shares;
}

function fillProbabilities({ nodes }: NeuralBackedTree, shares: Float64Array, into: Float64Array): void {
  const reach = new Float64Array(nodes.length).fill(1);
  // Parents come after their children.
  for (let node = nodes.length - 1; node >= 0; node--) {
    for (const child of nodes[node]?.children ?? []) reach[child] = (reach[node] as number) * (shares[child] as number);
  }
  into.set(reach.subarray(0, into.length));
}

function likelierPath({ nodes }: NeuralBackedTree, shares: Float64Array): readonly HierarchyStep[] {
  const path: HierarchyStep[] = [];
  let children = nodes.at(-1)?.children ?? [];
  while (children.length > 0) {
    const [a, b] = children as [number, number];
    const node = (shares[a] as number) >= (shares[b] as number) ? a : b;
    path.push({ node, probability: shares[node] as number });
    children = nodes[node]?.children ?? [];
  }
  return path;
}

function largest(values: Float64Array): number {
  return values.reduce((best, value, i) => (value > (values[best] as number) ? i : best), 0);
}
