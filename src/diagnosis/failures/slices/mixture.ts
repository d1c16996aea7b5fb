import { forEachOf, type Sliced } from '../../../numeric/sliced.ts';
import { type Components, expected, type MixtureData } from './expectation.ts';

/** How a mixture is fitted. */
export interface MixturePlan {
  readonly components: number;
  /** γ, what labels and predictions count beside the vectors. */
  readonly weight: number;
  readonly iterations: number;
  readonly onStep?: (step: number) => void;
}

/** What is added to variances, as a share of their mean over all vectors. */
const FLOOR = 1e-3;

/** How little responsibilities change where the mixture has settled. */
const SETTLED = 1e-4;

/** Where expectation-maximisation has ended. */
export interface Mixture {
  readonly components: Components;
  readonly steps: number;
}

/**
 * Brings responsibilities `[n, components]`, which change, to a fixed point of expectation-maximisation: diagonal Gaussians of vectors
 * times categories of labels and of predictions, these to the power of `weight`.
 */
export function* fitMixture(data: MixtureData, responsibilities: Float64Array, plan: MixturePlan): Sliced<Mixture> {
  const floor = FLOOR * (meanVariance(data) || 1);
  let [steps, change] = [0, 1];
  let components = yield* maximized(data, responsibilities, plan.components, floor);
  while (steps < plan.iterations && change >= SETTLED) {
    change = yield* expected(data, components, { responsibilities, weight: plan.weight });
    components = yield* maximized(data, responsibilities, plan.components, floor);
    plan.onStep?.(steps++);
  }
  return { components, steps };
}

/** Of all vectors, over their coordinates. */
function meanVariance({ vectors, width, count }: MixtureData): number {
  let total = 0;
  for (let k = 0; k < width; k++) {
    let mean = 0;
    for (let i = 0; i < count; i++) mean += (vectors[i * width + k] as number) / count;
    for (let i = 0; i < count; i++) total += ((vectors[i * width + k] as number) - mean) ** 2 / count;
  }
  return total / width;
}

/** The M-step: means under the responsibilities. */
function* maximized(
  data: MixtureData,
  responsibilities: Float64Array,
  components: number,
  floor: number,
): Sliced<Components> {
  const { count, vectors, width, labels, probabilities, classes } = data;
  const sizes = new Float64Array(components).fill(1e-9);
  const made = [width, width, classes, classes].map((length) => new Float64Array(components * length));
  const [means, variances, trueShares, predictions] = made as [Float64Array, Float64Array, Float64Array, Float64Array];
  const include = (i: number, s: number): void => {
    const own = responsibilities[i * components + s] as number;
    sizes[s]! += own;
    for (let k = 0, at = s * width; k < width; k++, at++) means[at]! += own * (vectors[i * width + k] as number);
    for (let k = 0, at = s * classes; k < classes; k++, at++)
      predictions[at]! += own * (probabilities[i * classes + k] as number);
    trueShares[s * classes + (labels[i] as number)]! += own;
  };
  const spread = (i: number, s: number): void => {
    const own = responsibilities[i * components + s] as number;
    for (let k = 0, at = s * width; k < width; k++, at++)
      variances[at]! += own * ((vectors[i * width + k] as number) - (means[at] as number)) ** 2;
  };
  const cost = 5 * components * (width + classes);
  yield* forEachOf(count, cost, (i) => sizes.forEach((_, s) => include(i, s)));
  for (const sums of [means, trueShares, predictions]) divide(sums, sizes);
  yield* forEachOf(count, cost, (i) => sizes.forEach((_, s) => spread(i, s)));
  divide(variances, sizes);
  return {
    logShares: sizes.map((size) => Math.log(size / count)),
    means,
    variances: variances.map((variance) => variance + floor),
    labels: trueShares,
    predictions,
  };
}

function divide(sums: Float64Array, sizes: Float64Array): void {
  const width = sums.length / sizes.length;
  for (let at = 0; at < sums.length; at++) sums[at]! /= sizes[Math.floor(at / width)] as number;
}
