import { inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import { chosenOutput, type OutputChoice } from '../../network/heads/chosenOutput.ts';
import { assertClasses } from '../../network/heads/classLogits.ts';
import type { Network } from '../../network/network.ts';
import { runChecks } from '../../network/runChecks.ts';
import type { Input, RunOptions } from '../../network/types.ts';
import { readInputs } from '../../network/walk/inputs.ts';
import { assertCompiled, withNetwork } from '../../network/withNetwork.ts';
import { type SoftmaxFit, softmaxRegression } from '../../numeric/linear/softmaxRegression.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { anything, assertOptions, kind, number, type OptionChecks } from '../../numeric/options.ts';
import { firstGreatest } from '../../numeric/statistics.ts';
import { assertCrossEntropy } from '../influence/assertCrossEntropy.ts';
import { type DenseHead, denseHead } from '../influence/denseHead.ts';
import { headFeatures, withOnes } from '../influence/head/headFeatures.ts';
import { exampleCounts } from './exampleCounts.ts';
import { withHead } from './withHead.ts';

/** The options of {@link refitHead}. */
export interface RefitHeadOptions extends RunOptions {
  /** λ: long weights cost λ/2 of the sum of their squares; those of the bias cost nothing. 0.001 by default. */
  readonly penalty?: number;
  /** How much each image counts, 1 by default. */
  readonly counts?: readonly number[];
  /** The group of each image: all groups count alike, however many images they have; by default all images count alike. */
  readonly groups?: readonly (number | string)[];
  /** Which output's head it is, and whether it holds logits; the first by default. */
  readonly output?: OutputChoice;
}

/** A network with another head. */
export interface RefittedHead {
  /**
   * A view of the given network, for every function that takes a model. The given network must outlive it; to dispose of
   * it frees the new weights and nothing else.
   */
  readonly network: Network;
  /** The address of the layer that was refitted. */
  readonly layer: string;
  /** Its new kernel, `[d, units]`. */
  readonly weights: NdArray;
  /** Its new bias, `[units]`; none where the layer has none. */
  readonly bias: NdArray | undefined;
  /** The cross-entropy of the images, each counted as it was, without the penalty. */
  readonly loss: number;
  /** The share of the images that the new head gets right, each counted once. */
  readonly accuracy: number;
}

const checks: OptionChecks<RefitHeadOptions> = {
  ...runChecks,
  penalty: number(0),
  counts: kind('a list of numbers', Array.isArray),
  groups: kind('a list of groups', Array.isArray),
  output: anything,
};

/**
 * Fits the last dense layer of a network anew, on images of the caller's choice: what the layers before it see stays as it
 * is, what is concluded from it changes.
 *
 * The weights minimise $\frac{1}{\sum_i c_i} \sum_i c_i \, \mathrm{CE}(y_i, W^T a_i + b) + \frac{\lambda}{2} |W|^2$ over the
 * features $a_i$ of the images; the optimum is exact. With `groups` each group has the same share of the sum, so that
 * those which contradict a bias of the data are not outvoted.
 *
 * Source: Kirichenko et al. 2023, "Last layer re-training is sufficient for robustness to spurious correlations".
 *
 * @param network compiled by `compile`, with classes whose logits a dense layer makes.
 * @param images a batch `[n, …]` in the shape of the model's input.
 * @param labels the class of each image.
 * @param options `penalty`, `counts`, `groups`, `output`, `batchSize`, `signal`, `onProgress`.
 * @returns a view of the network, with what was fitted.
 * @throws {VitrineError} if `network` is not compiled, or no dense layer makes its logits.
 * @throws {VitrineError} if a class has no image that counts.
 * @throws {VitrineError} if no optimum is found, as where classes can be parted and `penalty` is 0.
 * @example
 * ```ts
 * import { compile } from 'vitrine';
 * import { refitHead } from 'vitrine/diagnosis';
 * const network = compile(model);
 * const labels = [0, 1, 2, 3, 4, 0, 1, 2];
 * const images = { shape: [8, 16, 16, 3], data: Float32Array.from({ length: 8 * 768 }, (_, i) => Math.sin(i * i)) };
 * const refitted = await refitHead(network, images, labels, { penalty: 0.1 });
 * console.log(refitted.layer, refitted.weights.shape);
 * refitted.network.dispose();
 * network.dispose();
 * ```
 */
export async function refitHead(
  network: Network,
  images: Input,
  labels: readonly number[] | Int32Array,
  options: RefitHeadOptions = {},
): Promise<RefittedHead> {
  assertCompiled('network', network);
  assertOptions(options, checks);
  const copies = owned(images, labels, options);
  const told = chosenOutput(network, options.output);
  assertCrossEntropy(told.head);
  const head = denseHead(told.network, told.head);
  const fitted = await withNetwork(told.network, async (steady) => {
    const [x, classesOf, own] = await copies;
    const inputs = await readInputs(steady, x, 'images');
    const classes = assertClasses(told.head, 'output');
    const counts = exampleCounts(classesOf, { ...own, classes, count: inputs[0]?.shape[0] as number });
    const features = await headFeatures(steady, head, { inputs, run: own });
    return fitOf(features, { labels: classesOf, classes, counts, options: own, head });
  });
  return { ...fitted, layer: head.operation.address, network: withHead(told.network, head, fitted) };
}

interface Fitting {
  readonly labels: readonly number[] | Int32Array;
  readonly classes: number;
  readonly counts: Float64Array;
  readonly options: RefitHeadOptions;
  readonly head: DenseHead;
}

async function fitOf(
  features: NdArray,
  { labels, classes, counts, options, head: { operation } }: Fitting,
): Promise<Omit<RefittedHead, 'network' | 'layer'>> {
  const hasBias = operation.parameters['bias'] !== undefined;
  const units = operation.parameters['kernel']?.shape[1] as number;
  const { penalty = 1e-3, signal } = options;
  const [rows, width] = features.shape as [number, number];
  const problem = {
    features: hasBias ? withOnes(features) : { rows, columns: width, values: features.data },
    ...{ labels, classes, penalty, counts },
    ...(hasBias && { free: width }),
  };
  const fit = await inSlices(softmaxRegression(problem), { signal });
  const own = ofUnits(fit.weights, { classes, units });
  const data = Float32Array.from(own);
  return {
    weights: { shape: [width, units], data: data.slice(0, width * units) },
    bias: hasBias ? { shape: [units], data: data.slice(width * units) } : undefined,
    ...measured(fit, { labels, classes, counts }),
  };
}

/** The weights of each unit; a single one holds both classes: its logit is that of class 1 less that of class 0. */
function ofUnits(
  weights: Float64Array,
  { classes, units }: { readonly classes: number; readonly units: number },
): Float64Array {
  if (units === classes) return weights;
  return Float64Array.from({ length: weights.length / 2 }, (_, i) => {
    return (weights[2 * i + 1] as number) - (weights[2 * i] as number);
  });
}

function measured(
  { probabilities }: SoftmaxFit,
  { labels, classes, counts }: Pick<Fitting, 'labels' | 'classes' | 'counts'>,
): { readonly loss: number; readonly accuracy: number } {
  const rows = Array.from(labels, (label, i) => ({
    label,
    count: counts[i] as number,
    likely: probabilities.subarray(i * classes, (i + 1) * classes),
  }));
  const loss = rows.reduce((sum, { label, count, likely }) => sum - count * Math.log(likely[label] as number), 0);
  const right = rows.filter(({ label, likely }) => firstGreatest(likely) === label).length;
  return { loss: loss / rows.length, accuracy: right / rows.length };
}
