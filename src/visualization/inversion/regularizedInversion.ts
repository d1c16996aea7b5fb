import { owned } from '../../backend/owned.ts';
import { type PixelScale, scaleChecks } from '../../image/pixelScale.ts';
import type { Site } from '../../network/graph/graph.ts';
import type { Network } from '../../network/network.ts';
import { runChecks } from '../../network/runChecks.ts';
import type { Input, Model, RunOptions } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { type NdArray, rowOf, sizeOf } from '../../numeric/ndarray.ts';
import {
  assertOptions,
  number,
  type OptionChecks,
  object,
  required,
  safeInteger,
  text,
} from '../../numeric/options.ts';
import { random } from '../../numeric/random.ts';
import { descend } from './descend.ts';
import { featureNorms } from './featureDistance.ts';
import { type FeatureMask, featureMask } from './featureMask.ts';
import { type Inversion, inversionOf } from './inversion.ts';
import type { InversionPrior } from './inversionEnergy.ts';
import { type InvertedInput, invertedInput } from './invertedInput.ts';
import { type SchedulePhase, scheduleCheck } from './momentumSchedule.ts';

/** The options of {@link regularizedInversion}, besides what says how numbers follow from pixels. */
export interface RegularizedInversionOptions extends RunOptions, Partial<InversionPrior> {
  /** The address of the layer that is inverted. */
  readonly layer: string;
  /** λ of the total variation; by default 1 in the first three tenths of the network, 10 up to its sixth, then 100. */
  readonly smoothness?: number;
  /** β, the exponent of the total variation; 2 by default. */
  readonly beta?: number;
  /** λ of the norm; 8e-10 by default. */
  readonly normWeight?: number;
  /** α, the exponent of the norm; 6 by default. */
  readonly normExponent?: number;
  /** How many steps of which learning rate; by default 100 of 0.004, 200 of 0.0004 and 100 of 0.00004. */
  readonly schedule?: readonly SchedulePhase[];
  /** Which features are inverted; all by default. */
  readonly mask?: FeatureMask;
  /** Of the noise that is begun with; 0 by default. */
  readonly seed?: number;
}

const checks: OptionChecks<PixelScale & RegularizedInversionOptions> = {
  ...runChecks,
  ...scaleChecks,
  layer: required(text),
  smoothness: number(0),
  beta: number(1),
  normWeight: number(0),
  normExponent: number(1),
  schedule: scheduleCheck,
  mask: object,
  seed: safeInteger,
};

/** What {@link regularizedInversion} returns. */
export interface RegularizedInversion extends Inversion {
  /** E, `[n, steps + 1]`, from the start to after the last step. */
  readonly energy: NdArray;
  /** σ_x, the norm of a typical image in units of 0…255. */
  readonly pixelNorm: number;
  /** The prior that was used. */
  readonly prior: InversionPrior;
}

