import * as tf from '@tensorflow/tfjs-core';
import { resolveBaselines } from '../../network/baseline.ts';
import { rowsOf } from '../../network/inputs.ts';
import { pinTarget } from '../../network/score.ts';
import type { Attribution, Baseline, ExplainOptions, Input, Model } from '../../network/types.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { type QuadratureRule, quadrature } from '../../numeric/quadrature.ts';
import type { LayerOption } from '../gradient/backpropagated.ts';
import { attributionOf, endsOf, explain } from '../session.ts';
import { completenessGap } from './completenessGap.ts';
import { endpoint } from './endpoints.ts';
import { sumGradients } from './pathGradients.ts';

/** The path of {@link integratedGradients}. */
export interface IntegratedGradientsOptions extends LayerOption {
  /** Where the path starts; `'zero'` by default. One for all inputs of the model, or a list. */
  readonly baseline?: Baseline | readonly Baseline[];
  /** The number of points on the path; 50 by default. */
  readonly steps?: number;
  /** Where the points lie; `'gausslegendre'` by default. */
  readonly rule?: QuadratureRule;
}

/**
 * Integrated gradients: the gradient averaged along the straight path from a baseline, times the way gone.
 *
 * $R = (x - x') \odot \int_0^1 \partial F(x' + \alpha (x - x'))\, d\alpha$. The sum of the map is $F(x) - F(x')$ up to
 * the error of the quadrature, which `delta` reports; at the kinks of ReLU networks it does not fall evenly with
 * `steps`. With `layer` the path runs in the layer's space, and what the layer does not determine stays as at x; only
 * where everything passes through the layer is such a map complete.
 *
 * Source: Sundararajan, Taly and Yan 2017, "Axiomatic attribution for deep networks", Eq. (1).
 *
 * @param model a `LayersModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `baseline`, `steps`, `rule`, `layer`, `target`, `scale`. A predicted class is the one at x.
 * @returns `values` in the shape of the input (or the layer), and `delta` per example.
 * @throws {RangeError} if `steps` < 1, or the baseline has another shape; else as {@link gradient}.
 * @example
 * ```ts
 * import { integratedGradients } from 'vitrine';
 * const { values, delta } = await integratedGradients(model, x, { baseline: 'zero', steps: 20 });
 * ```
 */
export async function integratedGradients(
  model: Model,
  x: Input,
  options: ExplainOptions & IntegratedGradientsOptions = {},
): Promise<Attribution> {
  const { baseline = 'zero', steps = 50, rule = 'gausslegendre', layer, seed } = options;
  const { nodes, weights } = quadrature(rule, steps);
  return explain(model, x, options, async (session) => {
    const { network, inputs, scorer } = session;
    const sites = endsOf(network, layer);
    const baselines = await resolveBaselines(inputs, { baseline, seed });
    const end = await endpoint(session, inputs, { sites, scorer });
    const pinned = session.scorerOf(pinTarget(options.target, end.classes));
    const start = await endpoint(session, baselines, { sites, scorer: pinned });
    const slopes = await sumGradients(session, {
      stage: 'integratedGradients',
      sites,
      samples: steps,
      scorer: pinned,
      draw: (example, from, to) =>
        sites.map((_, i) => {
          const near = rowsOf(start.values[i] as NdArray, example, example + 1);
          const way = tf.sub(rowsOf(end.values[i] as NdArray, example, example + 1), near);
          const points = tf.add(near, tf.mul(way, column(nodes.subarray(from, to), way.rank)));
          return { points, weights: column(weights.subarray(from, to), way.rank) };
        }),
    });
    const maps = slopes.map((slope, i) => times(slope, end.values[i] as NdArray, start.values[i] as NdArray));
    return attributionOf({
      method: 'integratedGradients',
      score: end.score,
      classes: end.classes,
      maps,
      delta: completenessGap(maps, end.score.data, start.score.data),
      layer,
    });
  });
}

/** Numbers along the batch axis, to multiply rows with. */
function column(values: Float64Array, rank: number): tf.Tensor {
  return tf.tensor(Float32Array.from(values), [values.length, ...new Array<number>(rank - 1).fill(1)]);
}

function times(slope: NdArray, end: NdArray, start: NdArray): NdArray {
  const data = end.data.map((value, i) => (value - (start.data[i] as number)) * (slope.data[i] as number));
  return { shape: end.shape, data };
}
