import { inSlices } from '../../../backend/inTurn.ts';
import { owned } from '../../../backend/owned.ts';
import type { Site } from '../../../network/graph/graph.ts';
import { withMeaning } from '../../../network/heads/statedHeads.ts';
import type { Network } from '../../../network/network.ts';
import { layerAddress } from '../../../network/runChecks.ts';
import type { Model, RunOptions } from '../../../network/types.ts';
import { withNetwork } from '../../../network/withNetwork.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { anything, assertOptions, count, integer, type OptionChecks, required } from '../../../numeric/options.ts';
import { type ImageSource, imagesOf } from '../../../readings/imageSource.ts';
import { explainChecks } from '../../../scoring/explainChecks.ts';
import { createScorer, headOf } from '../../../scoring/targets/createScorer.ts';
import { assertSharedTarget } from '../../../scoring/targets/sharedTarget.ts';
import type { ExplainOptions, Target } from '../../../scoring/types.ts';
import { conceptImportance } from './conceptImportance.ts';
import { type ConceptParts, conceptParts } from './conceptParts.ts';
import { craftOf } from './craftOf.ts';
import { type CropRows, cropRows } from './cropRows.ts';
import type { Craft } from './types.ts';

/** Options of {@link craft}. */
export interface CraftOptions extends Omit<ExplainOptions, 'target'> {
  /** The address of a layer whose activations are not negative, best the last one with rows and columns. */
  readonly layer: string;
  /** What concepts shall matter to, the same of all images: a class as a rule. */
  readonly target: Exclude<Target, 'predicted' | readonly number[] | Int32Array>;
  /** How many concepts; 20 by default, or as many as there are crops. */
  readonly count?: number;
  /** The side of a crop in pixels; 2/7 of the shorter side of the images by default, 64 of 224. */
  readonly patch?: number;
  /** How far it is from one crop to the next; 4/5 of `patch` by default. */
  readonly stride?: number;
  /** How often factors are brought up to date; 200 by default. */
  readonly steps?: number;
  /** The number of designs N, best a power of 2; of each image N (count + 2) rows are scored. 32 by default. */
  readonly samples?: number;
  /** How many crops are named of each concept; 9 by default. */
  readonly examples?: number;
}

const checks: OptionChecks<CraftOptions> = {
  ...explainChecks,
  layer: required(layerAddress),
  target: required(anything),
  count: integer(1),
  patch: integer(1),
  stride: integer(1),
  steps: count(1),
  samples: count(2),
  examples: integer(1),
};

/**
 * CRAFT: the concepts that a layer makes of images of a class, what shows them best, where they are, and how much the
 * score needs each of them.
 *
 * Crops of the images, each brought to the size of an image, make mean activations $A \ge 0$, of which non-negative matrix
 * factorization finds parts, $A \approx U W$, beginning with the crops that are most unlike each other. At each position of an image the weights u ≥ 0 with $u W$ nearest to its
 * activations are the map of concepts. With masks m of concepts, the same at all positions, the rest of the network scores
 * $F((u \circ m) W)$, and the total Sobol' index of a concept is the share of the variance of the score that needs it
 * (Jansen's estimator, as of `sobolAttribution`).
 *
 * Source: Fel et al. 2023, "CRAFT: concept recursive activation factorization for explainability", §3.1–3.3, without its
 * recursion to lower layers; maps by least squares where the paper differentiates through the factorization; the start of
 * Gillis and Vavasis 2014, in which there is no chance: `seed` is of the masks.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`, of one input, an image.
 * @param images a batch `[n, h, w, c]`, a list, or a data set, best of one class; read twice. Of each crop the mean of each
 * unit is kept, of each image the map.
 * @param options `layer`, `target` (required), `count`, `patch`, `stride`, `steps`, `samples`, `examples`, `scale` (`'logit'`
 * by default), `output`, `seed`, `batchSize`, `signal`, `onProgress`.
 * @returns concepts with their importance and best crops, the most important first, their directions, and a map of each image
 * `[h, w, concepts]`.
 * @throws {VitrineError} if the layer is unknown or has negative activations, all are 0, `count` is more than there are crops,
 * `patch` is larger than an image, the model takes something else than images, or the images cannot be read twice.
 * @example
 * ```ts
 * import { topImages } from 'vitrine';
 * import { craft } from 'vitrine/visualization';
 * const found = await craft(model, x, { layer: 'conv3', target: 3, count: 3, samples: 8 });
 * for (const { importance, crops } of found.concepts) console.log(importance, crops[0].image, crops[0].box);
 * const images = await topImages(model, x, { layer: 'conv3', direction: found.directions, count: 1 });
 * ```
 */
export async function craft(model: Model, images: ImageSource, options: CraftOptions): Promise<Craft> {
  assertOptions(options, checks);
  assertSharedTarget(options.target);
  const [source, [own]] = await Promise.all([imagesOf(images), owned(options)]);
  return withNetwork(model, async (compiled) => {
    const { layer, target, scale, output, samples = 32, examples = 9, seed = 0 } = own;
    const network = withMeaning(compiled, output, headOf(compiled, target));
    const site = siteOf(network, layer);
    const scorer = createScorer(network, { target, scale, count: Number.POSITIVE_INFINITY });
    const run = runOf(own);
    const rows = await cropRows(network, source, { ...run, site, ...patchOf(own) });
    const found = await partsOf(rows, own, run);
    const { parts } = found;
    const question = { ...run, site, scorer, parts, images: rows.images, samples, seed };
    const concepts = await conceptImportance(network, source, question);
    return craftOf(layer, { rows, found, concepts, examples });
  });
}

function siteOf(network: Network, layer: string): Site {
  const site = network.site(layer, 'layer');
  const shapes = network.inputs.map(({ shape }) => shape);
  if (shapes.length !== 1 || shapes[0]?.length !== 4) {
    const got = shapes.map((shape) => `[${shape.map((length) => length ?? '?').join(', ')}]`).join(', ');
    throw new VitrineError('bad-argument', `"model" expected one with one input, an image [n, h, w, c], got ${got}`);
  }
  if (typeof site.shape.at(-1) === 'number') return site;
  throw new VitrineError('bad-argument', `"layer" expected one with a fixed number of units, got "${layer}"`);
}

function runOf({ batchSize, signal, onProgress }: CraftOptions): RunOptions {
  return { ...(batchSize && { batchSize }), ...(signal && { signal }), ...(onProgress && { onProgress }) };
}

function patchOf({ patch, stride }: CraftOptions): Pick<CraftOptions, 'patch' | 'stride'> {
  return { ...(patch !== undefined && { patch }), ...(stride !== undefined && { stride }) };
}

function partsOf(rows: CropRows, { count, steps = 200 }: CraftOptions, run: RunOptions): Promise<ConceptParts> {
  const crops = rows.crops.length;
  if (count !== undefined && count > crops)
    throw new VitrineError('bad-argument', `"count" expected at most the ${crops} crops of the images, got ${count}`);
  const search = { count: count ?? Math.min(20, crops), steps };
  return inSlices(conceptParts(rows, search, run.onProgress), run);
}