/**
 * Images that a layer takes for given ones, as natural as a simple prior makes them.
 *
 * Minimises over images $x$, in units of 0…255 less their mean,
 *
 * $$ \frac{\|M \odot (\Phi(x) - \Phi_0)\|^2}{\sigma_y^2} + \frac{1}{\sigma_x^2} \Bigl( \frac{\lambda_{TV}}{2} \sum_{ij}
 * \bigl(\Delta_h^2 + \Delta_v^2\bigr)^{\beta/2} + \frac{\lambda_\alpha}{2} \sum |x|^\alpha \Bigr), \qquad
 * \sigma_y = \|M \odot \Phi_0\|, \quad \sigma_x = 68.92 \sqrt{\text{values}} $$
 *
 * by gradient descent with a momentum of 0.9, which begins anew when the learning rate changes, from noise of the norm
 * $\sigma_x$. Of pixels the mean of the scale is subtracted, or 127.5 where that is black or none.
 *
 * Source: Mahendran and Vedaldi 2015, "Understanding deep image representations by inverting them", Eq. (1) to (4), with
 * the constants of their code. They chose the weight of the total variation by layers of CaffeNet; here the layer's
 * place among the operations of the network decides.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, h, w, c]` in the model's range.
 * @param options `layer`, and how numbers follow from pixels (`preprocessing`, or `range`, or `mean` and `std`, and
 * `channels`, `order`); `schedule`, `smoothness`, `beta`, `normWeight`, `normExponent`, `mask`, `seed`, `batchSize`, `signal`,
 * `onProgress`.
 * @returns `images` `[n, h, w, c]` of 0 to 1, the same as `inputs` of the model's range, not clipped; the relative
 * `error` of the features per example, its `curve` and the `energy`, both `[n, steps + 1]`.
 * @throws {VitrineError} if there is no such layer, if all its features are 0 for an example, if the layer is smaller than
 * the mask, if `x` is no batch of images or no scale is given, or if the descent goes out of bounds.
 * @example
 * ```ts
 * import { regularizedInversion } from 'vitrine/visualization';
 * const schedule = [{ steps: 8, learningRate: 0.004 }, { steps: 4, learningRate: 0.0004 }];
 * const { images, error } = await regularizedInversion(model, x, { layer: 'conv2', range: [-1, 1], schedule });
 * console.log(images.shape, error.length); // [2, 16, 16, 3], 2
 * ```
 */
export async function regularizedInversion(
  model: Model,
  x: Input,
  options: PixelScale & RegularizedInversionOptions,
): Promise<RegularizedInversion> {
  assertOptions(options, checks);
  const copies = owned(x, options);
  return withNetwork(model, async (network) => {
    const [input, own] = await copies;
    const inverted = await invertedInput(network, input, own);
    return regularized(network, inverted, own);
  });
}

async function regularized(
  network: Network,
  inverted: InvertedInput,
  options: PixelScale & RegularizedInversionOptions,
): Promise<RegularizedInversion> {
  const { site, x, features } = inverted;
  const { schedule = publishedSchedule, seed = 0, mask: chosen = {} } = options;
  const { smoothness = publishedSmoothness(network, site), beta = 2, normWeight = 8e-10, normExponent = 6 } = options;
  const mask = featureMask(chosen, features.shape);
  const norms = featureNorms(features, options.layer, mask);
  const pixelNorm = 68.92 * Math.sqrt(rowOf(x, 0).length);
  const prior = { smoothness, beta, normWeight, normExponent };
  const job = { network, inverted, mask, norms, prior, pixelNorm, schedule, start: noise(x.shape, pixelNorm, seed) };
  const { pictures, curve, energy } = await descend(job, options);
  const result = await inversionOf(network, inverted, { pictures, curve, mask, norms }, options);
  return { ...result, energy, pixelNorm, prior };
}

// The experiments of §5 of the paper, by their code.
const publishedSchedule: readonly SchedulePhase[] = [
  { steps: 100, learningRate: 0.004 },
  { steps: 200, learningRate: 0.0004 },
  { steps: 100, learningRate: 0.00004 },
];

/** Of the 20 layers of CaffeNet the first six had 1, the next six 10, the others 100. */
function publishedSmoothness({ graph: { steps, heads } }: Network, { value }: Site): number {
  const number = (output: number): number => steps.findIndex((step) => step.output === output) + 1;
  const depth = number(value) / Math.max(1, ...heads.map(({ site }) => number(site.value)));
  if (depth <= 0.3) return 1;
  return depth <= 0.6 ? 10 : 100;
}

/** Noise of a given norm, which is another one in each example. */
function noise(shape: readonly number[], norm: number, seed: number): NdArray {
  const data = new Float32Array(sizeOf(shape));
  const size = sizeOf(shape.slice(1));
  for (let example = 0; example < (shape[0] as number); example++) {
    const { normal } = random(seed, example);
    const drawn = Float64Array.from({ length: size }, normal);
    const length = Math.sqrt(drawn.reduce((sum, value) => sum + value * value, 0));
    data.set(
      drawn.map((value) => (value * norm) / length),
      example * size,
    );
  }
  return { shape, data };
}
