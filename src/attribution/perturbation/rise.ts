import type { Tensor1D, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { pinTarget } from '../../network/score.ts';
import type { Attribution, Baseline, ExplainOptions, Input, Model } from '../../network/types.ts';
import { assertInteger, assertNumber } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { endpoint } from '../path/endpoints.ts';
import { addTo } from '../path/pathGradients.ts';
import type { PartialOption } from '../progressive.ts';
import { repeated } from '../repeated.ts';
import { attributionOf, baselinesOf, explain } from '../session.ts';
import { type InputOption, imageInput } from './imageInput.ts';
import { hideable, masked } from './masking.ts';
import { perturbedScores } from './perturbedScores.ts';
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
}

/**
 * RISE: what masks that keep the score have in common.
 *
 * $S = \frac{1}{N p} \sum_k F(x \odot m_k)\, m_k$ with masks of random cells, interpolated and shifted by less than a cell.
 * Every pixel has a share of the mean score: subtract it, or look at differences. Works with any model; by default on
 * the probability, as in the paper.
 *
 * Source: Petsiuk, Das and Saenko 2018, "RISE: randomized input sampling for explanation", Eq. (6).
 *
 * @param model a `LayersModel`, or one compiled once by `compile`.
 * @param x one example or a batch in the shape of the model's input, one of which is an image `[n, h, w, c]`.
 * @param options `samples`, `cells`, `probability`, `baseline`, `input`, `seed`, `target`, `scale` (`'probability'`).
 * @returns `values` `[n, h, w]`.
 * @throws {RangeError} if `samples` or `cells` < 1, `probability` is not in 0 … 1, or no input is an image.
 * @example
 * ```ts
 * import { rise } from 'vitrine';
 * const { values } = await rise(model, x, { samples: 20, cells: 4 });
 * ```
 */
export async function rise(model: Model, x: Input, options: ExplainOptions & RiseOptions = {}): Promise<Attribution> {
  const { samples = 4000, cells = 7, probability = 0.5, baseline = 'zero', seed = 0 } = options;
  assertInteger('samples', samples, [1, Number.POSITIVE_INFINITY]);
  assertInteger('cells', cells, [1, Number.POSITIVE_INFINITY]);
  assertNumber('probability', probability, Number.MIN_VALUE);
  if (probability > 1) throw new RangeError(`"probability" expected a number in 0..1, got ${probability}`);
  return explain(
    model,
    x,
    options,
    async (session) => {
      const { inputs, count, scorer } = session;
      const { index, plane } = imageInput(session, options.input);
      const hidden = await baselinesOf(
        session,
        inputs.map((_, i) => (i === index ? baseline : 0)),
      );
      const at = await endpoint(session, inputs, { sites: [], scorer });
      const size = plane[0] * plane[1];
      const sums = new Float32Array(count * size);
      const seen = new Int32Array(count);
      const current = (): Attribution =>
        attributionOf({
          method: 'rise',
          score: at.score,
          classes: at.classes,
          maps: [{ shape: [count, ...plane], data: scaledBy(sums, seen, probability) }],
        });
      let masks: Tensor3D;
      await perturbedScores<'sum'>(
        session,
        {
          stage: 'rise',
          samples,
          scorer: session.scorerOf(pinTarget(options.target, at.classes)),
          rows(example, start, end) {
            masks = riseMasks({ plane, cells, probability, stream: [seed, example] }, start, end);
            const shown = hideable(inputs[index] as NdArray, hidden[index] as NdArray, example);
            return inputs.map((input, i) =>
              i === index ? masked(shown, tf.expandDims(masks, 3)) : repeated(input, example, end - start),
            );
          },
          reduce: (scores) => ({ sum: weightedSum(scores, masks) }),
        },
        ({ sum }, { group, end }) => {
          addTo(sums, sum.data, group * size);
          seen[group] = end;
          options.onPartial?.(current);
        },
      );
      return current();
    },
    'probability',
  );
}

/** Σ scores · masks, `[h · w]`. */
function weightedSum(scores: Tensor1D, masks: Tensor3D): Tensor1D {
  const rows = scores.shape[0];
  return tf.reshape(tf.matMul(tf.reshape(scores, [1, rows]), tf.reshape(masks, [rows, -1])), [-1]);
}

function scaledBy(sums: Float32Array, seen: Int32Array, probability: number): Float32Array {
  const size = sums.length / seen.length;
  return sums.map((sum, i) => sum / (Math.max(1, seen[Math.floor(i / size)] as number) * probability));
}
