import { inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import type { Model } from '../../network/types.ts';
import { assertChoice, assertInteger, assertNumbers } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertOptions, type OptionChecks, oneOf } from '../../numeric/options.ts';
import { type ImageSource, imagesOf } from '../../readings/imageSource.ts';
import type { Target } from '../../scoring/types.ts';
import { type GrowthOptions, growthChecks, growthOf } from './growDecisionTree.ts';
import { growing } from './growing.ts';
import { type ImageRationaleOptions, type LayerSums, layerSums, rationaleChecks } from './imageRationales.ts';
import { type RationaleVectors, vectorsOf } from './rationaleVectors.ts';
import { shareElsewhere } from './routedElsewhere.ts';
import type { GrownTree } from './types.ts';

/** Options of {@link distillDecisionTree}. */
export interface DistillOptions extends Omit<ImageRationaleOptions, 'meanResponses'>, GrowthOptions {
  /** Which images the tree is grown from: those that the network takes for the class, `'predicted'`, by default, `'all'`, or these places. */
  readonly positives?: 'predicted' | 'all' | readonly number[];
  /** What becomes of the other images: they are the `'negatives'` that positives shall score above, by default, or left out. */
  readonly others?: 'negatives' | 'leave';
}

/** A decision tree that explains a network; survives `JSON.stringify`. */
export interface DistilledTree extends Omit<GrownTree, 'logLikelihood'> {
  readonly format: 'vitrine/decision-tree';
  readonly version: 1;
  readonly layer: string;
  /** What is explained; `null` for a function. */
  readonly target: Exclude<Target, (...arguments_: never) => unknown> | null;
  /** $\log E$ before and after each merge. */
  readonly logLikelihood: readonly number[];
  /** The mean response of each filter, `[d]`, by which new images are read. */
  readonly meanResponses: readonly number[];
  /** The lengths of the gradients of positives: a prediction times that is a score. */
  readonly lengths: readonly number[];
  /** The places in the data set of the images of the tree, whose image i is `positives[i]`, and of the others it has seen. */
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
  /** The share of positives that are sent to another node than they were merged into; see {@link routedElsewhere}. */
  readonly routedElsewhere: number;
}

const checks: OptionChecks<DistillOptions> = {
  ...rationaleChecks,
  ...growthChecks,
  positives: (argument, positives) => {
    if (typeof positives === 'string') assertChoice(argument, positives, ['predicted', 'all']);
    else assertNumbers(argument, positives);
  },
  others: oneOf(['negatives', 'leave']),
};

/**
 * Distils a network into a decision tree that says for which reasons it takes images for one class, from the reasons that
 * many images share to those of each.
 *
 * Of each image the gradient at a layer of filters is its rationale ({@link rationaleVectors}); images with alike rationales are
 * merged as long as that explains the scores well ({@link growDecisionTree}). Works for binary networks, which the method was made for, and for
 * one class of several. γ needs scores whose mean is above 0; the logits of a softmax have no zero, for which
 * `target: { class, minus: 'rest' }` is the better choice.
 *
 * Source: Zhang, Yang, Ma and Wu 2019, "Interpreting CNNs via decision trees".
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param images a batch `[n, …]`, or a data set that is read once.
 * @param options `layer`, `target`; `positives`, `others`; `beta`, `selection`, `criterion`, `maxMerges`; `batchSize`,
 * `signal`, `onProgress`.
 * @returns the tree, as plain as JSON, with all that is needed to read new images by it.
 * @throws {VitrineError} if the layer is unknown, no image is positive, an image has no gradient, or the mean score is not above 0.
 * @example
 * ```ts
 * import { distillDecisionTree } from 'vitrine';
 * const tree = await distillDecisionTree(model, x, {
 *   layer: 'conv3',
 *   target: { class: 3, minus: 'rest' },
 *   positives: 'all',
 * });
 * console.log(tree.secondLayer.length, tree.routedElsewhere, JSON.stringify(tree).length);
 * ```
 */
export async function distillDecisionTree(
  model: Model,
  images: ImageSource,
  options: DistillOptions,
): Promise<DistilledTree> {
  assertOptions(options, checks);
  const [dataset, [own]] = await Promise.all([imagesOf(images), owned(options)]);
  const { layer, target, positives = 'predicted', others = 'negatives', signal } = own;
  const sums = await layerSums(model, dataset, own);
  const chosen = positivesOf(sums, positives);
  const kept = new Set(chosen);
  const rest = others === 'leave' ? [] : Array.from(sums.outputs.keys()).filter((image) => !kept.has(image));
  const vectors = vectorsAt(sums, chosen);
  const negatives = rest.length > 0 ? vectorsAt({ ...sums, meanResponses: vectors.meanResponses }, rest) : undefined;
  const grown = await grow(vectors, negatives, own);
  signal?.throwIfAborted();
  return {
    ...grown,
    format: 'vitrine/decision-tree',
    version: 1,
    layer,
    target: typeof target === 'function' ? null : target,
    logLikelihood: Array.from(grown.logLikelihood),
    meanResponses: Array.from(vectors.meanResponses),
    lengths: Array.from(vectors.lengths),
    positives: chosen,
    negatives: rest,
    routedElsewhere: await inSlices(shareElsewhere(grown, vectors), { signal }),
  };
}

async function grow(
  vectors: RationaleVectors,
  negatives: RationaleVectors | undefined,
  { signal, onProgress, ...options }: DistillOptions,
): Promise<GrownTree> {
  const total = vectors.outputs.length - 1;
  const growth = growthOf({ ...vectors, ...(negatives && { negatives }) }, options);
  const onMerge = (merges: number): void => onProgress?.({ stage: 'merges', done: merges, total });
  return inSlices(growing(growth, onMerge), { signal });
}

function positivesOf({ positive }: LayerSums, positives: NonNullable<DistillOptions['positives']>): readonly number[] {
  const all = Array.from(positive.keys());
  if (typeof positives === 'string') {
    const chosen = positives === 'all' ? all : all.filter((image) => positive[image]);
    if (chosen.length > 0) return chosen;
    throw new VitrineError(
      'bad-argument',
      '"images" expected some that the network takes for the class, got none; "positives" can name others',
    );
  }
  for (const image of positives) assertInteger('positives', image, [0, all.length - 1]);
  const chosen = [...new Set(positives)].sort((a, b) => a - b);
  if (chosen.length > 0) return chosen;
  throw new VitrineError('bad-argument', '"positives" expected at least one image, got none');
}

function vectorsAt(
  sums: Omit<LayerSums, 'meanResponses'> & { meanResponses: Float64Array | undefined },
  images: readonly number[],
): RationaleVectors {
  const width = sums.responses.shape[1] as number;
  const rows = (data: Float64Array): Float64Array => {
    const picked = new Float64Array(images.length * width);
    images.forEach((image, i) => picked.set(data.subarray(image * width, (image + 1) * width), i * width));
    return picked;
  };
  const shape = [images.length, width];
  return vectorsOf({
    responses: { shape, data: rows(sums.responses.data) },
    gradients: { shape, data: rows(sums.gradients.data) },
    outputs: Float64Array.from(images, (image) => sums.outputs[image] as number),
    positions: sums.positions,
    meanResponses: sums.meanResponses,
    names: images,
  });
}
