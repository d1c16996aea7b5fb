import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Input, Model } from '../../../network/types.ts';
import { type NdArray, sizeOf } from '../../../numeric/ndarray.ts';
import { anything, callback, count, flag, integer, kind, type OptionChecks } from '../../../numeric/options.ts';
import { hiddenInput } from '../../../scoring/baselines.ts';
import { explainChecks } from '../../../scoring/explainChecks.ts';
import { besideOthers, hideable, masked } from '../../../scoring/masking.ts';
import { type Perturbation, perturbedRuns } from '../../../scoring/perturbedRuns.ts';
import { type InputOption, placedInput } from '../../../scoring/placedInput.ts';
import { endpoint } from '../../../scoring/scoreAt.ts';
import { attributionOf, explain, type Session } from '../../../scoring/session.ts';
import { pinTarget } from '../../../scoring/targets/createScorer.ts';
import type { Attribution, Baseline, ExplainOptions } from '../../../scoring/types.ts';
import type { PartialOption } from '../../progressive.ts';
import { type MaskSums, maskMoments, maskSums } from './maskMoments.ts';
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
  /** Whether each pixel's share of the mean score is taken away: cov(F, m) / var(m) in place of the mean; false by default. */
  readonly debiased?: boolean;
}

const checks: OptionChecks<ExplainOptions & RiseOptions> = {
  ...explainChecks,
  samples: count(1),
  cells: count(1),
  probability: kind('a number above 0 and at most 1', isProbability),
  baseline: anything,
  debiased: flag,
  input: integer(0),
  onPartial: callback,
};

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
  return explain(model, x, options, { checks, scale: 'probability' }, weighMasks);
}

function isProbability(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value <= 1;
}

async function weighMasks(session: Session, options: ExplainOptions & RiseOptions): Promise<Attribution> {
  const { samples = 4000, cells = 7, probability = 0.5, seed = 0 } = options;
  const { baseline = 'zero', debiased = false, onPartial, input, target } = options;
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
  const sampling: Perturbation<keyof MaskSums<Tensor>, Tensor> = {
    stage: 'rise',
    samples,
    scorer: session.scorerOf(pinTarget(target, classes)),
    draw: (example, start, end) => riseMasks({ lengths, cells, probability, stream: [seed, example] }, start, end),
    rows(example, _start, _end, masks) {
      const changed = masked(hideable(inputs[index] as NdArray, hidden, example), tf.expandDims(masks, -1));
      return besideOthers(changed, { inputs, index, example });
    },
    reduce: maskSums,
  };
  await perturbedRuns(session, sampling, ({ scores, ...sums }, { group }) => {
    moments[group]?.add(sums, scores.data);
    onPartial?.(current);
  });
  return current();
}
