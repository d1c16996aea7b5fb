import { assertArray, assertFiniteArray, assertInteger } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import { assertOptions, integer, type OptionChecks, object, oneOf } from '../../numeric/options.ts';
import { assertSurrogate } from '../assertTree.ts';
import { matrixOf } from '../vectorOf.ts';
import { bestSplit, meanTarget, type SplitData } from './bestSplit.ts';
import type { Fidelity, SurrogateNode, SurrogateTree } from './types.ts';

/** Examples, and what a network says of them. */
export interface SurrogateExamples {
  /** Scores of concepts, patterns or anything else that a person can read, `[n, d]`. */
  readonly features: NdArray<TypedArray>;
  /** What is to be reproduced: a score of each `[n]` (or several `[n, k]`), or the number of its class `[n]`. */
  readonly outputs: NdArray<TypedArray>;
}

/** Options of {@link surrogateTree}. */
export interface SurrogateOptions {
  /** `'regression'` of scores, by squared error, by default, or `'classification'`, by Gini impurity. */
  readonly task?: 'regression' | 'classification';
  /** How many questions lead to a leaf at most; 3 by default. */
  readonly maxDepth?: number;
  /** How many examples a leaf has at least; 1 by default. */
  readonly minLeaf?: number;
  /** Examples that the tree has not seen, on which its fidelity is measured too; none by default. */
  readonly heldOut?: SurrogateExamples;
}

const checks: OptionChecks<SurrogateOptions> = {
  task: oneOf(['regression', 'classification']),
  maxDepth: integer(0),
  minLeaf: integer(1),
  heldOut: object,
};

/**
 * A decision tree that imitates a network from features that a person can read.
 *
 * CART: each node asks the one question on one feature after which the squared errors (regression) or the Gini impurity
 * (classification) of both sides sum up to least; thresholds lie midway between neighbouring values; of equal questions that on
 * the first feature with the smallest threshold is asked. Nothing is pruned. How faithful the tree is says `fidelity.heldOut`.
 *
 * Source: Breiman, Friedman, Olshen and Stone 1984, "Classification and regression trees", as scikit-learn has it; as an
 * explanation Craven and Shavlik 1996, "Extracting tree-structured representations of trained networks".
 *
 * @param examples `features` `[n, d]`, such as the greatest activations of units that dissection has named, and `outputs`.
 * @param options `task`, `maxDepth`, `minLeaf`, `heldOut`.
 * @returns the tree, node within node, and its fidelity.
 * @throws {VitrineError} if numbers of examples or features differ, a number is not finite, or a class is no number from 0 on.
 * @example
 * ```ts
 * import { surrogateTree } from 'vitrine';
 * const features = { shape: [4, 2], data: Float32Array.of(0, 5, 1, 5, 2, 5, 3, 5) };
 * const { root, fidelity } = surrogateTree({ features, outputs: { shape: [4], data: Float32Array.of(-1, -1, 1, 1) } });
 * console.log(root.feature, root.threshold, fidelity.training.r2); // 0, 1.5, 1
 * ```
 */
export function surrogateTree(examples: SurrogateExamples, options: SurrogateOptions = {}): SurrogateTree {
  assertOptions(options, checks);
  object('examples', examples);
  const { task = 'regression', maxDepth = 3, minLeaf = 1, heldOut } = options;
  const classes = task === 'classification' ? classCount(examples, heldOut) : undefined;
  const data = splitData(examples, classes, '');
  const rows = Array.from({ length: examples.features.shape[0] as number }, (_, row) => row);
  const root = nodeOf(data, rows, { depth: maxDepth, minLeaf });
  const unseen = heldOut && splitData(heldOut, classes, 'heldOut.');
  if (unseen && (unseen.width !== data.width || unseen.outputs !== data.outputs)) {
    throw new VitrineError(
      'bad-shape',
      `"heldOut" expected ${data.width} features and ${data.outputs} outputs, got ${unseen.width} and ${unseen.outputs}`,
    );
  }
  return {
    kind: 'surrogate',
    task,
    features: data.width,
    root,
    fidelity: {
      training: fidelityOf(root, data),
      ...(unseen && { heldOut: fidelityOf(root, unseen) }),
    },
  };
}

/**
 * What a surrogate tree says of examples.
 *
 * @param tree of {@link surrogateTree}.
 * @param features `[n, d]`.
 * @returns the value of each example's leaf, `[n]`, or `[n, k]` for classes and several outputs.
 * @throws {VitrineError} if there are other features than the tree knows, or one is not finite.
 * @example
 * ```ts
 * import { predictSurrogate, surrogateTree } from 'vitrine';
 * const features = { shape: [3, 1], data: Float32Array.of(0, 1, 2) };
 * const outputs = { shape: [3], data: Float32Array.of(1, 1, 4) };
 * console.log(predictSurrogate(surrogateTree({ features, outputs }), features).data); // 1, 1, 4
 * ```
 */
