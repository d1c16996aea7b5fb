import { assertArray, assertFiniteArray, assertInteger } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { dot } from '../../numeric/linear/vectors.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import { assertOptions, flag, listOf, type OptionChecks, object, oneOf } from '../../numeric/options.ts';
import { assertRationaleTree } from '../assertTree.ts';
import { nearestNode, partMatrix, partSums, routeOf } from './parseTree.ts';
import { assertTrainingImages } from './routedElsewhere.ts';
import { type RationaleSet, type Samples, samplesOf, tableRow } from './samples.ts';
import type { RationaleTree } from './types.ts';

/** Options of {@link treeMetrics}. */
export interface TreeMetricsOptions {
  /** Layers of the tree, of which the second one is 2, and the leaves; `[2, 'leaves']` by default. */
  readonly levels?: readonly (number | 'leaves')[];
  /** Which node speaks for an image: the one it is sent to, or, of the images the tree was grown from, that it is in; `'route'` by default. */
  readonly by?: 'route' | 'membership';
  /** Which filters belong to which part, A, `[m, d]`; none by default. */
  readonly parts?: NdArray<TypedArray>;
  /**
   * What the score of an image loses without the filters of each part, `[n, m]`, over the image's `lengths`, as
   * {@link partEffects} measures it; by default $A (g \circ x)$, what the image's own linear model says.
   */
  readonly effects?: NdArray<TypedArray>;
  /** Whether each image is of the class; by default whether its output is above 0. */
  readonly positive?: readonly boolean[];
}

/** How well a layer of a tree explains a network. */
export interface LevelMetrics {
  readonly level: number | 'leaves';
  /** How many nodes the layer has, with the leaves that end above it. */
  readonly nodes: number;
  /** $E_i \sum_d \min(\hat\rho, |t|) / \sum_d \max(\hat\rho, |t|)$, of what filters contribute: 1 is perfect. */
  readonly fitness: number;
  /** The share of images whose prediction is above 0 if and only if they are of the class. */
  readonly accuracy: number;
  /** $E_i |h - y| / (\max y - \min y)$; `null` where all outputs are the same. */
  readonly predictionError: number | null;
  /** $E_i |\varrho_i - \varrho_i^*| / E_i |y_i|$ of each part, and their mean, where `parts` are given. */
  readonly partError?: { readonly perPart: Float64Array; readonly mean: number };
}

const checks: OptionChecks<TreeMetricsOptions> = {
  levels: listOf((argument, level) => {
    if (level !== 'leaves') assertInteger(argument, level as number, [2, Number.POSITIVE_INFINITY]);
  }),
  by: oneOf(['route', 'membership']),
  parts: object,
  effects: object,
  positive: listOf(flag),
};

/**
 * The four measures of how well a tree explains a network, at layers of the tree: the error of what parts contribute, the fitness
 * of what filters contribute, the accuracy of the tree as a classifier, the error of its predictions.
 *
 * With $t = g_i \circ x_i$ and $\rho = w \circ x_i$ of the node that speaks for the image, $\hat\rho = \max(0, \rho \, \mathrm{sign}\, t)$.
 * At the leaves of the images that it was grown from, the node is the image's own, and the fitness 1. The leaf of an image is that
 * of the greatest cosine among all of them, as in a tree before any merge.
 *
 * Source: Zhang, Yang, Ma and Wu 2019, "Interpreting CNNs via decision trees", §4. What a part contributes is what is lost
 * by taking its filters away.
 *
 * @param tree of {@link growDecisionTree} or {@link distillDecisionTree}.
 * @param images their vectors, made with the `meanResponses` of the images that the tree was grown from.
 * @param options `levels`, `by`, `parts`, `effects`, `positive`.
 * @returns the measures of each level.
 * @throws {VitrineError} if numbers of images or filters differ, a level is below 2, or `effects` come without `parts`.
 * @example
 * ```ts
 * import { growDecisionTree, treeMetrics } from 'vitrine';
 * const images = {
 *   responses: { shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 3, 3) },
 *   rationales: { shape: [3, 2], data: Float32Array.of(1, 0, 0, 1, 0.6, 0.8) },
 *   outputs: [1, 4, 4.2],
 *   biases: [0, 0, 0],
 * };
 * const [second, leaves] = treeMetrics(growDecisionTree(images), images);
 * console.log(second.fitness, leaves.fitness); // less than 1, 1
 * ```
 */
