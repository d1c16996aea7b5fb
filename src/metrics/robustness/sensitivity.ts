import type { Input, Model } from '../../network/types.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { norm } from '../../numeric/linear/vectors.ts';
import { type NdArray, rowOf } from '../../numeric/ndarray.ts';
import { count, number, type OptionChecks, object } from '../../numeric/options.ts';
import { random } from '../../numeric/random.ts';
import { rangeOf } from '../../numeric/statistics.ts';
import type { ExplainOptions } from '../../scoring/types.ts';
import { type Explained, explained, explainerChecks } from '../explained.ts';
import { givenPerturbations } from '../givenPerturbations.ts';
import type { ExplainerOption, MetricResult } from '../types.ts';

/**
 * Max-sensitivity: the greatest relative change of a map among inputs near x.
 *
 * $\max_{x'} \lVert \phi(x') - \phi(x) \rVert / \lVert \phi(x) \rVert$ over random $x'$ no element of which is
 * further from $x$ than the radius, with Euclidean norms over all elements. A predicted class is the one at x.
 *
 * Source: Yeh et al. 2019, "On the (in)fidelity and sensitivity of explanations", Definition 3.1.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `explainer` (required), `samples`, `radius`, `perturbed`, `seed`, `target`, `scale` (that of the
 * explainer by default).
 * @returns the greatest ratio per example, NaN where the map at x is zero; `curve` `[n, samples]` has all ratios. Less
 * is better.
 * @throws {VitrineError} if `samples` < 1, `radius` < 0, or given inputs have another shape; else what the explainer throws.
 * @example
 * ```ts
 * import { gradient, maxSensitivity } from 'vitrine';
 * const { score } = await maxSensitivity(model, x, { explainer: gradient, samples: 3 });
 * ```
 */
export function maxSensitivity(
  model: Model,
  x: Input,
  options: ExplainOptions & SensitivityOptions,
): Promise<MetricResult> {
  return nearbyMaps(model, x, options, {
    metric: 'maxSensitivity',
    ratio: relativeChange,
    reduce: (ratios) => Math.max(...ratios),
  });
}

/**
 * Average sensitivity: the mean relative change of a map among inputs near x.
 *
 * $E_{x'}[\lVert \phi(x') - \phi(x) \rVert / \lVert \phi(x) \rVert]$, with the inputs and norms of
 * {@link maxSensitivity}.
 *
 * Source: Bhatt, Weller and Moura 2020, "Evaluating and aggregating feature-based model explanations", §3.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options as for {@link maxSensitivity}.
 * @returns the mean ratio per example, NaN where the map at x is zero; `curve` `[n, samples]`. Less is better.
 * @throws as {@link maxSensitivity}.
 * @example
 * ```ts
 * import { averageSensitivity, gradCam } from 'vitrine';
 * const { score } = await averageSensitivity(model, x, { explainer: gradCam, samples: 3 });
 * ```
 */
export function averageSensitivity(
  model: Model,
  x: Input,
  options: ExplainOptions & SensitivityOptions,
): Promise<MetricResult> {
  return nearbyMaps(model, x, options, {
    metric: 'averageSensitivity',
    ratio: relativeChange,
    reduce: (ratios) => ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length,
  });
}

/**
 * Local Lipschitz estimate: the greatest change of a map per change of its input, among inputs near x.
 *
 * $\max_{x'} \lVert \phi(x') - \phi(x) \rVert / \lVert x' - x \rVert$, with the inputs and norms of
 * {@link maxSensitivity}. It has a unit: maps of another scale have another estimate.
 *
 * Source: Alvarez-Melis and Jaakkola 2018, "On the robustness of interpretability methods", §2.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options as for {@link maxSensitivity}.
 * @returns the greatest ratio per example, NaN if an input does not move; `curve` `[n, samples]`. Less is better.
 * @throws as {@link maxSensitivity}.
 * @example
 * ```ts
 * import { gradient, localLipschitz } from 'vitrine';
 * const { score } = await localLipschitz(model, x, { explainer: gradient, samples: 3 });
 * ```
 */
