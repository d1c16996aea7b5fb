import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Site } from '../../network/graph/graph.ts';
import type { Input, Model } from '../../network/types.ts';
import { forEachBatch } from '../../network/walk/batches.ts';
import { signalAt } from '../../network/walk/signals.ts';
import { type NdArray, sizeOf } from '../../numeric/ndarray.ts';
import { quadrature } from '../../numeric/quadrature.ts';
import { completenessGap } from '../../scoring/completenessError.ts';
import { attributionOf, endsOf, explain, type Session } from '../../scoring/session.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { type LayerPathOptions, layerPathChecks } from './internalInfluence.ts';
import { pointRows, type WeightedPoints } from './pathGradients.ts';
import { type StraightPath, straightPath } from './straightPath.ts';

/**
 * Conductance: what flows to the score through each unit of a layer while the input goes from a baseline to x.
 *
 * $\sum_k \partial F / \partial y\,(\alpha_k) \odot (y(\alpha_{k+1}) - y(\alpha_k))$ with $y$ the output of the layer. By
 * default (`'left'`) there are `steps` + 1 equidistant points and the gradient is taken at the left end of each interval;
 * other rules have their points within intervals as wide as their weights. Where everything passes through the layer the
 * sum tends to $F(x) - F(x')$; `delta` reports the gap, which elsewhere is what goes around the layer.
 *
 * Source: Dhamdhere, Sundararajan and Yan 2019, "How important is a neuron?", Eq. (3).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `layer` (required), `baseline`, `steps` (50), `rule` (`'left'`), `target`, `scale` (`'logit'` by
 * default).
 * @returns `values` in the shape of the layer `[n, …]`, and `delta` per example.
 * @throws as {@link integratedGradients}; {VitrineError} if the score does not depend on the layer.
 * @example
 * ```ts
 * import { conductance } from 'vitrine';
 * const { values, delta } = await conductance(model, x, { layer: 'conv3', steps: 10 });
 * ```
 */
export async function conductance(
  model: Model,
  x: Input,
  options: ExplainOptions & LayerPathOptions,
): Promise<Attribution> {
  return explain(model, x, options, { checks: layerPathChecks }, async (session, own) => {
    const { layer, steps = 50, rule = 'left', baseline = 'zero' } = own;
    const stops = stopsOf(quadrature(rule, steps));
    const site = session.network.site(layer);
    const sites = endsOf(session.network, undefined);
    const path = await straightPath(session, { sites, baseline });
    const map = await flowThrough(session, { path, sites, site, stops });
    const { start, end } = path;
    return attributionOf(session, {
      method: 'conductance',
      score: end.score,
      classes: end.classes,
      maps: [map],
      delta: completenessGap([map], end.score.data, start.score.data),
      layer,
    });
  });
}

/** A point of the path: the end of intervals, or where the gradient of one of them is taken, or both. */
interface Stop {
  readonly alpha: number;
  readonly isEnd: boolean;
  readonly isNode: boolean;
}

/** The nodes of a rule, and the ends of the intervals that have their weights as widths, in order. */
function stopsOf({ nodes, weights }: { nodes: Float64Array; weights: Float64Array }): readonly Stop[] {
  let edge = 0;
  const ends = [0, ...Array.from(weights, (weight) => (edge += weight))];
  ends[ends.length - 1] = 1;
  const near = (a: number) => (b: number) => Math.abs(a - b) < 1e-9;
  const alone = Array.from(nodes).filter((node) => !ends.some(near(node)));
  return [...ends, ...alone]
    .sort((a, b) => a - b)
    .map((alpha) => ({ alpha, isEnd: ends.includes(alpha), isNode: nodes.some(near(alpha)) }));
}

/** The gradients of intervals times what the layer's output changes by in them. */
async function flowThrough(
  session: Session,
  { path, sites, site, stops }: { path: StraightPath; sites: readonly Site[]; site: Site; stops: readonly Stop[] },
): Promise<NdArray> {
  const { network, count, options } = session;
  const alphas = Float64Array.from(stops, ({ alpha }) => alpha);
  let flow: NdArray<Float64Array> | undefined;
  let meter = flowMeter();
  await forEachBatch<'gradients' | 'activations'>(
    { ...options, stage: 'conductance', total: stops.length, groups: count },
    ({ group: example, start, end }) => {
      const part = alphas.subarray(start, end);
      const drawn = path.points(example, part, part);
      const from = new Map(sites.map((end, i) => [end, (drawn[i] as WeightedPoints).points]));
      const record = network.forward(pointRows(session, from, { example, count: end - start }), {
        from,
        taps: [...path.scorer.taps, site],
        differentiate: { to: [site] },
      });
      const { seeds } = path.scorer.score(record, new Int32Array(end - start).fill(example));
      const gradients = signalAt(record.backward(seeds, { to: [site] }), site);
      return { gradients, activations: tf.clone(record.value(site)) as Tensor };
    },
    ({ gradients, activations }, { group: example, start }) => {
      const [rows, ...shape] = gradients.shape as [number, ...number[]];
      const size = sizeOf(shape);
      flow ??= { shape: [count, ...shape], data: new Float64Array(count * size) };
      if (start === 0) meter = flowMeter();
      for (let row = 0; row < rows; row++) {
        const at = (array: NdArray): Float32Array => array.data.subarray(row * size, (row + 1) * size);
        meter.pass(stops[start + row] as Stop, { gradient: at(gradients), activation: at(activations) });
        meter.drain(flow.data.subarray(example * size, (example + 1) * size));
      }
    },
  );
  const { shape, data } = flow as NonNullable<typeof flow>;
  return { shape, data: Float32Array.from(data) };
}

/** Waits for both ends and the gradient of each interval. */
function flowMeter(): {
  pass(stop: Stop, values: { gradient: Float32Array; activation: Float32Array }): void;
  drain(sum: Float64Array): void;
} {
  const ends: Float32Array[] = [];
  const gradients: Float32Array[] = [];
  return {
    pass({ isEnd, isNode }, { gradient, activation }) {
      if (isEnd) ends.push(activation.slice());
      if (isNode) gradients.push(gradient.slice());
    },
    drain(sum) {
      while (ends.length > 1 && gradients.length > 0) {
        const [from, to] = ends as [Float32Array, Float32Array];
        const gradient = gradients.shift() as Float32Array;
        ends.shift();
        for (let i = 0; i < sum.length; i++) {
          sum[i] = (sum[i] as number) + (gradient[i] as number) * ((to[i] as number) - (from[i] as number));
        }
      }
    },
  };
}
