import { eventLoopTurn } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import type { Input, Model } from '../../network/types.ts';
import { assertCount } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, callback, count, number, type OptionChecks, oneOf, record } from '../../numeric/options.ts';
import { random } from '../../numeric/random.ts';
import { type RunningMoments, runningMoments } from '../../numeric/running.ts';
import { explainChecks } from '../../scoring/explainChecks.ts';
import { type Endpoint, endpoint } from '../../scoring/scoreAt.ts';
import { explain, type Session, sharesOf } from '../../scoring/session.ts';
import { createScorer, pinTarget } from '../../scoring/targets/createScorer.ts';
import type { Attribution, Explainer, ExplainOptions, Target } from '../../scoring/types.ts';
import { assertAttribution } from '../assertAttribution.ts';
import type { LayerOption } from '../gradient/backpropagated.ts';
import { gradient } from '../gradient/gradient.ts';
import { withNoise } from './withNoise.ts';

/** How an explainer is averaged over noisy copies of the input. */
export interface NoiseTunnelOptions {
  /** `'smooth'`: the mean; `'square'`: the mean of squares; `'variance'`: the unbiased variance. `'smooth'` by default. */
  readonly kind?: 'smooth' | 'square' | 'variance';
  /** The number of noisy copies; 25 by default. */
  readonly samples?: number;
  /** The standard deviation of the noise as a share of each example's range, of tokens that of their embedding; 0.15 by default. */
  readonly noise?: number;
}

const checks: OptionChecks<NoiseTunnelOptions> = {
  kind: oneOf(['smooth', 'square', 'variance']),
  samples: count(1),
  noise: number(0),
};

/**
 * Averages any explainer over noisy copies of the input.
 *
 * With $g_k$ the explanation of $x + \eta_k$, $\eta_k \sim N(0, \sigma^2)$: SmoothGrad is $E[g]$, SquareGrad $E[g^2]$,
 * VarGrad $\mathrm{Var}[g]$ (unbiased, by Welford's recurrence). A predicted class is the one at x. Tokens stay what they
 * are; the noise is on what an embedding makes of them, wherever the explainer looks it up.
 *
 * Source: Smilkov et al. 2017, "SmoothGrad", §3; Hooker et al. 2019, "A benchmark for interpretability methods",
 * §2 (squared); Adebayo et al. 2018, "Local explanation methods for deep neural networks lack sensitivity", §2 (variance).
 *
 * @param explainer any attribution method, also one made by this function.
 * @param options `kind`, `samples`, `noise`.
 * @returns an explainer with the options of the given one; `score` and `target` are those at x.
 * @throws {VitrineError} if the explainer is no function, `samples` < 1 (2 for the variance) or `noise` < 0.
 * @example
 * ```ts
 * import { integratedGradients, noiseTunnel } from 'vitrine';
 * const smooth = noiseTunnel(integratedGradients, { kind: 'smooth', samples: 5 });
 * const { values } = await smooth(model, x, { steps: 5 });
 * ```
 */
export function noiseTunnel<O>(
  explainer: (model: Model, x: Input, options: ExplainOptions & O) => Promise<Attribution>,
  options: NoiseTunnelOptions = {},
): Explainer<O> {
  callback('explainer', explainer);
  assertOptions(options, checks);
  const { kind = 'smooth', samples = 25, noise = 0.15 } = options;
  if (kind === 'variance') assertCount('samples', samples, 2);
  return (model, x, given = {} as ExplainOptions & O) =>
    throughNoise(model, x, given, { explainer, kind, samples, noise });
}

/**
 * SmoothGrad: the gradient averaged over 25 noisy copies of the input.
 *
 * $E_k[g_k]$, $g_k$ the gradient at $x + \eta_k$, with noise of 0.15 of each example's range; other
 * settings and other methods through {@link noiseTunnel}.
 *
 * Source: Smilkov et al. 2017, "SmoothGrad", §3.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `target`, `scale` (`'logit'` by default), `seed`, `layer`.
 * @returns `values` in the shape of the input (or the layer).
 * @throws as {@link gradient}.
 * @example
 * ```ts
 * import { smoothGrad } from 'vitrine';
 * const { values } = await smoothGrad(model, x, { seed: 1 });
 * ```
 */
export const smoothGrad: Explainer<LayerOption> = /* @__PURE__ */ noiseTunnel<LayerOption>(gradient, {
  kind: 'smooth',
});

/**
 * SquareGrad: the mean of squared gradients over 25 noisy copies of the input.
 *
 * $E_k[g_k^2]$, $g_k$ the gradient at $x + \eta_k$, with noise of 0.15 of each example's range; other
 * settings and other methods through {@link noiseTunnel}.
 *
 * Source: Hooker et al. 2019, "A benchmark for interpretability methods in deep neural networks", §2.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `target`, `scale` (`'logit'` by default), `seed`, `layer`.
 * @returns `values` in the shape of the input (or the layer).
 * @throws as {@link gradient}.
 * @example
 * ```ts
 * import { squareGrad } from 'vitrine';
 * const { values } = await squareGrad(model, x, { seed: 1 });
 * ```
 */
