import * as tf from '@tensorflow/tfjs-core';
import { pinTarget } from '../../network/score.ts';
import type { Attribution, Baseline, ExplainOptions, Input, Model } from '../../network/types.ts';
import { assertInteger } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { endpoint } from '../path/endpoints.ts';
import type { PartialOption } from '../progressive.ts';
import { repeated } from '../repeated.ts';
import { attributionOf, baselinesOf, explain, type Session } from '../session.ts';
import { type InputOption, imageInput } from './imageInput.ts';
import { hideable, masked } from './masking.ts';
import { createPartition, type Partition, type Rectangle } from './partition.ts';
import { perturbedScores } from './perturbedScores.ts';

/** How finely {@link partitionShap} divides. */
export interface PartitionShapOptions extends InputOption, PartialOption {
  /** The number of passes for each example, at least 2; 500 by default. */
  readonly evaluations?: number;
  /** What hidden parts look like; `'blur'` by default. */
  readonly baseline?: Baseline;
}

/** As many divisions at a time, whatever the batch size, since the scores of one decide about the next. */
const together = 8;

/**
 * Owen values of the parts of an image: Shapley values in a hierarchy of halves.
 *
 * The image is halved across its longer side, and its halves again. What a part adds is divided between its two halves as
 * in a game of two, in every surrounding in which the part itself was scored; the part with the greatest share is divided
 * next. What is not divided further is spread evenly. The map adds up to $F(x)$ less the score with everything hidden after
 * any number of passes; `delta` is rounding.
 *
 * Source: Owen 1977, "Values of games with a priori unions"; the partition explainer of the shap package.
 *
 * @param model a `LayersModel`, or one compiled once by `compile`.
 * @param x one example or a batch, one input an image `[n, h, w, c]`.
 * @param options `evaluations`, `baseline`, `input`, `target`, `scale`.
 * @returns `values` `[n, h, w]`, and `delta` per example.
 * @throws {RangeError} if `evaluations` < 2, or no input is an image; else as {@link gradient}.
 * @example
 * ```ts
 * import { partitionShap } from 'vitrine';
 * const { values, delta } = await partitionShap(model, x, { evaluations: 40, baseline: 'mean' });
 * ```
 */
export async function partitionShap(
  model: Model,
  x: Input,
  options: ExplainOptions & PartitionShapOptions = {},
): Promise<Attribution> {
  const { evaluations = 500, baseline = 'blur', onPartial } = options;
  assertInteger('evaluations', evaluations, [2, Number.POSITIVE_INFINITY]);
  return explain(model, x, options, async (session) => {
    const { inputs, count, scorer } = session;
    const { index, plane } = imageInput(session, options.input);
    const hidden = await baselinesOf(
      session,
      inputs.map((_, i) => (i === index ? baseline : 0)),
    );
    const at = await endpoint(session, inputs, { sites: [], scorer });
    const size = plane[0] * plane[1];
    const data = new Float32Array(count * size);
    const empty = new Float64Array(count);
    const current = (): Attribution => {
      const delta = Float32Array.from(at.score.data, (score, i) => {
        const sum = data.subarray(i * size, (i + 1) * size).reduce((total, value) => total + value, 0);
        return sum - (score - (empty[i] as number));
      });
      const maps = [{ shape: [count, ...plane], data }];
      return attributionOf({ method: 'partitionShap', score: at.score, classes: at.classes, maps, delta });
    };
    const pinned = session.scorerOf(pinTarget(options.target, at.classes));
    const score = (example: number, shown: readonly (readonly Rectangle[])[]): Promise<Float64Array> =>
      scoreParts({ ...session, scorer: pinned }, { example, index, plane, hidden, shown });
    for (let example = 0; example < count; example++) {
      const [none] = (await score(example, [[]])) as unknown as [number];
      empty[example] = none;
      const partition = createPartition(plane, none, at.score.data[example] as number);
      for (let left = evaluations - 2; left > 1; ) {
        const taken = await divideParts(partition, Math.min(together, Math.floor(left / 2)), (shown) =>
          score(example, shown),
        );
        if (taken === 0) break;
        left -= 2 * taken;
        data.set(partition.map(), example * size);
        onPartial?.(current);
      }
      data.set(partition.map(), example * size);
    }
    return current();
  });
}

/** Divides the parts with the greatest shares; the number of those that could be divided. */
async function divideParts(
  partition: Partition,
  count: number,
  score: (shown: readonly (readonly Rectangle[])[]) => Promise<Float64Array>,
): Promise<number> {
  const parts = partition.greatest(count);
  if (parts.length === 0) return 0;
  const scores = await score(
    parts.flatMap(({ shown, halves: [first, second] }) => [
      [...shown, first],
      [...shown, second],
    ]),
  );
  parts.forEach((part, i) => partition.divide(part, [scores[2 * i] as number, scores[2 * i + 1] as number]));
  return parts.length;
}

interface Parts {
  readonly example: number;
  readonly index: number;
  readonly plane: readonly [number, number];
  readonly hidden: readonly NdArray[];
  /** Of each row, the rectangles that are shown. */
  readonly shown: readonly (readonly Rectangle[])[];
}

async function scoreParts(session: Session, { example, index, plane, hidden, shown }: Parts): Promise<Float64Array> {
  const scores = new Float64Array(shown.length);
  const [rows, columns] = plane;
  await perturbedScores(
    session,
    {
      stage: 'partitionShap',
      samples: shown.length,
      examples: [example],
      scorer: session.scorer,
      rows(_example, start, end) {
        const masks = new Float32Array((end - start) * rows * columns);
        for (let row = start; row < end; row++) {
          const mask = masks.subarray((row - start) * rows * columns, (row - start + 1) * rows * columns);
          for (const { top, left, height, width } of shown[row] as readonly Rectangle[]) {
            for (let r = top; r < top + height; r++) mask.fill(1, r * columns + left, r * columns + left + width);
          }
        }
        const tensor = tf.tensor4d(masks, [end - start, rows, columns, 1]);
        return session.inputs.map((input, i) =>
          i === index
            ? masked(hideable(input, hidden[i] as NdArray, example), tensor)
            : repeated(input, example, end - start),
        );
      },
    },
    (part, { start }) => scores.set(part.scores.data, start),
  );
  return scores;
}