export function predictSurrogate(tree: SurrogateTree, features: NdArray<TypedArray>): NdArray<Float64Array> {
  assertSurrogate(tree);
  const { shape, data } = matrixOf('features', features);
  const [count, width] = shape as [number, number];
  if (width !== tree.features)
    throw new VitrineError('bad-shape', `"features" expected ${tree.features} of each, got ${width}`);
  const values = Array.from({ length: count }, (_, row) => leafOf(tree.root, data.subarray(row * width)).value);
  const { value } = tree.root;
  return {
    shape: typeof value === 'number' ? [count] : [count, value.length],
    data: Float64Array.from(values.flat() as number[]),
  };
}

function nodeOf(
  data: SplitData,
  rows: readonly number[],
  { depth, minLeaf }: { depth: number; minLeaf: number },
): SurrogateNode {
  const mean = meanTarget(data, rows);
  const node = { value: mean.length === 1 ? (mean[0] as number) : Array.from(mean), count: rows.length };
  const split = depth === 0 ? undefined : bestSplit(data, rows, minLeaf);
  if (!split) return node;
  return {
    ...node,
    feature: split.feature,
    threshold: split.threshold,
    left: nodeOf(data, split.left, { depth: depth - 1, minLeaf }),
    right: nodeOf(data, split.right, { depth: depth - 1, minLeaf }),
  };
}

function leafOf(node: SurrogateNode, features: Float64Array): SurrogateNode {
  const { feature, threshold, left, right } = node;
  if (feature === undefined || threshold === undefined || !left || !right) return node;
  return leafOf((features[feature] as number) <= threshold ? left : right, features);
}

/** Checked examples; classes as indicators, whose squared error is the Gini impurity. */
function splitData({ features, outputs }: SurrogateExamples, classes: number | undefined, at: string): SplitData {
  const { shape, data } = matrixOf(`${at}features`, features);
  const [count, width] = shape as [number, number];
  assertArray(`${at}outputs`, outputs, classes === undefined ? [1, 2] : [1]);
  assertFiniteArray(`${at}outputs`, outputs);
  if (outputs.shape[0] !== count) {
    throw new VitrineError('bad-shape', `"${at}outputs" expected ${count} examples, got ${outputs.shape[0]}`);
  }
  if (classes === undefined) {
    return { features: data, width, targets: Float64Array.from(outputs.data), outputs: outputs.shape[1] ?? 1 };
  }
  const targets = new Float64Array(count * classes);
  outputs.data.forEach((label, row) => {
    targets[row * classes + label] = 1;
  });
  return { features: data, width, targets, outputs: classes };
}

function classCount({ outputs }: SurrogateExamples, heldOut: SurrogateExamples | undefined): number {
  let count = 0;
  for (const [argument, array] of [
    ['outputs', outputs],
    ['heldOut.outputs', heldOut?.outputs],
  ] as const) {
    if (!array) continue;
    assertArray(argument, array, [1]);
    for (const label of array.data) {
      assertInteger(argument, label, [0, 1e5]);
      count = Math.max(count, label + 1);
    }
  }
  // A single number would be read as a score.
  return Math.max(count, 2);
}

function fidelityOf(root: SurrogateNode, { features, width, targets, outputs }: SplitData): Fidelity {
  const count = features.length / width;
  const said = Array.from({ length: count }, (_, row) => [leafOf(root, features.subarray(row * width)).value].flat());
  const truth = Array.from({ length: count }, (_, row) => [...targets.subarray(row * outputs, (row + 1) * outputs)]);
  const centre = meanTarget({ features, width, targets, outputs }, [...truth.keys()]);
  let [missed, spread, alike] = [0, 0, 0];
  truth.forEach((row, i) => {
    const own = said[i] as readonly number[];
    row.forEach((value, k) => {
      missed += (value - (own[k] as number)) ** 2;
      spread += (value - (centre[k] as number)) ** 2;
    });
    if (decisionOf(row) === decisionOf(own)) alike++;
  });
  return { r2: spread === 0 ? null : 1 - missed / spread, agreement: alike / count };
}

function decisionOf(values: readonly number[]): number {
  return values.length === 1 ? Number((values[0] as number) > 0) : values.indexOf(Math.max(...values));
}
