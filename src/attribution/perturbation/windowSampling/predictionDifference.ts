import { classCount } from '../../../network/heads/heads.ts';
import type { Input, Model } from '../../../network/types.ts';
import { assertInteger } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { callback, count, integer, number, type OptionChecks, oneOf, required } from '../../../numeric/options.ts';
import { changedRuns } from '../../../scoring/changedRuns.ts';
import { examplesCheck } from '../../../scoring/explainChecks.ts';
import type { InputOption } from '../../../scoring/placedInput.ts';
import { endpoint } from '../../../scoring/scoreAt.ts';
import { attributionOf, explain, type Session } from '../../../scoring/session.ts';
import { isContrast, pinTarget } from '../../../scoring/targets/createScorer.ts';
import type { Attribution, ExplainOptions } from '../../../scoring/types.ts';
import { type LayerOption, layerChecks } from '../../gradient/backpropagated.ts';
import type { PartialOption } from '../../progressive.ts';
import { perSide, rowsAndColumns } from '../hiding/alongAxes.ts';
import { type ChangedPlace, changedPlace } from './changedPlace.ts';
import type { PatchGaussians } from './fitPatchGaussians.ts';
import { type SampledWindows, sampledWindows } from './sampledWindows.ts';
import { samplerOf } from './samplerOf.ts';
import { weightOfEvidence } from './weightOfEvidence.ts';
import { type PlaneWindows, windowMeans, windowsOn } from './windowMeans.ts';

/** The options of {@link predictionDifference}. */
export interface PredictionDifferenceOptions extends InputOption, LayerOption, PartialOption {
  /** Real examples `[m, …]` in the shape of the model's input, or what {@link fitPatchGaussians} has made of them. */
  readonly background: Input | PatchGaussians;
  /** Rows and columns of the windows, or one number for both; 10 by default. */
  readonly window?: number | readonly [rows: number, columns: number];
  /** The pixels around a window from which it is predicted; 2 by default. */
  readonly padding?: number;
  /** How far the window moves, at most its own size; half of it by default, 1 in the paper. */
  readonly stride?: number | readonly [rows: number, columns: number];
  /** What is put in place of each window, so many times; 10 by default. */
  readonly samples?: number;
  /** `'conditional'` (by default): drawn given what is around the window; `'marginal'`: the same window of other examples. */
  readonly sampler?: 'conditional' | 'marginal';
  /** The only channel that is changed; all by default. */
  readonly unit?: number;
  /** The number of patches of the background that are drawn for the fit; 20 000 by default. */
  readonly patchSamples?: number;
  /** The number of training examples N of Laplace's correction; 100 000 by default. */
  readonly trainingSize?: number;
}

const checks: OptionChecks<ExplainOptions & PredictionDifferenceOptions> = {
  ...layerChecks,
  background: required(examplesCheck),
  window: perSide,
  padding: integer(0),
  stride: perSide,
  samples: count(1),
  sampler: oneOf(['conditional', 'marginal']),
  unit: integer(0),
  patchSamples: count(2),
  trainingSize: number(1),
  input: integer(0),
  onPartial: callback,
};

/**
 * Prediction difference analysis: what the network would say if a part of the picture were another that could stand there.
 *
 * For each window $w$, $\bar p = \mathrm{mean}_s\, p(c \mid x, w \leftarrow w_s)$ over samples $w_s$, and the weight of
 * evidence $\log_2 \mathrm{odds}(p) - \log_2 \mathrm{odds}(\bar p)$ in bits, with Laplace's correction. A pixel gets
 * the mean over the windows that cover it. Where the explained score is no probability of a class (a unit, a contrast,
 * another scale), the difference $F - \bar F$ takes the place of the evidence. With `layer` the windows are of that
 * layer's feature maps (of one of them with `unit`), filled in from the activations of the background.
 *
 * Source: Zintgraf et al. 2017, "Visualizing deep neural network decisions: prediction difference analysis", §3.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `background` (required), `window`, `padding`, `stride`, `samples`, `sampler`, `layer`, `unit`,
 * `input`, `patchSamples`, `trainingSize`, `seed`, `target`, `scale` (`'probability'` by default; an output that holds
 * none is explained as it is), `onPartial`.
 * @returns `values` `[n, h, w]` of the size of the image or the layer: positive where the picture speaks for the target.
 * @throws {VitrineError} if the background is empty or does not fit, or an option is out of range; else as {@link gradient}.
 * @example
 * ```ts
 * import { predictionDifference } from 'vitrine';
 * const options = { background: x, window: 6, padding: 1, samples: 2 };
 * const { values } = await predictionDifference(model, x, options); // [2, 16, 16]
 * ```
 */
