import { inSlices } from '../../../backend/inTurn.ts';
import { owned } from '../../../backend/owned.ts';
import type { RunOptions } from '../../../network/types.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { NdArray, TypedArray } from '../../../numeric/ndarray.ts';
import { abortSignal, assertOptions, callback, integer, type OptionChecks, object } from '../../../numeric/options.ts';
import { forEachOf, type Sliced } from '../../../numeric/sliced.ts';
import { assertTable, labelsOf, type PerExample } from '../../classified.ts';

/** Examples with classes. */
export interface LabelledFeatures {
  /** `[n, d]`; distances are Euclidean, so features of different units want scaling first. */
  readonly features: NdArray<TypedArray>;
  /** The class of each, `[n]`. */
  readonly labels: PerExample;
}

/** Options of {@link knnShapley}. */
export interface KnnShapleyOptions extends Pick<RunOptions, 'signal' | 'onProgress'> {
  /** K, how many neighbours vote; 5 by default. More than there are examples vote as all do. */
  readonly neighbours?: number;
}

/** What training examples are worth. */
export interface DataValues {
  /** Of each training example, `[n]`; below 0 does harm. They sum up to `utility`. */
  readonly values: Float64Array;
  /** The mean share of right votes among the K of a test example. */
  readonly utility: number;
}

const checks: OptionChecks<KnnShapleyOptions> = { neighbours: integer(1), signal: abortSignal, onProgress: callback };

/**
 * The exact Shapley value of each training example for a classifier by nearest neighbours.
 *
 * The utility of a set of training examples is $\frac1K$ times the number of right labels among the $\min(K, \text{size})$ nearest to a
 * test example, averaged over test examples. With the training examples by rising distance,
 * $$ s_{(n)} = \frac{\min(K, n)}{n K}\, 1[y_{(n)} = y], \qquad
 * s_{(i)} = s_{(i+1)} + \frac{1[y_{(i)} = y] - 1[y_{(i+1)} = y]}{K} \cdot \frac{\min(K, i)}{i} $$
 * Wrong labels have low values.
 *
 * Source: Jia et al. 2019, "Efficient task-specific data valuation for nearest neighbor algorithms", theorem 1, and for fewer
 * examples than neighbours the same of a utility that is a sum.
 *
 * @param training `features` `[n, d]`, `labels` `[n]`.
 * @param test `features` `[t, d]`, `labels` `[t]`; none of the training examples.
 * @param options `neighbours`, `signal`, `onProgress`.
 * @returns the value of each training example, `[n]`; of equal distances the first example counts as nearer.
 * @throws {VitrineError} if arrays are not of the same examples or features, or numbers are not finite; the signal's reason.
 * @example
 * ```ts
 * import { knnShapley } from 'vitrine/diagnosis';
 * const training = { features: { shape: [4, 1], data: Float32Array.of(0, 1, 2, 9) }, labels: [0, 0, 1, 1] };
 * const test = { features: { shape: [2, 1], data: Float32Array.of(0.4, 8) }, labels: [0, 1] };
 * const { values, utility } = await knnShapley(training, test, { neighbours: 1 });
 * console.log(values, utility);
 * ```
 */
export async function knnShapley(
  training: LabelledFeatures,
  test: LabelledFeatures,
  options: KnnShapleyOptions = {},
): Promise<DataValues> {
  assertOptions(options, checks);
  assertLabelled('training', training);
  assertLabelled('test', test);
  const [expected, got] = [training.features.shape[1], test.features.shape[1]];
  if (expected !== got) throw new VitrineError('bad-shape', `"test.features" expected ${expected} columns, got ${got}`);
  const [first, second, { neighbours = 5, ...run }] = await owned(training, test, options);
  return inSlices(valuesOf(first, second, { ...run, neighbours }), run);
}

function* valuesOf(
  training: LabelledFeatures,
  test: LabelledFeatures,
  { neighbours, onProgress }: Required<Pick<KnnShapleyOptions, 'neighbours'>> & KnnShapleyOptions,
): Sliced<DataValues> {
  const [count, width] = training.features.shape as readonly [number, number];
  const total = test.features.shape[0] as number;
  const labels = labelsOf('training.labels', training.labels, count);
  const values = new Float64Array(count);
  const distances = new Float64Array(count);
  const own = labelsOf('test.labels', test.labels, total);
  for (let t = 0; t < total; t++) {
    yield* forEachOf(count, 2 * width, (i) => {
      distances[i] = squaredDistance(training.features, i, test.features, t);
    });
    const order = Uint32Array.from({ length: count }, (_, i) => i).sort(
      (a, b) => (distances[a] as number) - (distances[b] as number) || a - b,
    );
    yield count * Math.ceil(25 * Math.log2(count + 1));
    addValues(values, order, { neighbours, isRight: (i) => Number(labels[i] === own[t]), share: 1 / total });
    onProgress?.({ stage: 'values', done: t + 1, total });
  }
  return { values, utility: values.reduce((sum, value) => sum + value, 0) };
}

interface Votes {
  readonly neighbours: number;
  readonly isRight: (i: number) => number;
  readonly share: number;
}

/** Theorem 1, Jia et al. 2019. */
function addValues(values: Float64Array, order: Uint32Array, { neighbours, isRight, share }: Votes): void {
  const farthest = order.at(-1) as number;
  let value = (isRight(farthest) * Math.min(neighbours, order.length)) / (order.length * neighbours);
  values[farthest]! += share * value;
  for (let place = order.length - 1; place > 0; place--) {
    const [nearer, farther] = [order[place - 1], order[place]] as [number, number];
    value += ((isRight(nearer) - isRight(farther)) / neighbours) * (Math.min(neighbours, place) / place);
    values[nearer]! += share * value;
  }
}

function squaredDistance(first: NdArray<TypedArray>, i: number, second: NdArray<TypedArray>, t: number): number {
  const width = first.shape[1] as number;
  let sum = 0;
  for (let k = 0, a = i * width, b = t * width; k < width; k++, a++, b++) {
    sum += ((first.data[a] as number) - (second.data[b] as number)) ** 2;
  }
  return sum;
}

function assertLabelled(argument: string, examples: LabelledFeatures): void {
  object(argument, examples);
  assertTable(`${argument}.features`, examples.features);
  labelsOf(`${argument}.labels`, examples.labels, examples.features.shape[0] as number);
}
