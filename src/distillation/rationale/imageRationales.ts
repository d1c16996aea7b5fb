import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { owned } from '../../backend/owned.ts';
import type { OutputHead, OutputLink } from '../../network/graph/graph.ts';
import { classCount } from '../../network/heads/heads.ts';
import type { Network } from '../../network/network.ts';
import { layerAddress, runChecks } from '../../network/runChecks.ts';
import type { Model, RunOptions } from '../../network/types.ts';
import { signalAt } from '../../network/walk/signals.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { type NdArray, sizeOf } from '../../numeric/ndarray.ts';
import { anything, assertOptions, type OptionChecks, required } from '../../numeric/options.ts';
import { forEachImageBatch } from '../../readings/imageBatches.ts';
import type { ImageDataset } from '../../readings/imageSource.ts';
import { type ImageSource, imagesOf } from '../../readings/imageSource.ts';
import { createScorer, headOf } from '../../scoring/targets/createScorer.ts';
import { assertSharedTarget } from '../../scoring/targets/sharedTarget.ts';
import type { Target } from '../../scoring/types.ts';
import { type NumberList, vectorOf } from '../vectorOf.ts';
import { type RationaleVectors, vectorsOf } from './rationaleVectors.ts';

/** Options of {@link imageRationales}. */
export interface ImageRationaleOptions extends RunOptions {
  /** The address of a layer, as a rule the last convolution, whose outputs are not negative. The literature calls its units filters. */
  readonly layer: string;
  /** What is explained, the same of all images: a class, a contrast of classes, a unit, a function. */
  readonly target: Exclude<Target, 'predicted' | readonly number[] | Int32Array>;
  /** The mean response of each filter, `[d]`, of the images a tree was grown from; of these images by default. */
  readonly meanResponses?: NumberList;
}

/** Images as linear models of a layer's filters. */
export interface ImageRationales extends RationaleVectors {
  /** Whether each image is of the class by the network's own decision: it is the top class, or the score is above 0. */
  readonly positive: readonly boolean[];
}

/** Checks of what images are read by. */
export const rationaleChecks: OptionChecks<Omit<ImageRationaleOptions, 'meanResponses'>> = {
  ...runChecks,
  layer: required(layerAddress),
  target: anything,
};

/**
 * The vectors of images in a layer of a network: {@link rationaleVectors} of its outputs and of the gradients there. Images pass
 * batch by batch; one vector of each is kept.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param images a batch, or a data set that is read once.
 * @param options `layer`, `target`; `meanResponses` of a tree, to read images by them; `batchSize`, `signal`, `onProgress`.
 * @returns the vectors, and whether the network takes each image for one of the class.
 * @throws {VitrineError} if the layer is unknown, the target is one of each image's own, or an image has no gradient.
 * @example
 * ```ts
 * import { distillDecisionTree, parseTree } from 'vitrine';
 * import { imageRationales } from 'vitrine/distillation';
 * const on = { layer: 'conv3', target: { class: 3, minus: 'rest' } } as const;
 * const tree = await distillDecisionTree(model, x, { ...on, positives: 'all' });
 * const vectors = await imageRationales(model, x, { ...on, meanResponses: tree.meanResponses });
 * console.log(parseTree(tree, vectors).map((steps) => steps.map(({ node }) => node)));
 * ```
 */
export async function imageRationales(
  model: Model,
  images: ImageSource,
  options: ImageRationaleOptions,
): Promise<ImageRationales> {
  assertOptions(options, { ...rationaleChecks, meanResponses: anything });
  const [dataset, [{ meanResponses, ...own }]] = await Promise.all([imagesOf(images), owned(options)]);
  const { positive, ...sums } = await layerSums(model, dataset, own);
  const width = sums.responses.shape[1] as number;
  return {
    ...vectorsOf({
      ...sums,
      meanResponses: meanResponses === undefined ? undefined : vectorOf('meanResponses', meanResponses, width),
    }),
    positive,
  };
}

/** The responses of a layer and the gradients there, summed over positions, with scores and decisions. */
export interface LayerSums {
  readonly responses: NdArray<Float64Array>;
  readonly gradients: NdArray<Float64Array>;
  readonly outputs: Float64Array;
  readonly positions: number;
  readonly meanResponses: undefined;
  readonly positive: readonly boolean[];
}

/** Runs images through a network forwards and backwards, to a layer. */
export async function layerSums(
  model: Model,
  dataset: ImageDataset,
  { layer, target, ...run }: Omit<ImageRationaleOptions, 'meanResponses'>,
): Promise<LayerSums> {
  assertSharedTarget(target);
  return withNetwork(model, async (network) => {
    const site = network.site(layer, 'layer');
    const scorer = createScorer(network, { target, count: Number.POSITIVE_INFINITY });
    const decision = decisionOf(network, target);
    const read = { responses: [] as number[], gradients: [] as number[], outputs: [] as number[] };
    const positive: boolean[] = [];
    let [seen, positions] = [0, 0];
    const job = (rows: readonly Tensor[]): Record<'responses' | 'gradients' | 'outputs' | 'positive', Tensor> => {
      const taps = [...scorer.taps, ...(decision ? [decision.head.logits] : [])];
      const record = network.forward(rows, { taps, differentiate: { to: [site] } });
      const example = Int32Array.from({ length: rows[0]?.shape[0] as number }, (_, i) => seen + i);
      const { score, seeds } = scorer.score(record, example);
      const value = record.value(site);
      positions = sizeOf(value.shape.slice(1, -1));
      return {
        responses: positionSum(value),
        gradients: positionSum(signalAt(record.backward(seeds, { to: [site] }), site)),
        outputs: tf.clone(score),
        positive: tf.cast(
          decision
            ? tf.equal(
                tf.argMax(tf.reshape(record.value(decision.head.logits), [example.length, -1]), 1),
                decision.class,
              )
            : tf.greater(score, 0),
          'float32',
        ),
      };
    };
    const count = await forEachImageBatch(
      network,
      dataset,
      { ...run, stage: 'rationales' },
      {
        job,
        consume(part) {
          for (const name of ['responses', 'gradients', 'outputs'] as const) {
            for (const number of part[name].data) read[name].push(number);
          }
          for (const yes of part.positive.data) positive.push(yes === 1);
          seen = positive.length;
        },
      },
    );
    const shape = [count, read.responses.length / count];
    return {
      responses: { shape, data: Float64Array.from(read.responses) },
      gradients: { shape, data: Float64Array.from(read.gradients) },
      outputs: Float64Array.from(read.outputs),
      positions,
      meanResponses: undefined,
      positive,
    };
  });
}

function positionSum(value: Tensor): Tensor {
  const [rows, width] = [value.shape[0] as number, value.shape.at(-1) as number];
  return tf.sum(tf.reshape(value, [rows, -1, width]), 1);
}

/** The links of outputs whose classes exclude each other, or may. */
const exclusive: readonly OutputLink[] = ['softmax', 'linear', 'probabilities', 'values'];

/** Where one of several classes is explained, the top class decides; else the score does. */
function decisionOf(network: Network, target: Target): { head: OutputHead; class: number } | undefined {
  const number = classOf(target);
  const head = headOf(network, target);
  if (number === undefined || !head || !exclusive.includes(head.link)) return undefined;
  return classCount(head) === 1 ? undefined : { head, class: number };
}

function classOf(target: Target): number | undefined {
  if (typeof target === 'object' && 'output' in target) return classOf(target.target);
  return typeof target === 'number' ? target : undefined;
}
