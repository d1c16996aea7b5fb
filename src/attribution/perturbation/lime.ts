import { segment } from '../../image/segment.ts';
import type { Segments } from '../../image/types.ts';
import type { ExplainOptions, Input, Model, SegmentAttribution } from '../../network/types.ts';
import { assertInteger, assertNumber } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { random } from '../../numeric/random.ts';
import { explain } from '../session.ts';
import { coalitionScores } from './coalitionScores.ts';
import { imageInput } from './imageInput.ts';
import { fitWeightedRidge, type LinearFit } from './localLinearModel.ts';
import { type SegmentOptions, segmentGame } from './segmentGame.ts';
import { segmentMeans } from './segmentMeans.ts';

/** How {@link lime} samples and fits. */
export interface LimeOptions extends SegmentOptions {
  /** How the image is divided; `{ quickshift: 200 }` by default. */
  readonly segments?: Segments;
  /** What a hidden segment looks like; its own mean colour by default. */
  readonly baseline?: NonNullable<SegmentOptions['baseline']>;
  /** The number of coalitions, the full one included; 1000 by default. */
  readonly samples?: number;
  /** The penalty on the squares of the weights; 1 by default. */
  readonly ridge?: number;
  /** How fast samples count less with their distance from x; 0.25 by default. */
  readonly kernelWidth?: number;
}

/** What {@link lime} returns. */
export interface LimeAttribution extends SegmentAttribution {
  /** The linear model's score with everything hidden, `[n]`. */
  readonly intercept: Float32Array;
  /** The weighted R² of the linear model, `[n]`: how far the weights can be believed. */
  readonly fit: Float32Array;
  /** The linear model's score at x, `[n]`. */
  readonly localPrediction: Float32Array;
}

/**
 * LIME: the weights of a linear model that is like the network near x.
 *
 * Segments are hidden at random, and a ridge regression of the scores on which segments were shown is fitted, samples
 * weighted by $\sqrt{\exp(-D^2 / \text{width}^2)}$ with the cosine distance $D$ to showing all. By default on the
 * probability. Other segments or another seed give other weights: mind `fit`.
 *
 * Source: Ribeiro, Singh and Guestrin 2016, "Why should I trust you?", Eq. (2) and Algorithm 1, with the settings of the
 * authors' code for images.
 *
 * @param model a `LayersModel`, or one compiled once by `compile`.
 * @param x one example or a batch, one input an image `[n, h, w, c]`.
 * @param options `segments`, `samples`, `baseline`, `ridge`, `kernelWidth`, `input`, `seed`, `target`, `scale`.
 * @returns `segmentValues` `[n, s]`, `values` `[n, h, w]`, `intercept`, `fit` and `localPrediction` `[n]`.
 * @throws {RangeError} if `samples` < 2, no input is an image, or the segments do not fit; else as {@link gradient}.
 * @example
 * ```ts
 * import { lime } from 'vitrine';
 * const { segmentValues, fit } = await lime(model, x, { segments: { grid: 4 }, samples: 60 });
 * ```
 */
export async function lime(
  model: Model,
  x: Input,
  options: ExplainOptions & LimeOptions = {},
): Promise<LimeAttribution> {
  const { segments = { quickshift: 200 }, samples = 1000, ridge = 1, kernelWidth = 0.25, seed = 0 } = options;
  assertInteger('samples', samples, [2, Number.POSITIVE_INFINITY]);
  assertNumber('ridge', ridge, 0);
  assertNumber('kernelWidth', kernelWidth, Number.MIN_VALUE);
  return explain(
    model,
    x,
    options,
    async (session) => {
      const { index: input } = imageInput(session, options.input);
      const image = session.inputs[input] as NdArray;
      const labels = segment(image, segments);
      const baseline = options.baseline ?? segmentMeans(image, labels);
      const game = await segmentGame(session, { segments: labels, baseline, input });
      const fits: LinearFit[] = [];
      for (const [example, players] of game.counts.entries()) {
        const members = new Float64Array(samples * players);
        const scores = await coalitionScores(session, game, {
          stage: 'lime',
          example,
          count: samples,
          fill(row, index) {
            const { uniform } = random(seed, example, index);
            row.forEach((_, i) => {
              row[i] = index === 0 ? 1 : Number(uniform() < 0.5);
            });
            members.set(row, index * players);
          },
        });
        fits.push(
          fitWeightedRidge({ matrix: members, values: scores, weights: kernel(members, players, kernelWidth) }, ridge),
        );
      }
      return {
        ...game.attribution(
          'lime',
          fits.map(({ coefficients }) => coefficients),
        ),
        intercept: Float32Array.from(fits, ({ intercept }) => intercept),
        fit: Float32Array.from(fits, ({ r2 }) => r2),
        localPrediction: Float32Array.from(fits, ({ intercept, coefficients }) =>
          coefficients.reduce((sum, value) => sum + value, intercept),
        ),
      };
    },
    'probability',
  );
}

/** The cosine distance of a 0-1 vector to all ones is 1 − √(ones / length), and 1 for no ones. */
function kernel(members: Float64Array, players: number, width: number): Float64Array {
  return Float64Array.from({ length: members.length / players }, (_, row) => {
    const shown = members.subarray(row * players, (row + 1) * players).reduce((sum, member) => sum + member, 0);
    const distance = 1 - Math.sqrt(shown / players);
    return Math.sqrt(Math.exp(-(distance ** 2) / width ** 2));
  });
}
