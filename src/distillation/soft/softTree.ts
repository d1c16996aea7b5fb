import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, sameShape, type TypedArray } from '../../numeric/ndarray.ts';
import { assertOptions, number, object, oneOf } from '../../numeric/options.ts';
import { assertSoftTree } from '../assertTree.ts';
import { logLeaves, passageOf, type SoftParameters, type SoftTree } from './gates.ts';
import { mixtureOf, softObjective } from './softObjective.ts';

/** Examples for a soft tree. */
export interface SoftExamples {
  /** `[n, …]`. */
  readonly inputs: NdArray<TypedArray>;
  /** What a network says of them, `[n, k]` probabilities. */
  readonly targets: NdArray<TypedArray>;
}

/** Options of {@link predictSoftTree}. */
export interface SoftPredictionOptions {
  /** What speaks for an example: `'path'`, the likeliest leaf, by default, or `'mixture'`, all leaves. */
  readonly by?: 'path' | 'mixture';
}

/** What a soft tree says of examples. */
export interface SoftPrediction {
  /** The distribution over classes, `[n, k]`. */
  readonly values: NdArray<Float64Array>;
  /** The likeliest leaf of each, from left to right, `[n]`. */
  readonly leaf: Int32Array;
  /** The probability of coming to each leaf, `[n, 2^D]`. */
  readonly pathProbabilities: NdArray<Float64Array>;
  /** The probability of going right at each inner node, `[n, 2^D − 1]`. */
  readonly right: NdArray<Float64Array>;
}

/**
 * What a soft tree says of examples: the distribution of the likeliest leaf, which the decisions on the one way to it explain, or
 * the mixture of all leaves, which is what was trained.
 *
 * @param tree of {@link fitSoftTree}, or made by hand.
 * @param inputs `[n, …]`.
 * @param options `by`.
 * @returns `values` `[n, k]`, the likeliest leaf, and all probabilities on the way.
 * @throws {VitrineError} if inputs have another shape than the tree's gates, or are not finite.
 * @example
 * ```ts
 * import { predictSoftTree } from 'vitrine';
 * const tree = {
 *   kind: 'soft' as const,
 *   depth: 1,
 *   inverseTemperature: 1,
 *   weights: { shape: [1, 2], data: Float64Array.of(3, 0) },
 *   biases: Float64Array.of(0),
 *   leaves: { shape: [2, 2], data: Float64Array.of(2, -2, -2, 2) },
 * };
 * const { values, leaf } = predictSoftTree(tree, { shape: [1, 2], data: Float32Array.of(1, 0) });
 * console.log(leaf, values.data); // 1; 0.018, 0.982
 * ```
 */
export function predictSoftTree(
  tree: SoftTree,
  inputs: NdArray<TypedArray>,
  options: SoftPredictionOptions = {},
): SoftPrediction {
  assertOptions(options, { by: oneOf(['path', 'mixture']) });
  const { by = 'path' } = options;
  assertSoftTree(tree);
  const parameters = parametersOf(tree);
  const rows = inputRows(inputs, tree);
  const [leaves, classes] = tree.leaves.shape as [number, number];
  const logs = logLeaves(parameters.leaves, classes);
  const passages = rows.map((row) => passageOf(parameters, row));
  const paths = passages.map(({ logReach }) => logReach.subarray(leaves - 1).map(Math.exp));
  const leaf = Int32Array.from(paths, (path) =>
    path.reduce((best, p, i) => (p > (path[best] as number) ? i : best), 0),
  );
  const said = paths.map((path, i) => {
    const best = leaf[i] as number;
    return by === 'mixture'
      ? mixtureOf(path, logs, classes)
      : logs.subarray(best * classes, (best + 1) * classes).map(Math.exp);
  });
  const table = (lines: readonly Float64Array[], width: number): NdArray<Float64Array> => ({
    shape: [rows.length, width],
    data: Float64Array.from(lines.flatMap((line) => [...line])),
  });
  return {
    values: table(said, classes),
    leaf,
    pathProbabilities: table(paths, leaves),
    right: table(
      passages.map(({ right }) => right),
      leaves - 1,
    ),
  };
}

/** Options of {@link softTreeLoss}. */
export interface SoftTreeLossOptions {
  /** λ, the price of uneven splits; 0.1 by default. */
  readonly balance?: number;
}

/** The losses of a soft tree. */
export interface SoftTreeLosses {
  /** $\sum_l P_l \, \mathrm{CE}(T, Q_l)$ of each example, `[n]`. */
  readonly expected: Float64Array;
  /** $-\sum_k T_k \log \sum_l P_l Q_{lk}$ of each example, `[n]`. */
  readonly mixture: Float64Array;
  /** α, the share of the examples that come to an inner node that go right there, `[2^D − 1]`. */
  readonly alpha: Float64Array;
  /** The price of uneven splits. */
  readonly regulariser: number;
}

