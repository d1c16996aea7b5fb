import { Tensor } from '@tensorflow/tfjs-core';
import type { Input, Model } from '../network/types.ts';
import { describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import { type NdArray, sameShape } from '../numeric/ndarray.ts';
import { anything, callback, count, integer, type OptionChecks, required } from '../numeric/options.ts';
import { hiddenInput } from './baselines.ts';
import { explainChecks } from './explainChecks.ts';
import { besideOthers, type Hideable, hideable, masked } from './masking.ts';
import { allPerturbedScores } from './perturbedRuns.ts';
import { chosenInput } from './placedInput.ts';
import { endpoint } from './scoreAt.ts';
import { explain } from './session.ts';
import { pinTarget } from './targets/createScorer.ts';
import type { Baseline, ExplainOptions } from './types.ts';

/** An example that rows are made of; its tensors are those of the batch. */
export interface PerturbedExample extends Hideable {
  /** Its number in the batch. */
  readonly example: number;
  /**
   * The example through masks `[k, …]`, hidden + mask · (shown − hidden): where a mask is 1 the input shows, where it is 0 the
   * baseline. Masks `[k, h, w, 1]` are for all channels of a pixel.
   */
  masked(masks: Tensor): Tensor;
}

/** What {@link perturbedScores} scores. */
export interface PerturbationOptions {
  /** The number of rows made of each example. */
  readonly samples: number;
  /** Makes rows `start` to `end − 1` of an example, `[end − start, …]` in the shape of the input; in a `tf.tidy`. */
  readonly rows: (example: PerturbedExample, start: number, end: number) => Tensor;
  /** What `hidden` looks like; `'zero'` by default. */
  readonly baseline?: Baseline;
  /** The position of the input that the rows are of; by default the first that is an image or a volume, else the first. */
  readonly input?: number;
}

const checks: OptionChecks<ExplainOptions & PerturbationOptions> = {
  ...explainChecks,
  samples: required(count(1)),
  rows: required(callback),
  baseline: anything,
  input: integer(0),
};

/**
 * The scores of rows that are made of each example: what a perturbation method asks of the network.
 *
 * $F(x^{(1)}), \dots, F(x^{(m)})$ for variants $x^{(k)}$ of $x$, in bounded batches. The class that is predicted at $x$ is the
 * one that is scored in all of them. A model of several inputs sees the others as they are.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `samples` and `rows` (required), `baseline`, `input`, `target`, `scale` (`'logit'` by default), `output`,
 * `seed` (of the baseline), `batchSize`, `signal`, `onProgress`.
 * @returns the scores, `[n, samples]`.
 * @throws {VitrineError} if `rows` returns another shape; else as {@link scores}.
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { perturbedScores } from 'vitrine';
 * // Each row of pixels hidden alone.
 * const masks = tf.tidy(() => tf.reshape(tf.sub(1, tf.eye(16)), [16, 16, 1, 1]));
 * const { shape } = await perturbedScores(model, x, {
 *   samples: 16,
 *   baseline: 'blur',
 *   rows: ({ masked }, start, end) => masked(tf.slice(masks, start, end - start)),
 * });
 * masks.dispose();
 * console.log(shape); // [2, 16]
 * ```
 */
export async function perturbedScores(
  model: Model,
  x: Input,
  options: ExplainOptions & PerturbationOptions,
): Promise<NdArray> {
  return explain(
    model,
    x,
    options,
    { checks },
    async (session, { target, samples, rows, baseline = 'zero', input }) => {
      const { inputs, scorer } = session;
      const index = chosenInput(inputs, input);
      const [changed, hidden] = [inputs[index] as NdArray, await hiddenInput(session, index, baseline)];
      const { classes } = await endpoint(session, inputs, { sites: [], scorer });
      return allPerturbedScores(session, {
        stage: 'perturbedScores',
        samples,
        scorer: session.scorerOf(pinTarget(target, classes)),
        rows(example, start, end) {
          const own = hideable(changed, hidden, example);
          const made = rows({ ...own, example, masked: (masks) => masked(own, masks) }, start, end);
          return besideOthers(checkedRows(made, [end - start, ...changed.shape.slice(1)]), { inputs, index, example });
        },
      });
    },
  );
}

function checkedRows(rows: unknown, shape: readonly number[]): Tensor {
  if (rows instanceof Tensor && sameShape(rows.shape, shape)) return rows;
  const got = rows instanceof Tensor ? `[${rows.shape.join(', ')}]` : describe(rows);
  throw new VitrineError(
    'bad-shape',
    `"rows" expected a function that returns shape [${shape.join(', ')}], got ${got}`,
  );
}
