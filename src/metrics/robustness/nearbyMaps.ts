import type { Input, Model } from '../../network/types.ts';
import type { ExplainOptions } from '../../network/types2.ts';
import { assertCount, assertNumber } from '../../numeric/check.ts';
import { norm } from '../../numeric/dot.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { random } from '../../numeric/random.ts';
import { rangeOf } from '../../numeric/rangeOf.ts';
import { rowOf } from '../../numeric/rowOf.ts';
import { type Explained, explained } from '../explained.ts';
import { givenPerturbations } from '../givenPerturbations.ts';
import type { ExplainerOption, MetricResult } from '../types.ts';

/** Where the inputs near x come from. */
export interface SensitivityOptions extends ExplainerOption {
  /** The number of inputs near each example; 10 by default. */
  readonly samples?: number;
  /** How far each element may move, as a share of each example's range; 0.02 by default. */
  readonly radius?: number;
  /** Inputs to take instead, `[samples, n, …]`, of a model with one input. */
  readonly perturbed?: NdArray;
}

/** How far a map and its input moved: ‖φ(x′) − φ(x)‖, ‖x′ − x‖, and the length ‖φ(x)‖ of the map. */
export interface Move {
  readonly map: number;
  readonly input: number;
  readonly length: number;
}

/** How much of itself a map moved; NaN where there was nothing. */
export function relativeChange({ map, length }: Move): number {
  return length === 0 ? Number.NaN : map / length;
}

/** Explains inputs near each example: `ratio` of each move is the curve `[n, samples]`, `reduce` makes the score of it. */
export function nearbyMaps(
  model: Model,
  x: Input,
  options: ExplainOptions & SensitivityOptions,
  how: {
    readonly metric: string;
    readonly ratio: (move: Move) => number;
    readonly reduce: (ratios: Float64Array) => number;
  },
): Promise<MetricResult> {
  return explained(model, x, options, async (session, options) => {
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
  assertCount('samples', samples, 1);
  assertNumber('radius', radius, 0);
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
  if (inputs.length > 1) throw new RangeError('"perturbed" expected a model with one input');
  const { samples } = givenPerturbations('perturbed', perturbed, inputs[0] as NdArray);
  const at = ({ shape, data }: NdArray, _: number, sample: number): NdArray => ({
    shape,
    data: perturbed.data.slice(sample * data.length, (sample + 1) * data.length),
  });
  return { samples, at };
}
