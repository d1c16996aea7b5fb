import { pinTarget } from '../../network/score.ts';
import type { Attribution, Explainer, ExplainOptions, Input, Model } from '../../network/types.ts';
import { assertChoice, assertInteger, assertNumber } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { random } from '../../numeric/random.ts';
import { sizeOf } from '../../numeric/shape.ts';
import type { LayerOption } from '../gradient/backpropagated.ts';
import { gradient } from '../gradient/gradient.ts';
import { explain } from '../session.ts';
import { endpoint } from './endpoints.ts';

/** How an explainer is averaged over noisy copies of the input. */
export interface NoiseTunnelOptions {
  /** `'smooth'`: the mean; `'square'`: the mean of squares; `'variance'`: the unbiased variance. `'smooth'` by default. */
  readonly kind?: 'smooth' | 'square' | 'variance';
  /** The number of noisy copies; 25 by default. */
  readonly samples?: number;
  /** The standard deviation of the noise as a share of each example's range; 0.15 by default. */
  readonly noise?: number;
}

/**
 * Averages any explainer over noisy copies of the input.
 *
 * With $g_k$ the explanation of $x + \eta_k$, $\eta_k \sim N(0, \sigma^2)$: SmoothGrad is $E[g]$, SquareGrad $E[g^2]$,
 * VarGrad $\mathrm{Var}[g]$ (unbiased, by Welford's recurrence). A predicted class is the one at x.
 *
 * Source: Smilkov et al. 2017, "SmoothGrad", §3; Hooker et al. 2019, "A benchmark for interpretability methods",
 * §2 (squared); Adebayo et al. 2018, "Local explanation methods for deep neural networks lack sensitivity", §2 (variance).
 *
 * @param explainer any attribution method, also one made by this function.
 * @param options `kind`, `samples`, `noise`.
 * @returns an explainer with the options of the given one; `score` and `target` are those at x.
 * @throws {RangeError} if `samples` < 1 (2 for the variance) or `noise` < 0.
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
  const { kind = 'smooth', samples = 25, noise = 0.15 } = options;
  assertChoice('kind', kind, ['smooth', 'square', 'variance']);
  assertInteger('samples', samples, [kind === 'variance' ? 2 : 1, Number.POSITIVE_INFINITY]);
  assertNumber('noise', noise, 0);
  return (model, x, given) =>
    throughNoise(model, x, given ?? ({} as ExplainOptions & O), { explainer, kind, samples, noise });
}

/** SmoothGrad: the gradient averaged over 25 noisy copies of the input. See {@link noiseTunnel}. */
export const smoothGrad: Explainer<LayerOption> = /* @__PURE__ */ noiseTunnel<LayerOption>(gradient, {
  kind: 'smooth',
});

/** SquareGrad: the mean of squared gradients over 25 noisy copies of the input. See {@link noiseTunnel}. */
export const squareGrad: Explainer<LayerOption> = /* @__PURE__ */ noiseTunnel<LayerOption>(gradient, {
  kind: 'square',
});

/** VarGrad: the variance of the gradient over 25 noisy copies of the input. See {@link noiseTunnel}. */
export const varGrad: Explainer<LayerOption> = /* @__PURE__ */ noiseTunnel<LayerOption>(gradient, { kind: 'variance' });

interface Tunnel<O> extends Required<NoiseTunnelOptions> {
  readonly explainer: (model: Model, x: Input, options: ExplainOptions & O) => Promise<Attribution>;
}

function throughNoise<O>(
  model: Model,
  x: Input,
  options: ExplainOptions & O,
  { explainer, kind, samples, noise }: Tunnel<O>,
): Promise<Attribution> {
  return explain(model, x, options, async (session) => {
    const { network, inputs, scorer } = session;
    const { seed = 0, signal, onProgress } = options;
    const at = await endpoint(session, inputs, { sites: [], scorer });
    const target = pinTarget(options.target, at.classes);
    const runs: Running = { values: [], delta: undefined };
    let last: Attribution | undefined;
    for (let sample = 0; sample < samples; sample++) {
      signal?.throwIfAborted();
      const noisy = inputs.map((input, i) => withNoise(input, { noise, seed, stream: [sample, i] }));
      const { onProgress: _, ...rest } = options;
      last = await explainer(network, noisy, { ...(rest as ExplainOptions & O), target, seed: seed + sample });
      include(runs, last, { kind, sample });
      onProgress?.({ stage: 'noiseTunnel', done: sample + 1, total: samples });
    }
    return finish(last as Attribution, runs, { kind, samples, score: at.score.data, classes: at.classes });
  });
}

/** Each example with noise from a stream of its own, so that it does not depend on its neighbours. */
function withNoise(
  { shape, data }: NdArray,
  { noise, seed, stream }: { noise: number; seed: number; stream: readonly number[] },
): NdArray {
  const size = sizeOf(shape.slice(1));
  const noisy = new Float32Array(data.length);
  for (let example = 0; example < (shape[0] as number); example++) {
    const values = data.subarray(example * size, (example + 1) * size);
    const sigma = noise * range(values);
    const { normal } = random(seed, example, ...stream);
    noisy.set(sigma === 0 ? values : values.map((value) => value + sigma * normal()), example * size);
  }
  return { shape, data: noisy };
}

function range(values: Float32Array): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high - low;
}

/** Sums over the samples so far, per map: the mean and, for the variance, the squared deviations (Welford 1962). */
interface Running {
  values: { mean: Float64Array; deviation: Float64Array }[];
  delta: Float64Array | undefined;
}

function include(
  runs: Running,
  { values, inputs, delta }: Attribution,
  { kind, sample }: { kind: string; sample: number },
): void {
  (inputs ?? [values]).forEach(({ data }, i) => {
    runs.values[i] ??= { mean: new Float64Array(data.length), deviation: new Float64Array(data.length) };
    const { mean, deviation } = runs.values[i] as Running['values'][number];
    for (let k = 0; k < data.length; k++) {
      const value = kind === 'square' ? (data[k] as number) ** 2 : (data[k] as number);
      const before = value - (mean[k] as number);
      mean[k] = (mean[k] as number) + before / (sample + 1);
      deviation[k] = (deviation[k] as number) + before * (value - (mean[k] as number));
    }
  });
  if (!delta) return;
  runs.delta ??= new Float64Array(delta.length);
  for (const [k, gap] of delta.entries())
    runs.delta[k] = (runs.delta[k] as number) * (sample / (sample + 1)) + gap / (sample + 1);
}

function finish(
  last: Attribution,
  runs: Running,
  {
    kind,
    samples,
    score,
    classes,
  }: { kind: NoiseTunnelOptions['kind']; samples: number; score: Float32Array; classes: NdArray | undefined },
): Attribution {
  const maps = (last.inputs ?? [last.values]).map(({ shape }, i): NdArray => {
    const { mean, deviation } = runs.values[i] as Running['values'][number];
    const data = kind === 'variance' ? deviation.map((sum) => sum / (samples - 1)) : mean;
    return { shape, data: Float32Array.from(data) };
  });
  const { delta: _, inputs, ...kept } = last;
  return {
    ...kept,
    values: maps[0] as NdArray,
    method: `${kind}(${last.method})`,
    target: classes ? Int32Array.from(classes.data) : null,
    score,
    // Only the mean of complete maps is complete: on average for the noisy scores.
    ...(kind === 'smooth' && runs.delta && { delta: Float32Array.from(runs.delta) }),
    ...(inputs && { inputs: maps }),
  };
}
