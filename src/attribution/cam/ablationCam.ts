import type { Input, Model } from '../../network/types.ts';
import { withoutUnits } from '../../network/walk/withoutUnits.ts';
import { repeated } from '../../scoring/masking.ts';
import { allPerturbedScores } from '../../scoring/perturbedRuns.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import type { CamOptions } from './cam.ts';
import { activationsOf, type ChannelContext, channelWeightedMap, framesOf } from './channelWeightedMap.ts';

/**
 * Ablation-CAM: the activations of a layer, each channel weighted by the share of the score that is lost without it.
 *
 * $M = \sum_k \frac{F - F_k}{F} A_k$ with $F_k$ the score with channel $k$ set to zero. Only what comes after the layer is
 * run again. Where the head is linear in the layer, $F - F_k$ is the numerator of XGrad-CAM. A score of zero gives zeros, a
 * negative one turns the signs. In layers inside TimeDistributed each frame's channel is one of its own.
 *
 * Source: Desai and Ramaswamy 2020, "Ablation-CAM", Eqs. (2) and (3).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `layer`, `rectify`, `size`, `target`, `scale` (`'logit'` by default).
 * @returns `values` `[n, h, w]`, of the input's or the layer's size.
 * @throws {VitrineError} if the layer is a sequence; else as {@link gradCam}.
 * @example
 * ```ts
 * import { ablationCam } from 'vitrine';
 * const { values } = await ablationCam(model, x, { layer: 'conv3' });
 * ```
 */
export function ablationCam(model: Model, x: Input, options: ExplainOptions & CamOptions = {}): Promise<Attribution> {
  return channelWeightedMap(model, x, options, { method: 'ablationCam', weigh: sharesLost });
}

async function sharesLost(context: ChannelContext): Promise<Float64Array> {
  const { session, site, activations, score, scorer } = context;
  const frames = framesOf(context);
  const channels = frames * (activations.shape.at(-1) as number);
  const ablated = await allPerturbedScores(session, {
    stage: 'ablationCam',
    samples: channels,
    scorer,
    rows: (example, start, end) => session.inputs.map((input) => repeated(input, example, end - start)),
    from: (example, start, end) => {
      const each = Array.from({ length: end - start }, (_, i) => [start + i]);
      return new Map([[site, withoutUnits(activationsOf(context, example), each, frames)]]);
    },
  });
  return Float64Array.from(ablated.data, (value, i) => {
    const whole = score[Math.floor(i / channels)] as number;
    return whole === 0 ? 0 : (whole - value) / whole;
  });
}
