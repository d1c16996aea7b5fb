import { activations } from '../../network/activations.ts';
import type { Site } from '../../network/graph/graph.ts';
import type { Input, Model } from '../../network/types.ts';
import { forEachBatch } from '../../network/walk/batches.ts';
import { readInputs, rowsOf } from '../../network/walk/inputs.ts';
import { assertNumber } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { count, kind, type OptionChecks, required } from '../../numeric/options.ts';
import { completenessGap } from '../../scoring/completenessError.ts';
import { examplesCheck, explainChecks } from '../../scoring/explainChecks.ts';
import { endpoint } from '../../scoring/scoreAt.ts';
import { attributionOf, endsOf, explain, type Session } from '../../scoring/session.ts';
import { pinTarget } from '../../scoring/targets/createScorer.ts';
import type { Scorer } from '../../scoring/targets/scorer.ts';
import type { Attribution, ExplainOptions } from '../../scoring/types.ts';
import { drawPoints, type PathEnds } from './backgroundPaths.ts';
import { sumGradients } from './pathGradients.ts';

/** What {@link expectedGradients} averages over. */
export interface ExpectedGradientsOptions {
  /** Examples `[m, …]` from which baselines are drawn. */
  readonly background: Input;
  /** The number of draws for each example; 200 by default. */
  readonly samples?: number;
  /**
   * The standard deviation of noise on x, in the units of the input, of tokens in those of their embedding; 0 by default.
   * One for all inputs of the model, or a list.
   */
  readonly deviation?: number | readonly number[];
}

const checks: OptionChecks<ExplainOptions & ExpectedGradientsOptions> = {
  ...explainChecks,
  background: required(examplesCheck),
  samples: count(1),
  deviation: kind('a number or a list of numbers', (value) => typeof value === 'number' || Array.isArray(value)),
};

/**
 * Expected gradients (GradientSHAP): integrated gradients averaged over the baselines of a background.
 *
 * $R = E_{b, \alpha, \eta}\,[(x + \eta - b) \odot \partial F(b + \alpha (x + \eta - b))]$ with $b$ from the background
 * and $\alpha$ uniform on $[0, 1]$, stratified over the draws, which leaves the expectation and lowers the variance.
 * The sum of the map tends to $F(x)$ less the mean score of the background; `delta` reports the gap. Tokens are
 * averaged over in the space of their embedding.
 *
 * Source: Erion et al. 2021, "Improving performance of deep learning models with axiomatic attribution priors and
 * expected gradients", Eq. (3).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `background` (required), `samples`, `deviation`, `seed`, `target`, `scale` (`'logit'` by default).
 * @returns `values` in the shape of the input, and `delta` per example.
 * @throws {VitrineError} if the background is empty or of another shape, or `samples` < 1; else as {@link gradient}.
 * @example
 * ```ts
 * import { expectedGradients } from 'vitrine';
 * const { values, delta } = await expectedGradients(model, x, { background: x, samples: 20 });
 * ```
 */
export async function expectedGradients(
  model: Model,
  x: Input,
  options: ExplainOptions & ExpectedGradientsOptions,
): Promise<Attribution> {
  return explain(model, x, options, { checks }, async (session, own) => {
    const { target, background, deviation = 0, samples = 200, seed = 0 } = own;
    const { network, inputs, scorer } = session;
    const sites = endsOf(network, undefined);
    const deviations = deviationsOf(deviation, inputs.length);
    const backgrounds = await readInputs(network, background, 'background');
    const at = await endpoint(session, inputs, { sites, scorer });
    const origins = await valuesAt(session, backgrounds, sites);
    const ends = at.values.map(
      (x, i): PathEnds => ({ x, origins: origins[i] as NdArray, deviation: deviations[i] as number }),
    );
    const pinned = session.scorerOf(pinTarget(target, at.classes));
    const sums = await sumGradients(session, {
      stage: 'expectedGradients',
      sites,
      samples,
      scorer: pinned,
      draw: (example, start, end) => drawPoints({ ends, samples, seed }, example, [start, end]),
    });
    return attributionOf(session, {
      method: 'expectedGradients',
      score: at.score,
      classes: at.classes,
      maps: sums,
      delta: completenessGap(sums, at.score.data, await meanScores(session, backgrounds, pinned)),
    });
  });
}

function deviationsOf(deviation: number | readonly number[], count: number): readonly number[] {
  const list = typeof deviation === 'object' ? deviation : new Array<number>(count).fill(deviation);
  list.forEach((each) => assertNumber('deviation', each, 0));
  if (list.length === count) return list;
  throw new VitrineError('bad-argument', `"deviation" expected one for each of ${count} input(s), got ${list.length}`);
}

/** What sites hold at the examples of a background. */
async function valuesAt(
  { network, options }: Session,
  backgrounds: readonly NdArray[],
  sites: readonly Site[],
): Promise<readonly NdArray[]> {
  const { batchSize, signal } = options;
  const addresses = sites.map(({ address }) => address);
  const run = { ...(batchSize && { batchSize }), ...(signal && { signal }) };
  const found = await activations(network, backgrounds, addresses, run);
  return addresses.map((address) => found[address] as NdArray);
}

/** For each example, the mean over the background of the score that is explained for it. */
async function meanScores(
  { network, count, options }: Session,
  backgrounds: readonly NdArray[],
  scorer: Scorer,
): Promise<Float32Array> {
  const total = backgrounds[0]?.shape[0] as number;
  const means = new Float64Array(count);
  await forEachBatch(
    { ...options, stage: 'background', total, groups: count },
    ({ group, start, end }) => {
      const rows = backgrounds.map((background) => rowsOf(background, start, end));
      const record = network.forward(rows, { taps: scorer.taps });
      return { score: scorer.score(record, new Int32Array(end - start).fill(group)).score };
    },
    ({ score }, { group }) => {
      for (const value of score.data) means[group] = (means[group] as number) + value / total;
    },
  );
  return Float32Array.from(means);
}