export const squareGrad: Explainer<LayerOption> = /* @__PURE__ */ noiseTunnel<LayerOption>(gradient, {
  kind: 'square',
});

/**
 * VarGrad: the unbiased variance of the gradient over 25 noisy copies of the input.
 *
 * $\mathrm{Var}_k[g_k]$, $g_k$ the gradient at $x + \eta_k$, with noise of 0.15 of each example's range; other
 * settings and other methods through {@link noiseTunnel}.
 *
 * Source: Adebayo et al. 2018, "Local explanation methods for deep neural networks lack sensitivity to parameter
 * values", §2.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `target`, `scale` (`'logit'` by default), `seed`, `layer`.
 * @returns `values` in the shape of the input (or the layer).
 * @throws as {@link gradient}.
 * @example
 * ```ts
 * import { varGrad } from 'vitrine';
 * const { values } = await varGrad(model, x, { seed: 1 });
 * ```
 */
export const varGrad: Explainer<LayerOption> = /* @__PURE__ */ noiseTunnel<LayerOption>(gradient, { kind: 'variance' });

interface Tunnel<O> extends Required<NoiseTunnelOptions> {
  readonly explainer: (model: Model, x: Input, options: ExplainOptions & O) => Promise<Attribution>;
}

async function throughNoise<O>(
  model: Model,
  x: Input,
  given: ExplainOptions & O,
  { explainer, kind, samples, noise }: Tunnel<O>,
): Promise<Attribution> {
  record('options', given);
  const [own, others] = divided(given);
  assertOptions(own, explainChecks);
  const [input, shared, inner] = await owned(x, own, others);
  return explain(model, input, shared, { checks: explainChecks }, async (session, options) => {
    const { seed = 0, signal, onProgress, ...run } = options;
    const at = await endpoint(session, session.inputs, { sites: [], scorer: session.scorer });
    const target = pinTarget(options.target, at.classes);
    const moments: RunningMoments[] = [];
    const gaps = runningMoments(at.score.data.length);
    let last: Attribution | undefined;
    for (let sample = 0; sample < samples; sample++) {
      if (sample > 0) await eventLoopTurn();
      signal?.throwIfAborted();
      const noisy = withNoise(session, { noise, seed, sample });
      const asked = { ...inner, ...run, ...(signal && { signal }), target, seed: seedOf(seed, sample) };
      last = await explainer(noisy.network, noisy.inputs, asked as ExplainOptions & O);
      assertAttribution('explainer', last);
      (last.inputs ?? [last.values]).forEach(({ data }, i) => {
        moments[i] ??= runningMoments(data.length);
        moments[i]?.add(kind === 'square' ? data.map((value) => value * value) : data);
      });
      if (last.delta) gaps.add(last.delta);
      onProgress?.({ stage: 'noiseTunnel', done: sample + 1, total: samples });
    }
    const scored = await scoredLike(last as Attribution, session, { at, target });
    return averaged(last as Attribution, { kind, moments, gaps, at: scored });
  });
}

/** A seed for each sample, of which no two that are asked for by different seeds are alike. */
function seedOf(seed: number, sample: number): number {
  return random(seed, sample).integer(Number.MAX_SAFE_INTEGER);
}

/** The scores at x on the scale that the method explains. */
async function scoredLike(
  { explained }: Attribution,
  session: Session,
  { at, target }: { at: Endpoint; target: Target },
): Promise<Endpoint> {
  const { network, inputs, count, scale } = session;
  if (!explained || explained.scale === scale) return at;
  const scorer = createScorer(network, { target, scale: explained.scale, count });
  return endpoint(session, inputs, { sites: [], scorer });
}

/** What every explainer accepts, and the options of this one, which it looks at itself. */
function divided(given: object): readonly [ExplainOptions, object] {
  const isShared = ([name]: readonly [string, unknown]): boolean => Object.hasOwn(explainChecks, name);
  const entries = Object.entries(given);
  return [
    Object.fromEntries(entries.filter(isShared)),
    Object.fromEntries(entries.filter((entry) => !isShared(entry))),
  ];
}

/** The last sample's attribution with the moments of all in place of its map. */
function averaged(
  { delta, inputs, shares, ...last }: Attribution,
  { kind, moments, gaps, at }: { kind: string; moments: readonly RunningMoments[]; gaps: RunningMoments; at: Endpoint },
): Attribution {
  const maps = (inputs ?? [last.values]).map(({ shape }, i): NdArray => {
    const { mean, variance } = moments[i] as RunningMoments;
    return { shape, data: Float32Array.from(kind === 'variance' ? variance() : mean) };
  });
  return {
    ...last,
    values: maps[0] as NdArray,
    method: `${kind}(${last.method})`,
    target: at.classes ? Int32Array.from(at.classes.data) : null,
    score: at.score.data,
    // Only the mean of complete maps is complete: on average for the noisy scores.
    ...(kind === 'smooth' && delta && { delta: Float32Array.from(gaps.mean) }),
    ...(inputs && { inputs: maps }),
    ...(shares && { shares: sharesOf(maps) }),
  };
}