/**
 * How well a soft tree reproduces what a network says, and how evenly it uses its branches.
 *
 * $\alpha_i = \sum_x P_i(x) p_i(x) / \sum_x P_i(x)$ over all examples; the price is
 * $-\lambda \sum_i 2^{-\mathrm{depth}_i} \frac12 (\log \alpha_i + \log(1 - \alpha_i))$.
 *
 * Source: Frosst and Hinton 2017, "Distilling a neural network into a soft decision tree", Eq. (3)–(5); the loss printed there
 * is the logarithm of a negative number, for which the two that are in use stand.
 *
 * @param tree of {@link fitSoftTree}, or made by hand.
 * @param examples `inputs` `[n, …]` and `targets` `[n, k]`.
 * @param options `balance`.
 * @returns both losses of each example, α, and the price.
 * @throws {VitrineError} if shapes do not fit, a number is not finite or a target is negative.
 * @example
 * ```ts
 * import { fitSoftTree } from 'vitrine';
 * import { softTreeLoss } from 'vitrine/distillation';
 * const examples = {
 *   inputs: { shape: [4, 2], data: Float32Array.of(0, 1, 1, 0, 0, 2, 2, 0) },
 *   targets: { shape: [4, 2], data: Float32Array.of(1, 0, 0, 1, 1, 0, 0, 1) },
 * };
 * const tree = await fitSoftTree(examples, { depth: 1, epochs: 3 });
 * console.log(softTreeLoss(tree, examples).expected);
 * ```
 */
export function softTreeLoss(
  tree: SoftTree,
  examples: SoftExamples,
  options: SoftTreeLossOptions = {},
): SoftTreeLosses {
  assertOptions(options, { balance: number(0) });
  const { balance = 0.1 } = options;
  object('examples', examples);
  assertSoftTree(tree);
  const parameters = parametersOf(tree);
  const batch = { inputs: inputRows(examples.inputs, tree), targets: targetRows(examples, tree.leaves.shape[1]) };
  const [expected, mixture] = (['expected', 'mixture'] as const).map((loss) =>
    softObjective(parameters, batch, { loss, balance, window: 1 }),
  ) as [ReturnType<typeof softObjective>, ReturnType<typeof softObjective>];
  return {
    expected: Float64Array.from(expected.losses),
    mixture: Float64Array.from(mixture.losses),
    alpha: expected.alpha,
    regulariser: expected.price,
  };
}

/** Checked targets, one row each. */
export function targetRows({ inputs, targets }: SoftExamples, classes?: number): readonly Float64Array[] {
  assertArray('targets', targets, [2]);
  assertFiniteArray('targets', targets);
  const [count, width] = targets.shape as [number, number];
  if (count !== inputs.shape[0] || (classes !== undefined && classes !== width)) {
    const expected = `[${inputs.shape[0]}, ${classes ?? 'k'}]`;
    throw new VitrineError('bad-shape', `"targets" expected shape ${expected}, got [${targets.shape.join(', ')}]`);
  }
  const negative = targets.data.findIndex((value) => value < 0);
  if (negative >= 0)
    throw new VitrineError('bad-argument', `"targets" expected probabilities, got ${targets.data[negative]}`);
  return Array.from({ length: count }, (_, row) =>
    Float64Array.from(targets.data.subarray(row * width, (row + 1) * width)),
  );
}

/** Checked inputs, one row each. */
export function inputRows(inputs: NdArray<TypedArray>, tree?: SoftTree): readonly Float64Array[] {
  assertArray('inputs', inputs, [2, 3, 4]);
  assertFiniteArray('inputs', inputs);
  const shape = inputs.shape.slice(1);
  const expected = tree?.weights.shape.slice(1) ?? shape;
  if (!sameShape(shape, expected)) {
    throw new VitrineError(
      'bad-shape',
      `"inputs" expected shape [n, ${expected.join(', ')}], got [${inputs.shape.join(', ')}]`,
    );
  }
  const count = inputs.shape[0] as number;
  const size = inputs.data.length / count;
  return Array.from({ length: count }, (_, row) =>
    Float64Array.from(inputs.data.subarray(row * size, (row + 1) * size)),
  );
}

function parametersOf({ weights, biases, leaves, inverseTemperature }: SoftTree): SoftParameters {
  return { weights: weights.data, biases, leaves: leaves.data, inverseTemperature };
}
