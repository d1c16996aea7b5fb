import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Input, Model } from '../../../network/types.ts';
import { assertCount, assertNumber } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { type NdArray, sizeOf } from '../../../numeric/ndarray.ts';
import { hiddenInput } from '../../../scoring/baselines.ts';
import { hideable, masked, repeated } from '../../../scoring/masking.ts';
import { perturbedScores } from '../../../scoring/perturbedScores.ts';
import { type InputOption, placedInput } from '../../../scoring/placedInput.ts';
import { endpoint } from '../../../scoring/scoreAt.ts';
import { attributionOf, explain, type Session } from '../../../scoring/session.ts';
import { pinTarget } from '../../../scoring/targets/createScorer.ts';
import type { Attribution, Baseline, ExplainOptions } from '../../../scoring/types.ts';
import type { PartialOption } from '../../progressive.ts';
import { maskMoments, maskSums } from './maskMoments.ts';
import { riseMasks } from './riseMasks.ts';

/** The masks of {@link rise}. */
export interface RiseOptions extends InputOption, PartialOption {
  /** The number of masks; 4000 by default. */
  readonly samples?: number;
  /** Cells of a mask along each side; 7 by default. */
  readonly cells?: number;
  /** How likely a cell is shown; 0.5 by default. */
  readonly probability?: number;
  /** What is behind the masks; `'zero'` by default. */
  readonly baseline?: Baseline;
  /** Whether each pixel's share of the mean score is taken away: cov(F, m) / var(m) in place of the mean. */
  readonly debiased?: boolean;
}

/**
 * RISE: what masks that keep the score have in common.
 *
 * $S = \frac{1}{N p} \sum_k F(x \odot m_k)\, m_k$ with masks of random cells, interpolated and shifted by less than a cell.
 * Every pixel has a share of the mean score, even where nothing depends on it; `debiased` takes it away with
 * $S = \mathrm{cov}_k(F, m_k) / \mathrm{var}_k(m_k)$.
 *
 * Source: Petsiuk, Das and Saenko 2018, "RISE: randomized input sampling for explanation", Eq. (6).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch in the shape of the model's input, one of which is an image `[n, h, w, c]` or a volume
 * `[n, d, h, w, c]`.
 * @param options `samples`, `cells`, `probability`, `baseline`, `debiased`, `input`, `seed`, `target`, `scale`
 * (`'probability'` by default; an output that holds none is explained as it is), `onPartial`.
 * @returns `values` `[n, h, w]`, of volumes `[n, d, h, w]`.
 * @throws {VitrineError} if `samples` or `cells` < 1, `probability` is not in 0 … 1, or no input is an image; else as
 * {@link gradient}.
 * @example
 * ```ts
 * import { rise } from 'vitrine';
 * const { values } = await rise(model, x, { samples: 20, cells: 4 });
 * ```
 */
export async function rise(model: Model, x: Input, options: ExplainOptions & RiseOptions = {}): Promise<Attribution> {
  const { samples = 4000, cells = 7, probability = 0.5, seed = 0 } = options;
  assertCount('samples', samples, 1);
  assertCount('cells', cells, 1);
  assertNumber('probability', probability, Number.MIN_VALUE);
  if (probability > 1)
    throw new VitrineError('bad-argument', `"probability" expected a number in 0..1, got ${probability}`);
  const masking = { samples, cells, probability, seed };
  return explain(model, x, options, (session, own) => weighMasks(session, { ...own, ...masking }), 'probability');
}

type Masking = Required<Pick<RiseOptions & ExplainOptions, 'samples' | 'cells' | 'probability' | 'seed'>>;

async function weighMasks(
  session: Session,
  {
    samples,
    cells,
    probability,
    seed,
    baseline = 'zero',
    debiased = false,
    onPartial,
    input,
    target,
  }: ExplainOptions & RiseOptions & Masking,
): Promise<Attribution> {
  const { inputs, count, scorer } = session;
  const { index, lengths } = placedInput(session, input);
  const hidden = await hiddenInput(session, index, baseline);
  const { score, classes } = await endpoint(session, inputs, { sites: [], scorer });
  const size = sizeOf(lengths);
  const moments = Array.from({ length: count }, () => maskMoments(size));
  const current = (): Attribution => {
    const data = new Float32Array(count * size);
    moments.forEach(({ means, slopes }, i) => data.set(debiased ? slopes() : means(probability), i * size));
    const maps = [{ shape: [count, ...lengths], data }];
    return attributionOf(session, { method: 'rise', score, classes, maps, perPlace: true });
  };
  // Of the batch that is being run: its rows are made of them, and its scores weigh them.
  let masks: Tensor;
  const sampling = {
    stage: 'rise',
    samples,
    scorer: session.scorerOf(pinTarget(target, classes)),
    rows(example: number, start: number, end: number) {
      masks = riseMasks({ lengths, cells, probability, stream: [seed, example] }, start, end);
      const changed = masked(hideable(inputs[index] as NdArray, hidden, example), tf.expandDims(masks, -1));
      return inputs.map((array, i) => (i === index ? changed : repeated(array, example, end - start)));
    },
    reduce: (scores: Tensor1D) => maskSums(scores, masks),
  };
  await perturbedScores<'products' | 'masks' | 'squares'>(session, sampling, ({ scores, ...sums }, { group }) => {
    moments[group]?.add(sums, scores.data);
    onPartial?.(current);
  });
  return current();
}