export async function predictionDifference(
  model: Model,
  x: Input,
  options: ExplainOptions & PredictionDifferenceOptions,
): Promise<Attribution> {
  return explain(model, x, options, { checks, scale: 'probability' }, async (session, options) => {
    const { samples = 10, layer, input, onPartial } = options;
    const { score, classes } = await endpoint(session, session.inputs, { sites: [], scorer: session.scorer });
    const place = await changedPlace(session, { layer, input });
    const sampled: SampledWindows = {
      place,
      windows: windowsOf(place, options),
      channels: channelsOf(place, options),
      sampler: await samplerOf(place, options),
      samples,
      seed: options.seed ?? 0,
    };
    const relevance = relevanceOf(session, options, classes !== undefined);
    const found: number[][] = Array.from(score.data, () => []);
    const result = (): Attribution => {
      const maps = [windowMeans(found, sampled.windows, planeOf(place))];
      return attributionOf(session, { method: 'predictionDifference', score, classes, maps, layer });
    };
    const scorer = session.scorerOf(pinTarget(options.target, classes));
    const changes = {
      stage: 'predictionDifference',
      samples: sampled.windows.corners.length * samples,
      scorer,
      site: place.site,
      change: (example: number, start: number, end: number) => sampledWindows(sampled, example, [start, end]),
    };
    let sum = 0;
    await changedRuns(session, changes, (scores, { group, start }) => {
      scores.forEach((value, row) => {
        const sample = (start + row) % samples;
        sum = sample === 0 ? value : sum + value;
        if (sample < samples - 1) return;
        const window = Math.floor((start + row) / samples);
        (found[group] as number[])[window] = relevance(score.data[group] as number, sum / samples);
      });
      onPartial?.(result);
    });
    return result();
  });
}

function planeOf({ values: { shape } }: ChangedPlace): readonly [number, number] {
  return [shape[1] as number, shape[2] as number];
}

function windowsOf(place: ChangedPlace, { window = 10, stride }: PredictionDifferenceOptions): PlaneWindows {
  const plane = planeOf(place);
  const size = rowsAndColumns('window', window);
  if (size[0] > plane[0] || size[1] > plane[1]) {
    throw new VitrineError('bad-argument', `"window" expected at most ${plane.join(' × ')}, got ${size.join(' × ')}`);
  }
  const half = size.map((side) => Math.ceil(side / 2)) as [number, number];
  const steps = rowsAndColumns('stride', stride ?? half);
  steps.forEach((step, axis) => assertInteger('stride', step, [1, size[axis] as number]));
  return windowsOn(plane, { size, stride: steps });
}

function channelsOf({ values: { shape } }: ChangedPlace, { unit }: PredictionDifferenceOptions): readonly number[] {
  const channels = shape[3] as number;
  if (unit === undefined) return Array.from({ length: channels }, (_, channel) => channel);
  assertInteger('unit', unit, [0, channels - 1]);
  return [unit];
}

/** What a window counts, from F(x) and the mean of F with others in its place: bits of evidence, or the difference. */
function relevanceOf(
  { head, scale }: Session,
  { target = 'predicted', trainingSize = 100_000 }: ExplainOptions & PredictionDifferenceOptions,
  isOfClass: boolean,
): (score: number, without: number) => number {
  const classes = head && classCount(head);
  const isProbability = classes !== undefined && isOfClass && scale === 'probability' && !isContrast(target);
  if (!isProbability) return (score, without) => score - without;
  return (score, without) => weightOfEvidence(score, without, { classes, trainingSize });
}
