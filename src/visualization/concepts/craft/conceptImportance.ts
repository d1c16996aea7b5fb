import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { inSlices, inTurn } from '../../../backend/inTurn.ts';
import type { Site } from '../../../network/graph/graph.ts';
import type { Network } from '../../../network/network.ts';
import type { RunOptions } from '../../../network/types.ts';
import { rowsOf } from '../../../network/walk/inputs.ts';
import { assertFiniteArray } from '../../../numeric/check.ts';
import { nonNegativeWeights } from '../../../numeric/linear/nonNegativeWeights.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { random } from '../../../numeric/random.ts';
import { type SobolDesigns, sobolDesigns, totalIndices } from '../../../numeric/sobolDesigns.ts';
import type { ImageDataset } from '../../../readings/imageSource.ts';
import { repeated } from '../../../scoring/masking.ts';
import { allPerturbedScores } from '../../../scoring/perturbedRuns.ts';
import type { Scorer } from '../../../scoring/targets/scorer.ts';
import { assertNonNegative, byPosition } from './cropRows.ts';
import { singleImages } from './singleImages.ts';

/** Concepts, and what they matter to. */
export interface ConceptQuestion extends RunOptions {
  readonly site: Site;
  readonly scorer: Scorer;
  /** The parts of the concepts, `[concepts, units]`. */
  readonly parts: NdArray;
  /** The number of images. */
  readonly images: number;
  /** The number of designs. */
  readonly samples: number;
  readonly seed: number;
}

/** What concepts are in an image. */
export interface ImageConcepts {
  /** How much of each concept is at each position, `[h, w, concepts]`. */
  readonly map: NdArray;
  /** The total Sobol' index of each concept. */
  readonly indices: Float64Array;
  /** F(x). */
  readonly score: number;
  /** The score of what the concepts say of the layer. */
  readonly rebuiltScore: number;
}

/** Finds the concepts of each image of a data set, and what the score needs of them. */
export async function conceptImportance(
  network: Network,
  source: ImageDataset,
  question: ConceptQuestion,
): Promise<readonly ImageConcepts[]> {
  const { parts, samples, seed, onProgress, images } = question;
  const found: ImageConcepts[] = [];
  for await (const image of singleImages(network, source)) {
    const number = found.length;
    const { map, score } = await conceptMap(network, image, question, number);
    const designs = sobolDesigns(samples, parts.shape[0] as number, random(seed, 1, number));
    const watch = ({ done, total }: { done: number; total: number }): void =>
      onProgress?.({ stage: 'importance', done: number * total + done, total: images * total });
    const scores = await maskedScores(network, { image, number, map, designs }, { ...question, onProgress: watch });
    found.push({
      map,
      indices: totalIndices(Float64Array.from(scores.subarray(0, designs.count)), parts.shape[0] as number),
      score,
      rebuiltScore: scores[designs.count] as number,
    });
  }
  return found;
}

/** The weights of concepts at each position of an image, by non-negative least squares, and the score of the image. */
async function conceptMap(
  network: Network,
  image: NdArray,
  { site, scorer, parts, signal }: ConceptQuestion,
  number: number,
): Promise<Pick<ImageConcepts, 'map' | 'score'>> {
  let found: { readonly values: NdArray; readonly score: number } | undefined;
  await inTurn(
    [image],
    (one) => {
      const record = network.forward([rowsOf(one, 0, 1)], { taps: [site, ...scorer.taps] });
      const value = record.value(site);
      const { score } = scorer.score(record, Int32Array.of(number));
      return { value: tf.clone(value), least: tf.min(byPosition(value), 1), score: score as Tensor };
    },
    ({ value, least, score }) => {
      assertNonNegative(least, site, number);
      assertFiniteArray(`image ${number}: ${site.address}`, value);
      found = { values: value, score: score.data[0] as number };
    },
    signal,
  );
  const { values, score } = found as NonNullable<typeof found>;
  const [count, units] = parts.shape as readonly [number, number];
  const matrix = { rows: values.data.length / units, columns: units, values: values.data };
  const weights = await inSlices(nonNegativeWeights(matrix, exchanged(parts), count), { signal });
  return { map: { shape: [...values.shape.slice(1, -1), count], data: Float32Array.from(weights) }, score };
}

/** The scores of all masks of concepts of an image, and last with all of them whole. */
async function maskedScores(
  network: Network,
  { image, number, map, designs }: { image: NdArray; number: number; map: NdArray; designs: SobolDesigns },
  { site, scorer, parts, images: _, samples: __, seed: ___, ...options }: ConceptQuestion,
): Promise<Float32Array> {
  const { score, taps } = scorer;
  const count = parts.shape[0] as number;
  const maskAt = (index: number): Float32Array => {
    const mask = new Float32Array(count).fill(1);
    if (index < designs.count) designs.fill(mask, index);
    return mask;
  };
  const { data } = await allPerturbedScores(
    { network, count: 1, options },
    {
      stage: 'importance',
      samples: designs.count + 1,
      // The one row that is run stands for an image of many.
      scorer: { ...scorer, taps, score: (run, example) => score(run, new Int32Array(example.length).fill(number)) },
      rows: (_, start, end) => [repeated(image, 0, end - start)],
      from: (_, start, end) => {
        const masks = Array.from({ length: end - start }, (_, i) => maskAt(start + i));
        return new Map([[site, rebuilt(map, parts, masks)]]);
      },
    },
  );
  return data;
}

/** $(U \circ m) W$ for some masks m of concepts, `[masks, h, w, units]`. */
function rebuilt(map: NdArray, parts: NdArray, masks: readonly Float32Array[]): Tensor {
  const [count, units] = parts.shape as readonly [number, number];
  const weights = tf.tensor3d(map.data, [1, map.data.length / count, count]);
  const kept = tf.tensor3d(
    masks.flatMap((mask) => [...mask]),
    [masks.length, 1, count],
  );
  const rows = tf.reshape(tf.mul(weights, kept), [-1, count]) as tf.Tensor2D;
  const values = tf.matMul(rows, tf.tensor2d(parts.data, [count, units]));
  return tf.reshape(values, [masks.length, ...map.shape.slice(0, -1), units]);
}

/** Parts `[concepts, units]` as `[units × concepts]`. */
function exchanged({ shape, data }: NdArray): Float64Array {
  const [count, units] = shape as readonly [number, number];
  return Float64Array.from(data, (_, at) => data[(at % count) * units + Math.floor(at / count)] as number);
}
