import type { Tensor } from '@tensorflow/tfjs-core';
import { rectify as rectified } from '../../image/maps/rectify.ts';
import type { Site } from '../../network/graph/graph.ts';
import type { Input, Model } from '../../network/types.ts';
import { rowsOf } from '../../network/walk/inputs.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { endpoint } from '../../scoring/scoreAt.ts';
import { attributionOf, explain, type Session } from '../../scoring/session.ts';
import { pinTarget } from '../../scoring/targets/createScorer.ts';
import type { Scorer } from '../../scoring/targets/scorer.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { type CamOptions, camChecks } from './cam.ts';
import { camLayer, fitted, foldedShape, isFramed } from './camLayer.ts';

/** What the weights of channels are found from. */
export interface ChannelContext {
  readonly session: Session;
  readonly site: Site;
  /** The output of the layer at x, `[n, h, w, c]`, `[n, d, h, w, c]` of volumes and frames. */
  readonly activations: NdArray;
  /** F(x) per example. */
  readonly score: Float32Array;
  /** The explained score, predicted classes filled in. */
  readonly scorer: Scorer;
}

/** The skeleton of maps whose channels, those of each frame, are weighted by passes of their own: Σ w_k A_k. */
export async function channelWeightedMap(
  model: Model,
  x: Input,
  options: (ExplainOptions & CamOptions) | undefined,
  { method, weigh }: { readonly method: string; readonly weigh: (context: ChannelContext) => Promise<Float64Array> },
): Promise<Attribution> {
  return explain(model, x, options, { checks: camChecks }, async (session, options) => {
    const { layer, rectify = true, size = 'input' } = options;
    const site = camLayer(session.network, session.scorer, layer);
    if (site.shape.length < 4) {
      throw new VitrineError(
        'bad-shape',
        `"layer" expected a layer with rows and columns, "${site.address}" is a sequence`,
      );
    }
    const at = await endpoint(session, session.inputs, { sites: [site], scorer: session.scorer });
    const activations = at.values[0] as NdArray;
    const scorer = session.scorerOf(pinTarget(options.target, at.classes));
    const weights = await weigh({ session, site, activations, score: at.score.data, scorer });
    const raw = weightedSum(activations, weights, site);
    const map = rectify ? rectified(raw) : raw;
    return attributionOf(session, {
      method,
      perPlace: true,
      score: at.score,
      classes: at.classes,
      maps: [size === 'input' ? fitted(map, site, session) : map],
      layer: site.address,
    });
  });
}

/** One example's activations `[1, …, c]`, in the caller's scope. */
export function activationsOf({ activations }: ChannelContext, example: number): Tensor {
  return rowsOf(activations, example, example + 1);
}

/** How many maps of all channels an example has: one for each frame, or one. */
export function framesOf({ site, activations }: Pick<ChannelContext, 'site' | 'activations'>): number {
  return isFramed(site) ? (activations.shape[1] as number) : 1;
}

/** Every frame's channels with weights of their own. */
function weightedSum({ shape, data }: NdArray, weights: Float64Array, { perFrame }: Site): NdArray {
  const [, rows, columns, channels] = foldedShape(shape, perFrame);
  const map = Float32Array.from({ length: data.length / channels }, (_, place) => {
    const plane = Math.floor(place / (rows * columns));
    let sum = 0;
    for (let c = 0; c < channels; c++) {
      sum += (weights[plane * channels + c] as number) * (data[place * channels + c] as number);
    }
    return sum;
  });
  return { shape: shape.slice(0, -1), data: map };
}
