import { assertInteger } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { norm } from '../../numeric/linear/vectors.ts';
import { assertOptions, number, type OptionChecks, oneOf } from '../../numeric/options.ts';
import { atOnce } from '../../numeric/sliced.ts';
import { type NumberList, vectorOf } from '../vectorOf.ts';
import { type Growth, growing } from './growing.ts';
import type { FilterSelection } from './nodeFit.ts';
import { type RationaleSet, type Samples, samplesOf, tableRow } from './samples.ts';
import type { GrownTree } from './types.ts';

/** The images that a tree is grown from. */
export interface GrowthSet extends RationaleSet {
  /** b, `[n]`. */
  readonly biases: NumberList;
  /** Images of other classes, that the positives shall score above; none by default. */
  readonly negatives?: RationaleSet;
}

/** How a tree is grown. */
export interface GrowthOptions {
  /** β, the price of a node of the second layer; 1 by default. */
  readonly beta?: number;
  /** How the filters of a node are chosen; `'lasso'` by default. */
  readonly selection?: FilterSelection;
  /** Which pair is merged: that of the greatest $\Delta \log E$, `'gain'`, by default, or of the greatest per image of the new node. */
  readonly criterion?: 'gain' | 'gainPerImage';
  /** After how many merges to stop at the latest; by default when no pair raises the likelihood. */
  readonly maxMerges?: number;
}

/** Checks of how a tree is grown. */
export const growthChecks: OptionChecks<GrowthOptions> = {
  beta: number(),
  selection: oneOf(['lasso', 'all', 'exhaustive']),
  criterion: oneOf(['gain', 'gainPerImage']),
  maxMerges: (argument, most) => {
    if (most !== Number.POSITIVE_INFINITY) assertInteger(argument, most as number, [0, Number.POSITIVE_INFINITY]);
  },
};

/**
 * Grows a decision tree from the bottom up: one leaf for each image, then always the two nodes of the second layer become
 * one that lose least by sharing a rationale.
 *
 * A node $h(x) = w^T x + b$ with $w = \alpha \circ \bar g$ has the direction of its images' mean rationale,
 * $\bar g \propto \sum g_i$, the filters α ∈ {0, 1} of the least
 * $\frac{1}{|\Omega|} \sum (w^T x_i + b - y_i)^2 + \lambda |\alpha|$ with $\lambda = 10^{-6} \sqrt{|\Omega|}$, and at least
 * one of them. A merge must raise
 *
 * $$E = \prod_{i \in \Omega^+} \frac{P(x_i)}{Q(x_i)} e^{-\beta |V|}, \quad
 * P(x_i) = \frac{e^{\gamma h(x_i)}}{\sum_j e^{\gamma h(x_j)}}, \quad
 * Q(x_i) = \frac{e^{\gamma y_i}}{\sum_j e^{\gamma y_j}}$$
 *
 * over the nodes V of the second layer, where a positive belongs to the node it was merged into. The sums run over the
 * positives, and over `negatives` too where they are given, which belong to the node of the greatest $\cos(g_j, w)$. Without
 * them nothing is lost by predicting the same for all images, which even is what P favours; with them a positive has to score
 * above the negatives. Then $\log E$ begins at $-\beta |\Omega^+|$ only if the leaves predict the negatives' outputs.
 *
 * All pairs are tried, in 64-bit floats; of equal ones that of the earlier nodes is taken. What each pair contributes is kept,
 * so that a merge costs as many fits as there are nodes left.
 *
 * Source: Zhang, Yang, Ma and Wu 2019, "Interpreting CNNs via decision trees", §3 and Algorithm 1. `'lasso'` differs in that
 * coefficients are held in [0, 1] and count from one half on; `'gainPerImage'` is the criterion of the paper's Algorithm 1.
 *
 * @param images `responses`, `rationales`, `outputs` and `biases` as {@link rationaleVectors} returns them; `negatives`.
 * @param options `beta`, `selection`, `criterion`, `maxMerges`.
 * @returns γ, $\log E$ before and after each merge, the merges, and the nodes: leaf i is image i, then the merged nodes.
 * @throws {VitrineError} if shapes differ, a number is not finite, rationales have not unit length, the mean output is not above
 * 0, or `'exhaustive'` is asked for of more than 16 filters.
 * @example
 * ```ts
 * import { growDecisionTree, rationaleVectors } from 'vitrine';
 * const wave = (length: number, rate: number) => Float32Array.from({ length }, (_, i) => 1 + Math.sin(rate * i));
 * const vectors = rationaleVectors({
 *   responses: { shape: [6, 2, 2, 4], data: wave(96, 3) },
 *   gradients: { shape: [6, 2, 2, 4], data: wave(96, 5) },
 *   outputs: [4, 5, 6, 4, 5, 6],
 * });
 * const { merges, nodes, secondLayer } = growDecisionTree(vectors, { criterion: 'gainPerImage', maxMerges: 3 });
 * console.log(merges.map(({ images, gain }) => [images, gain]), secondLayer.map((node) => nodes[node].images));
 * ```
 */
export function growDecisionTree(images: GrowthSet, options: GrowthOptions = {}): GrownTree {
  assertOptions(options, growthChecks);
  return atOnce(growing(growthOf(images, options)));
}

/** Checks what a tree is grown from and how. */
export function growthOf(images: GrowthSet, options: GrowthOptions): Growth {
  const { beta = 1, selection = 'lasso', criterion = 'gain', maxMerges = Number.POSITIVE_INFINITY } = options;
  const positives = samplesOf(images);
  const negatives =
    images.negatives === undefined ? undefined : samplesOf(images.negatives, positives.width, 'negatives.');
  assertUnitLength(positives);
  assertPositiveMean(positives);
  if (selection === 'exhaustive' && positives.width > 16) {
    throw new VitrineError(
      'bad-argument',
      `"selection" expected "lasso" or "all" for more than 16 filters, got ${positives.width} filters`,
    );
  }
  const biases = vectorOf('biases', images.biases, positives.count);
  return { positives, biases, negatives, beta, selection, criterion, maxMerges };
}

function assertUnitLength({ count, width, rationales }: Samples): void {
  for (let image = 0; image < count; image++) {
    const length = norm(tableRow(rationales, image, width));
    if (Math.abs(length - 1) > 1e-3) {
      throw new VitrineError('bad-argument', `"rationales" expected unit length, got ${length} for image ${image}`);
    }
  }
}

function assertPositiveMean({ outputs }: Samples): void {
  const mean = outputs.reduce((sum, value) => sum + value, 0) / outputs.length;
  if (mean > 0) return;
  throw new VitrineError(
    'bad-argument',
    `"outputs" expected a mean above 0, as of images of the class, got ${mean}; where scores have no zero, as logits before a softmax, explain a contrast of classes`,
  );
}
