import { inSlices } from '../../../backend/inTurn.ts';
import { segmenting } from '../../../image/segmentation/segmenting.ts';
import type { Segments } from '../../../image/types.ts';
import type { Input, Model } from '../../../network/types.ts';
import { assertRoom } from '../../../numeric/check.ts';
import { type LinearFit, weightedRidge } from '../../../numeric/linear/leastSquares.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { callback, count, number, type OptionChecks } from '../../../numeric/options.ts';
import { random } from '../../../numeric/random.ts';
import { atOnce, type Sliced } from '../../../numeric/sliced.ts';
import { placedInput } from '../../../scoring/placedInput.ts';
import { explain, type Session } from '../../../scoring/session.ts';
import type { Baseline, ExplainOptions, SegmentAttribution } from '../../../scoring/types.ts';
import type { PartialOption } from '../../progressive.ts';
import { coalitionScores } from './coalitionScores.ts';
import { type SegmentGame, type SegmentOptions, segmentChecks, segmentGame } from './segmentGame.ts';

/** How {@link lime} samples and fits. */
export interface LimeOptions extends SegmentOptions, PartialOption<LimeAttribution> {
  /** How the image is divided; by default as `segment` does: dozens of segments, for photos as the authors of LIME. */
  readonly segments?: Segments;
  /** What a hidden segment looks like; its own mean colour by default. */
  readonly baseline?: Baseline;
  /** The number of coalitions, the full one included; 1000 by default. */
  readonly samples?: number;
  /** The penalty on the squares of the weights; 1 by default. */
  readonly ridge?: number;
  /** How fast samples count less with their distance from x; 0.25 by default. */
  readonly kernelWidth?: number;
}

const checks: OptionChecks<ExplainOptions & LimeOptions> = {
  ...segmentChecks,
  samples: count(2),
  ridge: number(0),
  kernelWidth: number(Number.MIN_VALUE),
  onPartial: callback,
};

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
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch, one input an image `[n, h, w, c]` or a volume `[n, d, h, w, c]`.
 * @param options `segments` (by default `{ quickshift: 200 }` where a side has 224 pixels or more, `{ slic: 50 }` of smaller
 * images, `{ grid: 4 }` of volumes), `samples`, `baseline`, `ridge`, `kernelWidth`, `input`, `seed`, `target`, `scale`
 * (`'probability'` by default; an output that holds none is explained as it is), `onPartial`.
 * @returns `segmentValues` `[n, s]`, `values` `[n, h, w]` (of volumes `[n, d, h, w]`), `intercept`, `fit` and `localPrediction` `[n]`.
 * @throws {VitrineError} if `samples` < 2, no input is an image, or the segments do not fit; else as {@link gradient}.
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
  return explain(model, x, options, { checks, scale: 'probability' }, async (session, own) =>
    fitted(session, await imageGame(session, own), own),
  );
}

/** The segments, each of which hides behind its own mean colour unless a baseline is given. */
async function imageGame(session: Session, { segments, baseline, input }: LimeOptions): Promise<SegmentGame> {
  const { index } = placedInput(session, input);
  const image = session.inputs[index] as NdArray;
  const labels = await inSlices(segmenting(image, segments), session.options);
  return segmentGame(session, {
    segments: labels,
    baseline: baseline === undefined ? segmentMeans(image, labels) : baseline,
    input: index,
  });
}

async function fitted(
  session: Session,
  game: SegmentGame,
  options: LimeOptions & ExplainOptions,
): Promise<LimeAttribution> {
  const { samples = 1000, ridge = 1, kernelWidth = 0.25, seed = 0, onPartial, signal } = options;
  const drawn = game.players.map((players, example) => coalitions(players, samples, [seed, example]));
  const fitTo = (scores: Float64Array, example: number): Sliced<LinearFit> => {
    const players = game.players[example] as number;
    const matrix = drawn[example]?.subarray(0, scores.length * players) as Float64Array;
    return weightedRidge({ matrix, values: scores, weights: proximity(matrix, players, kernelWidth) }, ridge);
  };
  const current = function* (known: readonly Float64Array[]): Sliced<LimeAttribution> {
    const fits: LinearFit[] = [];
    for (const [example, scores] of known.entries()) {
      fits.push(scores.length === 0 ? noFit(game.players[example] as number) : yield* fitTo(scores, example));
    }
    return limeAttribution(game, fits);
  };
  const scores = await coalitionScores(session, game, {
    stage: 'lime',
    counts: game.players.map(() => samples),
    fill: (members, index, example) =>
      members.set(drawn[example]?.subarray(index * members.length, (index + 1) * members.length) ?? []),
    onBatch: (known) => onPartial?.(() => atOnce(current(known))),
  });
  return inSlices(current(scores), { signal });
}

/** All segments, then each of them half of the times, `[samples × players]`. */
function coalitions(players: number, samples: number, stream: readonly [number, number]): Float64Array {
  assertRoom('samples', [samples, players]);
  const members = new Float64Array(samples * players).fill(1);
  for (let sample = 1; sample < samples; sample++) {
    const { uniform } = random(...stream, sample);
    for (let player = 0; player < players; player++) members[sample * players + player] = Number(uniform() < 0.5);
  }
  return members;
}

/** √exp(−D² / width²): the cosine distance D of a 0-1 vector to all ones is 1 − √(ones / length), and 1 for no ones. */
function proximity(members: Float64Array, players: number, width: number): Float64Array {
  return Float64Array.from({ length: members.length / players }, (_, row) => {
    const shown = members.subarray(row * players, (row + 1) * players).reduce((sum, member) => sum + member, 0);
    const distance = 1 - Math.sqrt(shown / players);
    return Math.sqrt(Math.exp(-(distance ** 2) / width ** 2));
  });
}

function noFit(players: number): LinearFit {
  return { intercept: 0, coefficients: new Float64Array(players), r2: Number.NaN };
}

function limeAttribution(game: SegmentGame, fits: readonly LinearFit[]): LimeAttribution {
  const weights = fits.map(({ coefficients }) => coefficients);
  return {
    ...game.attribution('lime', weights),
    intercept: Float32Array.from(fits, ({ intercept }) => intercept),
    fit: Float32Array.from(fits, ({ r2 }) => r2),
    localPrediction: Float32Array.from(fits, ({ intercept, coefficients }) =>
      coefficients.reduce((sum, value) => sum + value, intercept),
    ),
  };
}

/** Images or volumes whose segments `[n, …]` are filled with their own mean colours. */
function segmentMeans({ shape, data }: NdArray, labels: NdArray<Int32Array>): NdArray {
  const [count, channels] = [shape[0] as number, shape.at(-1) as number];
  const pixels = labels.data.length / count;
  const filled = new Float32Array(data.length);
  for (let example = 0; example < count; example++) {
    const own = labels.data.subarray(example * pixels, (example + 1) * pixels);
    const sizes = new Map<number, number>();
    for (const label of own) sizes.set(label, (sizes.get(label) ?? 0) + 1);
    const sums = new Float64Array(sizes.size * channels);
    own.forEach((label, pixel) => {
      for (let c = 0; c < channels; c++) {
        const value = data[(example * pixels + pixel) * channels + c] as number;
        sums[label * channels + c] = (sums[label * channels + c] as number) + value;
      }
    });
    own.forEach((label, pixel) => {
      for (let c = 0; c < channels; c++) {
        const mean = (sums[label * channels + c] as number) / (sizes.get(label) as number);
        filled[(example * pixels + pixel) * channels + c] = mean;
      }
    });
  }
  return { shape, data: filled };
}
