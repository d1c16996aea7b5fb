import { inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import { layerAddress, runChecks } from '../../network/runChecks.ts';
import type { Model, RunOptions } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { VitrineError } from '../../numeric/errors.ts';
import {
  assertOptions,
  callback,
  integer,
  listOf,
  number,
  type OptionChecks,
  oneOf,
  required,
  safeInteger,
} from '../../numeric/options.ts';
import { assertDataset, type Dataset } from '../../readings/dataset.ts';
import { layerReadings } from '../../readings/labelledReadings.ts';
import type { LabelledImage } from '../../readings/labels.ts';
import { properShare } from '../counting/checks.ts';
import { type ConceptIndex, conceptIndex } from '../counting/conceptIndex.ts';
import { type DissectOptions, dissectionChecks } from '../options.ts';
import type { Concept } from '../types.ts';
import { classifierOf } from './classifierOf.ts';
import { type PooledSample, pooledSamples } from './pooledSamples.ts';
import { chosenPlaces } from './sparseSamples.ts';
import type { ConceptClassifier, ConceptClassifiers } from './types.ts';

/** Options of {@link fitConceptClassifiers}. */
export interface ConceptClassifiersOptions
  extends RunOptions,
    Pick<DissectOptions, 'concepts' | 'imageCount' | 'onFault'> {
  /** The address of a layer with rows and columns. */
  readonly layer: string;
  /** The numbers of the concepts that are looked for; all by default. */
  readonly chosen?: readonly number[];
  /** What is taken of the activations of a unit; their mean by default. */
  readonly pooling?: 'mean' | 'max';
  /** How much the lengths of weights are held down, λ; 0.01 by default. */
  readonly penalty?: number;
  /** The share of images that is held out to validate with; 0.3 by default. */
  readonly validation?: number;
  /** How many images with a concept, and how many without, its weights are learnt from at most; 100 by default. */
  readonly limit?: number;
  /** Of the division of the images and the choice among them; 0 by default. */
  readonly seed?: number;
}

const checks: OptionChecks<ConceptClassifiersOptions> = {
  ...runChecks,
  concepts: dissectionChecks.concepts,
  imageCount: integer(1),
  onFault: callback,
  layer: required(layerAddress),
  chosen: listOf(integer(1)),
  pooling: oneOf(['mean', 'max']),
  penalty: number(Number.MIN_VALUE),
  validation: properShare,
  limit: integer(1),
  seed: safeInteger,
};

/**
 * Net2Vec for whole images: whether a concept is in an image, told by one unit or by many together.
 *
 * Of each unit one number is taken of an image, $\bar a_k$, without a threshold. The weights of
 * $\sigma(\sum_k w_k \bar a_k + b)$ are those of logistic regression with as many images without the concept as with it.
 *
 * Source: Fong and Vedaldi 2018, "Net2Vec: quantifying and explaining how concepts are encoded by filters in deep neural
 * networks", on classification.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param dataset images with labels `[planes, H, W]` of one size; read once. Of each image one number per unit is kept.
 * @param options `layer`, `concepts`; `chosen`, `pooling`, `penalty`, `validation`, `limit`, `seed`, `imageCount`, `onFault`,
 * `batchSize`, `signal`, `onProgress`.
 * @returns per concept the best unit and the weights `[units]`, with how well they do over held-out images.
 * @throws {VitrineError} if there is no such layer or it has no rows and columns, no concept can be told from the others in
 * both parts, an image or its labels are not as described, or an option is out of its range; the signal's reason.
 * @example
 * ```ts
 * import { fitConceptClassifiers } from 'vitrine/dissection';
 * const copies = [...labelledImages, ...labelledImages, ...labelledImages];
 * const { concepts: told } = await fitConceptClassifiers(model, copies, { layer: 'conv3', concepts, seed: 1 });
 * for (const { concept, single, multiple } of told) console.log(concept, single.auc, multiple.auc);
 * ```
 */
export async function fitConceptClassifiers(
  model: Model,
  dataset: Dataset<LabelledImage>,
  options: ConceptClassifiersOptions,
): Promise<ConceptClassifiers> {
  assertOptions(options, checks);
  assertDataset('dataset', dataset);
  const [{ layer, ...own }] = await owned(options);
  const { pooling = 'mean', penalty = 0.01, validation = 0.3, limit = 100, seed = 0, signal, onProgress } = own;
  const index = conceptIndex(own.concepts);
  const chosen = [...chosenPlaces(index, own.chosen)];
  return withNetwork(model, async (network) => {
    const { shape } = network.site(layer, 'layer');
    if (shape.length !== 4)
      throw new VitrineError('bad-argument', `"layer" expected one with rows and columns, got "${layer}"`);
    // Where positions lie does not matter to what is pooled.
    const plan = { ...own, layers: [layer], upsampling: 'fill' } as const;
    const readings = await layerReadings(network, dataset, plan);
    const parts = await pooledSamples(readings, { index, pooling, validation, seed });
    const found = chosen.filter((place) => isDivided(parts.training, place) && isDivided(parts.validation, place));
    if (found.length === 0) {
      throw new VitrineError(
        'bad-argument',
        '"dataset" expected images with and without a concept in both parts, got none of any',
      );
    }
    const concepts: ConceptClassifier[] = [];
    for (const place of found) {
      signal?.throwIfAborted();
      const { name, category, number } = index.concepts[place] as Concept;
      const classifier = await inSlices(classifierOf(parts, place, { penalty, limit, stream: [seed, number] }), {
        signal,
      });
      concepts.push({ concept: name, category, ...classifier });
      onProgress?.({ stage: 'weights', done: concepts.length, total: found.length });
    }
    return {
      concepts,
      directions: concepts.map(({ multiple }) => ({ layer, vector: Float32Array.from(multiple.weights) })),
      skipped: chosen.filter((place) => !found.includes(place)).map((place) => nameOf(index, place)),
    };
  });
}

/** Whether some images have a concept and others do not. */
function isDivided(samples: readonly PooledSample[], place: number): boolean {
  const count = samples.filter(({ present }) => present.has(place)).length;
  return count > 0 && count < samples.length;
}

function nameOf({ concepts }: ConceptIndex, place: number): string {
  return (concepts[place] as Concept).name;
}