export function treeMetrics(
  tree: RationaleTree,
  images: RationaleSet,
  options: TreeMetricsOptions = {},
): readonly LevelMetrics[] {
  assertOptions(options, checks);
  const { levels = [2, 'leaves'], by = 'route', parts, effects, positive } = options;
  assertRationaleTree(tree);
  const samples = samplesOf(images, tree.nodes[0]?.weights.length);
  if (by === 'membership') assertTrainingImages(tree, samples.count);
  if (positive && positive.length !== samples.count) {
    throw new VitrineError('bad-argument', `"positive" expected ${samples.count}, got ${positive.length}`);
  }
  const truth = positive ?? Array.from(samples.outputs, (output) => output > 0);
  const reference = parts && referenceOf(samples, parts, effects);
  if (!parts && effects)
    throw new VitrineError('bad-argument', '"parts" expected a matrix [m, d] where "effects" are given, got none');
  return levels.map((level) => {
    const chosen = Array.from({ length: samples.count }, (_, image) => nodeAt(tree, samples, { image, level, by }));
    const said = chosen.map((node, image) => readingOf(tree, samples, node, image));
    return {
      level,
      nodes: nodesAt(tree, level).length,
      fitness: mean(said.map(({ fitness }) => fitness)),
      accuracy: mean(said.map(({ prediction }, image) => Number(prediction > 0 === truth[image]))),
      predictionError: predictionErrorOf(
        said.map(({ prediction }) => prediction),
        samples.outputs,
      ),
      ...(reference && { partError: partErrorOf(said, reference, samples.outputs) }),
    };
  });
}

interface Reading {
  readonly prediction: number;
  readonly contributions: Float64Array;
  readonly fitness: number;
}

function readingOf({ nodes }: RationaleTree, samples: Samples, node: number, image: number): Reading {
  const { weights = [], bias = 0 } = nodes[node] ?? {};
  const x = tableRow(samples.responses, image, samples.width);
  const g = tableRow(samples.rationales, image, samples.width);
  const contributions = x.map((value, d) => value * (weights[d] as number));
  let [shared, either] = [0, 0];
  contributions.forEach((contribution, d) => {
    const own = (g[d] as number) * (x[d] as number);
    const along = Math.max(0, contribution * Math.sign(own));
    shared += Math.min(along, Math.abs(own));
    either += Math.max(along, Math.abs(own));
  });
  // Where no filter contributes anything, nothing is said wrongly.
  const fitness = either === 0 ? 1 : shared / either;
  return { prediction: dot(weights, x) + bias, contributions, fitness };
}

interface Place {
  readonly image: number;
  readonly level: number | 'leaves';
  readonly by: 'route' | 'membership';
}

function nodeAt(tree: RationaleTree, samples: Samples, { image, level, by }: Place): number {
  if (by === 'membership') {
    const holds = (node: number): boolean => tree.nodes[node]?.images.includes(image) ?? false;
    return nodesAt(tree, level).find(holds) as number;
  }
  if (level === 'leaves')
    return nearestNode(tree, nodesAt(tree, level), tableRow(samples.rationales, image, samples.width));
  const route = routeOf(tree, samples, image);
  return route[Math.min(level - 2, route.length - 1)] as number;
}

/** The nodes of a layer, with the leaves that end above it. */
function nodesAt({ nodes, secondLayer }: RationaleTree, level: number | 'leaves'): readonly number[] {
  if (level === 'leaves') return Array.from(nodes.keys()).filter((node) => nodes[node]?.children.length === 0);
  let layer: readonly number[] = secondLayer;
  for (let depth = 2; depth < Math.min(level, nodes.length + 2); depth++) {
    layer = layer.flatMap((node) => (nodes[node]?.children.length ? (nodes[node]?.children ?? []) : [node]));
  }
  return layer;
}

interface PartReference {
  readonly matrix: NdArray<Float64Array>;
  /** ϱ*, `[n, m]`. */
  readonly effects: NdArray<TypedArray>;
}

function referenceOf(samples: Samples, parts: NdArray<TypedArray>, effects?: NdArray<TypedArray>): PartReference {
  const matrix = partMatrix(parts, samples.width);
  const shape = [samples.count, matrix.shape[0] as number];
  if (effects) {
    assertArray('effects', effects, [2]);
    assertFiniteArray('effects', effects);
    if (effects.shape[0] === shape[0] && effects.shape[1] === shape[1]) return { matrix, effects };
    throw new VitrineError(
      'bad-shape',
      `"effects" expected shape [${shape.join(', ')}], got [${effects.shape.join(', ')}]`,
    );
  }
  const own = samples.rationales.map((g, i) => g * (samples.responses[i] as number));
  const sums = Array.from({ length: samples.count }, (_, i) => partSums(matrix, tableRow(own, i, samples.width)));
  return { matrix, effects: { shape, data: Float64Array.from(sums.flatMap((row) => [...row])) } };
}

function partErrorOf(
  said: readonly Reading[],
  { matrix, effects }: PartReference,
  outputs: Float64Array,
): NonNullable<LevelMetrics['partError']> {
  const count = matrix.shape[0] as number;
  const sums = said.map(({ contributions }) => partSums(matrix, contributions));
  const unit = mean(Array.from(outputs, Math.abs));
  const perPart = Float64Array.from({ length: count }, (_, part) => {
    const misses = sums.map((row, i) => Math.abs((row[part] as number) - (effects.data[i * count + part] as number)));
    return mean(misses) / unit;
  });
  return { perPart, mean: mean([...perPart]) };
}

function predictionErrorOf(predictions: readonly number[], outputs: Float64Array): number | null {
  const [low, high] = [outputs.reduce((a, b) => Math.min(a, b)), outputs.reduce((a, b) => Math.max(a, b))];
  if (low === high) return null;
  return mean(predictions.map((prediction, i) => Math.abs(prediction - (outputs[i] as number)))) / (high - low);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
