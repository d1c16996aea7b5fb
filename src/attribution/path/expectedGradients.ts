import * as tf from '@tensorflow/tfjs-core';
import { forEachBatch } from '../../network/batches.ts';
import { readInputs, rowsOf } from '../../network/inputs.ts';
import { pinTarget } from '../../network/score.ts';
import type { Scorer } from '../../network/scorer.ts';
import type { Attribution, ExplainOptions, Input, Model } from '../../network/types.ts';
import { assertInteger, assertNumber } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { random } from '../../numeric/random.ts';
import { sizeOf } from '../../numeric/shape.ts';
import { attributionOf, explain, type Session } from '../session.ts';
import { completenessGap } from './completenessGap.ts';
import { endpoint } from './endpoints.ts';
import { sumGradients, type WeightedPoints } from './pathGradients.ts';

/** What {@link expectedGradients} averages over. */
export interface ExpectedGradientsOptions {
  /** Examples `[m, …]` from which baselines are drawn. */
  readonly background: Input;
  /** The number of draws for each example; 200 by default. */
  readonly samples?: number;
  /** The standard deviation of noise on x, in the units of the input; 0 by default. */
  readonly noise?: number;
}

/**
 * Expected gradients (GradientSHAP): integrated gradients averaged over the baselines of a background.
 *
 * $R = E_{b, \alpha, \eta}\,[(x + \eta - b) \odot \partial F(b + \alpha (x + \eta - b))]$ with $b$ from the background
 * and $\alpha$ uniform on $[0, 1]$, stratified over the draws, which leaves the expectation and lowers the variance.
 * The sum of the map tends to $F(x)$ less the mean score of the background; `delta` reports the gap.
 *
 * Source: Erion et al. 2021, "Improving performance of deep learning models with axiomatic attribution priors and
 * expected gradients", Eq. (3).
 *
 * @param model a `LayersModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `background` (required), `samples`, `noise`, `seed`, `target`, `scale`.
 * @returns `values` in the shape of the input, and `delta` per example.
 * @throws {RangeError} if the background is empty or of another shape, or `samples` < 1; else as {@link gradient}.
 * @example
 * ```ts
 * import { expectedGradients } from 'vitrine';
 * const { values, delta } = await expectedGradients(model, x, { background: x, samples: 20 });
 * ```
 */
export async function expectedGradients(
  model: Model,
  x: Input,
  options: ExplainOptions & ExpectedGradientsOptions,
): Promise<Attribution> {
  const { background, samples = 200, noise = 0, seed = 0 } = options ?? {};
  assertInteger('samples', samples, [1, Number.POSITIVE_INFINITY]);
  assertNumber('noise', noise, 0);
  return explain(model, x, options, async (session) => {
    const { network, inputs, scorer } = session;
    const backgrounds = await readInputs(network, background, 'background');
    const at = await endpoint(session, inputs, { sites: [], scorer });
    const pinned = session.scorerOf(pinTarget(options.target, at.classes));
    const sums = await sumGradients(session, {
      stage: 'expectedGradients',
      sites: network.inputs,
      samples,
      scorer: pinned,
      draw: (example, start, end) => drawPoints({ inputs, backgrounds, noise, samples, seed }, example, [start, end]),
    });
    return attributionOf({
      method: 'expectedGradients',
      score: at.score,
      classes: at.classes,
      maps: sums,
      delta: completenessGap(sums, at.score.data, await meanScores(session, backgrounds, pinned)),
    });
  });
}

interface Sampling {
  readonly inputs: readonly NdArray[];
  readonly backgrounds: readonly NdArray[];
  readonly noise: number;
  readonly samples: number;
  readonly seed: number;
}

/** Points between a baseline and the example; each gradient counts by the way between them. */
function drawPoints(sampling: Sampling, example: number, [start, end]: readonly [number, number]): WeightedPoints[] {
  const { inputs, backgrounds, noise, samples, seed } = sampling;
  const draws = Array.from({ length: end - start }, (_, row) => {
    const source = random(seed, example, start + row);
    const chosen = source.integer(backgrounds[0]?.shape[0] as number);
    return { source, chosen, alpha: (start + row + source.uniform()) / samples };
  });
  return inputs.map((input, i) => {
    const { shape, data } = input;
    const size = sizeOf(shape.slice(1));
    const points = new Float32Array(draws.length * size);
    const ways = new Float32Array(draws.length * size);
    draws.forEach(({ source, chosen, alpha }, row) => {
      for (let k = 0; k < size; k++) {
        const from = backgrounds[i]?.data[chosen * size + k] as number;
        const jitter = noise === 0 ? 0 : noise * source.normal();
        const way = (data[example * size + k] as number) + jitter - from;
        ways[row * size + k] = way / samples;
        points[row * size + k] = from + alpha * way;
      }
    });
    const rows = [draws.length, ...shape.slice(1)];
    return { points: tf.tensor(points, rows), weights: tf.tensor(ways, rows) };
  });
}

/** For each example, the mean over the background of the score that is explained for it. */
async function meanScores(
  { network, count, options }: Session,
  backgrounds: readonly NdArray[],
  scorer: Scorer,
): Promise<Float32Array> {
  const total = backgrounds[0]?.shape[0] as number;
  const means = new Float32Array(count);
  await forEachBatch(
    { ...options, stage: 'background', total, groups: count },
    ({ group, start, end }) => {
      const rows = backgrounds.map((background) => rowsOf(background, start, end));
      const record = network.forward(rows, { taps: scorer.taps });
      return { score: scorer.score(record, new Int32Array(end - start).fill(group)).score };
    },
    ({ score }, { group }) => {
      for (const value of score.data) means[group] = (means[group] as number) + value / total;
    },
  );
  return means;
}
