import type { Input, Model } from '../../network/types.ts';
import { norm } from '../../numeric/linear/vectors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { kind, type OptionChecks } from '../../numeric/options.ts';
import type { ExplainOptions } from '../../scoring/types.ts';
import { explained, explainerChecks } from '../explained.ts';
import { isNumberList } from '../givenMap.ts';
import type { ExplainerOption, MetricResult } from '../types.ts';
import { checkedShift, shiftedWeights } from './shiftedWeights.ts';
import { withWeights } from './withWeights.ts';

/** How far {@link inputInvariance} shifts the input. */
export interface InputInvarianceOptions extends ExplainerOption {
  /** What is added to every element, or to each channel; −1 by default. */
  readonly shift?: number | readonly number[];
}

const checks: OptionChecks<ExplainOptions & InputInvarianceOptions> = {
  ...explainerChecks,
  shift: kind('a number or one for each channel', (value) => typeof value === 'number' || isNumberList(value)),
};

/**
 * Input invariance: whether a map changes when input and network are shifted so that the score stays what it is.
 *
 * $\lVert \phi_2(x + m) - \phi_1(x) \rVert / \lVert \phi_1(x) \rVert$, where the bias of the second network's first
 * layers makes up for the constant $m$: $b_2 = b_1 - W m$, at every position, so that zero padding is made up for too.
 * The gradient has 0; gradient × input and integrated gradients from a fixed baseline have not. The model is not
 * touched.
 *
 * Source: Kindermans et al. 2019, "The (un)reliability of saliency methods", §2.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`, with one input.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `explainer` (required), `shift`, `seed`, `target`, `scale` (that of the explainer by default).
 * @returns the relative change per example, of which less is better; NaN where the map is zero.
 * @throws {VitrineError} if the model has several inputs, or `shift` is no number for each channel, or if a layer
 * before the first one with a bias is not linear.
 * @example
 * ```ts
 * import { gradientTimesInput, inputInvariance } from 'vitrine';
 * const { score } = await inputInvariance(model, x, { explainer: gradientTimesInput });
 * console.log(score); // not 0
 * ```
 */
export function inputInvariance(
  model: Model,
  x: Input,
  options: ExplainOptions & InputInvarianceOptions,
): Promise<MetricResult> {
  return explained(model, x, options, { checks }, async (session, options) => {
    const { network, count, inputs } = session;
    const shift = checkedShift(inputs, options.shift ?? -1);
    const weights = await shiftedWeights(network, inputs[0] as NdArray, shift);
    session.expectRuns(2);
    const [map] = (await session.maps({})) as [NdArray];
    const moved = inputs.map(({ shape, data }) => ({
      shape,
      data: data.map((value, i) => value + (shift[i % shift.length] as number)),
    }));
    const [other] = (await withWeights(network, weights, (view) => session.maps({ network: view, inputs: moved }))) as [
      NdArray,
    ];
    const size = map.data.length / count;
    const score = Float32Array.from({ length: count }, (_, i) => {
      const [one, two] = [map, other].map(({ data }) => data.subarray(i * size, (i + 1) * size)) as [
        Float32Array,
        Float32Array,
      ];
      const length = norm(one);
      return length === 0
        ? Number.NaN
        : norm(Float64Array.from(one, (value, k) => value - (two[k] as number))) / length;
    });
    return { metric: 'inputInvariance', score, higherIsBetter: false };
  });
}