export function localLipschitz(
  model: Model,
  x: Input,
  options: ExplainOptions & SensitivityOptions,
): Promise<MetricResult> {
  return nearbyMaps(model, x, options, {
    metric: 'localLipschitz',
    ratio: ({ map, input }) => map / input,
    reduce: (ratios) => Math.max(...ratios),
  });
}

/** Where the inputs near x come from. */
export interface SensitivityOptions extends ExplainerOption {
  /** The number of inputs near each example; 10 by default. */
  readonly samples?: number;
  /** How far each element may move, as a share of each example's range; 0.02 by default. */
  readonly radius?: number;
  /** Inputs to take instead, `[samples, n, …]`, of a model with one input. */
  readonly perturbed?: NdArray;
}

const checks: OptionChecks<ExplainOptions & SensitivityOptions> = {
  ...explainerChecks,
  samples: count(1),
  radius: number(0),
  perturbed: object,
};

/** How far a map and its input moved: ‖φ(x′) − φ(x)‖, ‖x′ − x‖, and the length ‖φ(x)‖ of the map. */
interface Move {
  readonly map: number;
  readonly input: number;
  readonly length: number;
}

/** How much of itself a map moved; NaN where there was nothing. */
function relativeChange({ map, length }: Move): number {
  return length === 0 ? Number.NaN : map / length;
}

/** Explains inputs near each example: `ratio` of each move is the curve `[n, samples]`, `reduce` makes the score of it. */
function nearbyMaps(
  model: Model,
  x: Input,
  options: ExplainOptions & SensitivityOptions,
  how: {
    readonly metric: string;
    readonly ratio: (move: Move) => number;
    readonly reduce: (ratios: Float64Array) => number;
  },
): Promise<MetricResult> {
  return explained(model, x, options, { checks }, async (session, options) => {
    const { inputs, count } = session;
    const { samples, at } = nearby(session, options);
    session.expectRuns(samples + 1);
    const home = await session.maps({});
    const ratios = Array.from({ length: count }, () => new Float64Array(samples));
    for (let sample = 0; sample < samples; sample++) {
      const moved = inputs.map((input, i) => at(input, i, sample));
      const maps = await session.maps({ inputs: moved });
      ratios.forEach((own, example) => {
        own[sample] = how.ratio({
          map: distance(maps, home, example),
          input: distance(moved, inputs, example),
          length: Math.hypot(...home.map((map) => norm(rowOf(map, example)))),
        });
      });
    }
    return {
      metric: how.metric,
      score: Float32Array.from(ratios, how.reduce),
      curve: { shape: [count, samples], data: Float32Array.from(ratios.flatMap((own) => [...own])) },
      higherIsBetter: false,
    };
  });
}

function distance(a: readonly NdArray[], b: readonly NdArray[], example: number): number {
  const parts = a.map((array, i) => {
    const other = rowOf(b[i] as NdArray, example);
    return norm(Float64Array.from(rowOf(array, example), (value, k) => value - (other[k] as number)));
  });
  return Math.hypot(...parts);
}

function nearby(
  { inputs, count }: Explained,
  { perturbed, samples = 10, radius = 0.02, seed = 0 }: ExplainOptions & SensitivityOptions,
): { samples: number; at: (input: NdArray, index: number, sample: number) => NdArray } {
  if (perturbed) return given(perturbed, inputs);
  const at = (input: NdArray, index: number, sample: number): NdArray => {
    const data = Float32Array.from(input.data);
    for (let example = 0; example < count; example++) {
      const row = rowOf({ shape: input.shape, data }, example);
      const { low, high } = rangeOf(row);
      const { uniform } = random(seed, example, sample, index);
      row.forEach((value, i) => {
        row[i] = value + radius * (high - low) * (2 * uniform() - 1);
      });
    }
    return { shape: input.shape, data };
  };
  return { samples, at };
}

function given(perturbed: NdArray, inputs: readonly NdArray[]): ReturnType<typeof nearby> {
  if (inputs.length > 1) throw new VitrineError('bad-argument', '"perturbed" expected a model with one input');
  const { samples } = givenPerturbations('perturbed', perturbed, inputs[0] as NdArray);
  const at = ({ shape, data }: NdArray, _: number, sample: number): NdArray => ({
    shape,
    data: perturbed.data.slice(sample * data.length, (sample + 1) * data.length),
  });
  return { samples, at };
}
