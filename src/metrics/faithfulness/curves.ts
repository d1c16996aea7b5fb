import type { Input, Model, Scale } from '../../network/types.ts';
import { sizeOf } from '../../numeric/ndarray.ts';
import { anything, integer, type OptionChecks, oneOf } from '../../numeric/options.ts';
import { trapezoid } from '../../numeric/statistics.ts';
import { isPlaced } from '../../scoring/placedInput.ts';
import type { Baseline, ExplainOptions } from '../../scoring/types.ts';
import { examplesOf, perElement, perPosition } from '../givenMap.ts';
import { type Measurement, mapChecks, measure } from '../measure.ts';
import type { AttributionOption, MetricResult } from '../types.ts';
import { removalScores } from './removal.ts';
import { type RemovalOrder, stepsByValue } from './steps.ts';

/**
 * Deletion: how fast the class's probability falls as the pixels go, the most relevant first.
 *
 * $\int_0^1 F(x \text{ without the first } t \text{ of its pixels})\,dt$ by the trapezoid rule, both ends included. A
 * small area means that the map finds what the score needs. For a linear model the deletion and the insertion of one
 * order and baseline $x'$ sum to $F(x) + F(x')$.
 *
 * Source: Petsiuk, Das and Saenko 2018, "RISE: randomized input sampling for explanation of black-box models", §4.2.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `attribution` (required), `input`, `baseline` (`'zero'` by default), `perStep`, `order`, `target` (by default
 * what the attribution explains, else the predicted classes), `scale` (`'probability'` by default; an output that holds none
 * is measured as it is).
 * @returns the area per example, NaN for a map that is the same everywhere and so orders nothing; `curve`
 * `[n, steps + 1]`. Of equal values the one with the lower index counts as more relevant.
 * @throws {VitrineError} if the map does not fit the input or is not finite, or an option is out of range.
 * @example
 * ```ts
 * import { deletion, gradientTimesInput } from 'vitrine';
 * const attribution = await gradientTimesInput(model, x);
 * const { score, curve } = await deletion(model, x, { attribution });
 * console.log(score[0], curve!.shape); // curve of 17 points for 16 rows of pixels
 * ```
 */
export function deletion(model: Model, x: Input, options: ExplainOptions & CurveOptions): Promise<MetricResult> {
  return areaUnderCurve(model, x, options, {
    metric: 'deletion',
    rows: 'hide',
    baseline: 'zero',
    scale: 'probability',
  });
}

/**
 * Insertion: how fast the class's probability rises as the pixels come back into a blurred picture, the most relevant
 * first.
 *
 * $\int_0^1 F(x' \text{ with the first } t \text{ of the pixels of } x)\,dt$ by the trapezoid rule, both ends included.
 *
 * Source: Petsiuk, Das and Saenko 2018, "RISE: randomized input sampling for explanation of black-box models", §4.2.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options as for {@link deletion}; `baseline` is `'blur'` by default, which needs a picture.
 * @returns the area per example, NaN for a map that is the same everywhere; `curve` `[n, steps + 1]`.
 * @throws as {@link deletion}.
 * @example
 * ```ts
 * import { gradCam, insertion } from 'vitrine';
 * const { score } = await insertion(model, x, { attribution: await gradCam(model, x) });
 * ```
 */
export function insertion(model: Model, x: Input, options: ExplainOptions & CurveOptions): Promise<MetricResult> {
  return areaUnderCurve(model, x, options, {
    metric: 'insertion',
    rows: 'show',
    baseline: 'blur',
    scale: 'probability',
  });
}

/**
 * Pixel flipping: how fast the score falls as single elements (row, column and channel) go, the most relevant first.
 *
 * $\int_0^1 F(x \text{ without the first } t \text{ of its elements})\,dt$ by the trapezoid rule, as in
 * {@link deletion}, but each channel of a pixel has its own place in the order. A map without channels counts for all
 * channels of a pixel in equal parts.
 *
 * Source: Bach et al. 2015, "On pixel-wise explanations for non-linear classifier decisions by layer-wise relevance
 * propagation", section "Pixel-flipping".
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `attribution` (required), `input`, `baseline` (`'zero'` by default), `perStep` (elements; by default those of a
 * row of the picture), `order`, `target`, `scale` (`'logit'` by default).
 * @returns the area per example, NaN for a map that is the same everywhere; `curve` `[n, steps + 1]`.
 * @throws as {@link deletion}.
 * @example
 * ```ts
 * import { gradientTimesInput, pixelFlipping } from 'vitrine';
 * const { score } = await pixelFlipping(model, x, { attribution: await gradientTimesInput(model, x) });
 * ```
 */
export function pixelFlipping(model: Model, x: Input, options: ExplainOptions & CurveOptions): Promise<MetricResult> {
  return areaUnderCurve(model, x, options, {
    metric: 'pixelFlipping',
    rows: 'hide',
    baseline: 'zero',
    scale: 'logit',
    elements: true,
  });
}

/** The options of deletion and insertion curves. */
export interface CurveOptions extends AttributionOption {
  /** What a hidden pixel looks like; `'zero'` by default, `'blur'` of {@link insertion}. */
  readonly baseline?: Baseline;
  /**
   * How many pixels go or come in a step; by default as many as the picture is wide, as in the paper; of volumes so many
   * that there are as many steps as the longest side has voxels.
   */
  readonly perStep?: number;
  /** `'morf'` (default) begins with the most relevant pixels, `'lerf'` with the least. */
  readonly order?: RemovalOrder;
}

const checks: OptionChecks<ExplainOptions & CurveOptions> = {
  ...mapChecks,
  baseline: anything,
  perStep: integer(1),
  order: oneOf(['morf', 'lerf']),
};

/** What sets one curve apart from another. */
interface CurveMetric {
  readonly metric: string;
  readonly rows: 'hide' | 'show';
  readonly baseline: Baseline;
  readonly scale: Scale;
  readonly elements?: boolean;
}

/** The score as a function of the share of the input that is gone or there, and the area under it. */
async function areaUnderCurve(
  model: Model,
  x: Input,
  options: ExplainOptions & CurveOptions,
  { metric, rows, scale, elements = false, ...defaults }: CurveMetric,
): Promise<MetricResult> {
  return measure(
    model,
    x,
    options,
    { checks, scale },
    async (measurement, { baseline = defaults.baseline, perStep: wanted, order = 'morf' }) => {
      const values = (elements ? perElement : perPosition)(measurement.map, measurement.changed);
      const perStep = positionsPerStep(measurement, wanted, elements);
      const steps = examplesOf(values, measurement.count).map((own) => stepsByValue(own, { order, perStep }));
      const curve = await removalScores(measurement, { stage: metric, steps, rows, baseline, elements });
      const length = curve.shape[1] as number;
      const score = Float32Array.from(steps, (_, i) => trapezoid(curve.data.subarray(i * length, (i + 1) * length)));
      return { metric, score, curve, higherIsBetter: (rows === 'show') === (order === 'morf') };
    },
  );
}

/** The number of positions in a step: a row of the picture where nothing else is said, of volumes as many steps as their longest side. */
export function positionsPerStep({ changed }: Measurement, perStep: number | undefined, elements = false): number {
  const places = placesPerStep(changed.shape);
  const row = elements ? places * (changed.shape.at(-1) as number) : places;
  return perStep ?? row;
}

function placesPerStep(shape: readonly number[]): number {
  const lengths = shape.slice(1, -1);
  if (!isPlaced(shape)) return 1;
  return lengths.length === 2 ? (lengths[1] as number) : Math.ceil(sizeOf(lengths) / Math.max(...lengths));
}
