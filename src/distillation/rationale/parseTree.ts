import { VitrineError } from '../../numeric/errors.ts';
import { dot, norm } from '../../numeric/linear/vectors.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import { assertOptions, object } from '../../numeric/options.ts';
import { assertRationaleTree } from '../assertTree.ts';
import { matrixOf } from '../vectorOf.ts';
import { type RationaleSet, type Samples, samplesOf, tableRow } from './samples.ts';
import type { RationaleTree } from './types.ts';

/** What a node says of an image. */
export interface ParseStep {
  /** Its place in `nodes`. */
  readonly node: number;
  /** $h(x) = w^T x + b$, in the unit of the image's output; times the image's `lengths` it is a score. */
  readonly prediction: number;
  /** The cosine of the image's rationale and the node's. */
  readonly cosine: number;
  /** What each filter adds to the prediction, $w \circ x$, `[d]`. */
  readonly contributions: Float64Array;
  /** What each part adds, $A (w \circ x)$, `[m]`, where `parts` are given. */
  readonly parts?: Float64Array;
}

/** Options of {@link parseTree}. */
export interface ParseOptions {
  /** Which filters belong to which part, A, `[m, d]`, as {@link filterPartMatrix} makes it; none by default. */
  readonly parts?: NdArray<TypedArray>;
}

/**
 * The way of images through a tree of rationales: from the root always to the child of the greatest $\cos(g, w)$, the first of
 * equals, until a leaf. Each step explains the image, from general to particular.
 *
 * Source: Zhang, Yang, Ma and Wu 2019, "Interpreting CNNs via decision trees", §3, "Interpreting CNNs".
 *
 * @param tree of {@link growDecisionTree} or {@link distillDecisionTree}.
 * @param images their vectors, made with the `meanResponses` of the images that the tree was grown from.
 * @param options `parts`.
 * @returns per image its steps from the second layer to a leaf.
 * @throws {VitrineError} if the images or `parts` have another number of filters than the tree, or a rationale is zero.
 * @example
 * ```ts
 * import { growDecisionTree, parseTree } from 'vitrine';
 * const images = {
 *   responses: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
 *   rationales: { shape: [2, 2], data: Float32Array.of(1, 0, 0, 1) },
 *   outputs: [1, 4],
 *   biases: [0, 0],
 * };
 * const tree = growDecisionTree(images, { maxMerges: 0 });
 * const [[step]] = parseTree(tree, images);
 * console.log(step.node, step.prediction, step.contributions); // 0, 1, [1, 0]
 * ```
 */
export function parseTree(
  tree: RationaleTree,
  images: RationaleSet,
  options: ParseOptions = {},
): readonly (readonly ParseStep[])[] {
  assertOptions(options, { parts: object });
  const { parts } = options;
  assertRationaleTree(tree);
  const samples = samplesOf(images, tree.nodes[0]?.weights.length);
  const matrix = parts && partMatrix(parts, samples.width);
  return Array.from({ length: samples.count }, (_, image) =>
    routeOf(tree, samples, image).map((node) => stepAt(tree, { samples, image, node, matrix })),
  );
}

/** The nodes on an image's way, from the second layer to a leaf. */
export function routeOf({ nodes, secondLayer }: RationaleTree, samples: Samples, image: number): readonly number[] {
  const rationale = tableRow(samples.rationales, image, samples.width);
  const route: number[] = [];
  let candidates: readonly number[] = secondLayer;
  while (candidates.length > 0) {
    const next = nearestNode({ nodes }, candidates, rationale);
    route.push(next);
    candidates = nodes[next]?.children ?? [];
  }
  return route;
}

/** The node of the greatest cosine with a rationale, the first of equals. */
export function nearestNode(
  { nodes }: Pick<RationaleTree, 'nodes'>,
  candidates: readonly number[],
  rationale: Float64Array,
): number {
  let [nearest, highest] = [candidates[0] as number, Number.NEGATIVE_INFINITY];
  for (const candidate of candidates) {
    const weights = nodes[candidate]?.weights ?? [];
    const cosine = dot(weights, rationale) / norm(weights);
    if (cosine > highest) [nearest, highest] = [candidate, cosine];
  }
  return nearest;
}

/** Checks a matrix of parts and filters. */
export function partMatrix(parts: NdArray<TypedArray>, width: number): NdArray<Float64Array> {
  const matrix = matrixOf('parts', parts);
  if (matrix.shape[1] === width) return matrix;
  throw new VitrineError('bad-shape', `"parts" expected shape [m, ${width}], got [${parts.shape.join(', ')}]`);
}

/** A x for a matrix A of parts and filters. */
export function partSums({ shape, data }: NdArray<Float64Array>, values: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: shape[0] as number }, (_, part) =>
    dot(tableRow(data, part, values.length), values),
  );
}

interface At {
  readonly samples: Samples;
  readonly image: number;
  readonly node: number;
  readonly matrix: NdArray<Float64Array> | undefined;
}

function stepAt({ nodes }: RationaleTree, { samples, image, node, matrix }: At): ParseStep {
  const { weights = [], bias = 0 } = nodes[node] ?? {};
  const contributions = tableRow(samples.responses, image, samples.width).map((x, d) => x * (weights[d] as number));
  const rationale = tableRow(samples.rationales, image, samples.width);
  return {
    node,
    prediction: contributions.reduce((sum, value) => sum + value, bias),
    cosine: dot(weights, rationale) / (norm(weights) * norm(rationale)),
    contributions,
    ...(matrix && { parts: partSums(matrix, contributions) }),
  };
}
