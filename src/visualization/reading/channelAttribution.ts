import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type PointSampling, sumGradients } from '../../attribution/shared.ts';
import type { Site } from '../../network/graph/graph.ts';
import { layerAddress } from '../../network/runChecks.ts';
import type { Input, Model } from '../../network/types.ts';
import { mapBatches } from '../../network/walk/batches.ts';
import { rowsOf } from '../../network/walk/inputs.ts';
import { type NdArray, rowOf } from '../../numeric/ndarray.ts';
import { count, type OptionChecks, oneOf, required } from '../../numeric/options.ts';
import { type Quadrature, type QuadratureRule, quadrature, quadratureRules } from '../../numeric/quadrature.ts';
import { completenessGap } from '../../scoring/completenessError.ts';
import { explainChecks } from '../../scoring/explainChecks.ts';
import { endpoint } from '../../scoring/scoreAt.ts';
import { attributionOf, exampleRange, explain, type Session } from '../../scoring/session.ts';
import { pinTarget } from '../../scoring/targets/createScorer.ts';
import type { Scorer } from '../../scoring/targets/scorer.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';

/** Options of {@link channelAttribution}. */
export interface ChannelAttributionOptions extends ExplainOptions {
  /** The address of a layer. */
  readonly layer: string;
  /** The number of points on the path from no activation to that of x; by default there is one, at x. */
  readonly steps?: number;
  /** Where the points lie; `'left'` by default, which has no activation among them and x not. */
  readonly rule?: QuadratureRule;
}

const checks: OptionChecks<ChannelAttributionOptions> = {
  ...explainChecks,
  layer: required(layerAddress),
  steps: count(1),
  rule: oneOf(quadratureRules),
};

/**
 * How much each unit of a layer speaks for the target, in all positions together.
 *
 * $$ R_c = \sum_{xy} a_{xyc} \int_0^1 \frac{\partial F}{\partial a_{xyc}}(\alpha a)\, d\alpha $$
 * Without `steps` the gradient is the one at $a$. With more and more of them the sum over units tends to
 * $F(a) - F(0)$, where the layer separates input and score; `delta` reports the gap. A contrast as target tells which
 * units speak for the one class rather than the other.
 *
 * Source: Olah et al. 2018, "The building blocks of interpretability", section "How are concepts assembled?" and its
 * notebook on channel attribution, whose path has points at n/N, n = 0…N − 1; Sundararajan et al. 2017, Eq. (1).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `layer`; `steps`, `rule` (`'left'`), `target`, `scale` (`'logit'` by default), `batchSize`, `signal`,
 * `onProgress`. A predicted class is the one at x.
 * @returns `values` `[n, units]`, signed, and `delta` per example.
 * @throws {VitrineError} if the layer is unknown, `steps` < 1, or the target does not depend on the layer.
 * @example
 * ```ts
 * import { channelAttribution } from 'vitrine/visualization';
 * const options = { layer: 'conv3', steps: 20, target: { class: 1, minus: 0 } } as const;
 * const { values, delta } = await channelAttribution(model, x, options);
 * console.log(values.shape, delta);
 * ```
 */
export function channelAttribution(model: Model, x: Input, options: ChannelAttributionOptions): Promise<Attribution> {
  return explain(model, x, options, { checks }, async (session, { layer, steps, rule = 'left' }) => {
    const site = session.network.site(layer);
    const points = steps === undefined ? atEnd : quadrature(rule, steps);
    const end = await endpoint(session, session.inputs, { sites: [site], scorer: session.scorer });
    const scorer = session.scorerOf(pinTarget(session.options.target, end.classes));
    const activations = end.values[0] as NdArray;
    const slopes = await meanGradients(session, { site, scorer, activations, points });
    const values = sumOverPositions(activations, slopes);
    const origin = await scoreWithout(session, { site, scorer, activations });
    return attributionOf(session, {
      method: 'channelAttribution',
      score: end.score,
      classes: end.classes,
      maps: [values],
      delta: completenessGap([values], end.score.data, origin.data),
      layer,
    });
  });
}

const atEnd: Quadrature = { nodes: Float64Array.of(1), weights: Float64Array.of(1) };

interface LayerPath {
  readonly site: Site;
  readonly scorer: Scorer;
  readonly activations: NdArray;
}

/** The weighted mean of the gradients at the points of the way from no activation. */
async function meanGradients(
  session: Session,
  { site, scorer, activations, points: { nodes, weights } }: LayerPath & { readonly points: Quadrature },
): Promise<NdArray> {
  const draw: PointSampling['draw'] = (example, from, to) => {
    const own = rowsOf(activations, example, example + 1);
    const column = (values: Float64Array): Tensor =>
      tf.tensor(Float32Array.from(values.subarray(from, to)), [to - from, ...own.shape.slice(1).map(() => 1)]);
    return [{ points: tf.mul(own, column(nodes)), weights: column(weights) }];
  };
  const plan = { stage: 'channelAttribution', sites: [site], samples: nodes.length, scorer, draw };
  const [slopes] = await sumGradients(session, plan);
  return slopes as NdArray;
}

/** The score where the layer is zero. */
async function scoreWithout(session: Session, { site, scorer, activations }: LayerPath): Promise<NdArray> {
  const { network, count, options, rows } = session;
  const { onProgress: _, ...run } = options;
  const { score } = await mapBatches({ ...run, stage: 'endpoints', total: count }, (start, end) => {
    const zeros = tf.zeros([end - start, ...activations.shape.slice(1)]);
    const record = network.forward(rows(start, end), { from: new Map([[site, zeros]]), taps: scorer.taps });
    return { score: scorer.score(record, exampleRange(start, end)).score as Tensor };
  });
  return score;
}

/** Σ over positions of activation times slope, `[n, units]`. */
function sumOverPositions(activations: NdArray, slopes: NdArray): NdArray {
  const [count, units] = [activations.shape[0] as number, activations.shape.at(-1) as number];
  const sums = new Float64Array(count * units);
  for (let example = 0; example < count; example++) {
    const [own, slope] = [rowOf(activations, example), rowOf(slopes, example)];
    for (let i = 0; i < own.length; i++) {
      sums[example * units + (i % units)]! += (own[i] as number) * (slope[i] as number);
    }
  }
  return { shape: [count, units], data: Float32Array.from(sums) };
}
