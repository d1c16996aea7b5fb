import * as tf from '@tensorflow/tfjs-core';
import type { Input, Model } from '../../../network/types.ts';
import { type NdArray, sizeOf } from '../../../numeric/ndarray.ts';
import { anything, callback, count, integer, type OptionChecks } from '../../../numeric/options.ts';
import { hiddenInput } from '../../../scoring/baselines.ts';
import { type Box, boxRows } from '../../../scoring/boxes.ts';
import { completenessGap } from '../../../scoring/completenessError.ts';
import { explainChecks } from '../../../scoring/explainChecks.ts';
import { besideOthers, hideable, masked } from '../../../scoring/masking.ts';
import { perturbedRuns } from '../../../scoring/perturbedRuns.ts';
import { type InputOption, type PlacedInput, placedInput } from '../../../scoring/placedInput.ts';
import { type Endpoint, endpoint } from '../../../scoring/scoreAt.ts';
import { attributionOf, explain, type Session } from '../../../scoring/session.ts';
import { pinTarget } from '../../../scoring/targets/createScorer.ts';
import type { Scorer } from '../../../scoring/targets/scorer.ts';
import type { Attribution, Baseline, ExplainOptions } from '../../../scoring/types.ts';
import type { PartialOption } from '../../progressive.ts';
import { createPartition, type Partition } from './partition.ts';

/** How finely {@link partitionShap} divides. */
export interface PartitionShapOptions extends InputOption, PartialOption {
  /** The number of passes for each example, at least 2; 500 by default. */
  readonly evaluations?: number;
  /** What hidden parts look like; `'blur'` by default. */
  readonly baseline?: Baseline;
}

const checks: OptionChecks<ExplainOptions & PartitionShapOptions> = {
  ...explainChecks,
  evaluations: count(2),
  baseline: anything,
  input: integer(0),
  onPartial: callback,
};

/** As many divisions at a time, whatever the batch size, since the scores of one decide about the next. */
const together = 8;

/**
 * Owen values of the parts of an image or a volume: Shapley values in a hierarchy of halves.
 *
 * The image is halved across its longest side, and its halves again. What a part adds is divided between its two halves as
 * in a game of two, in every surrounding in which the part itself was scored; the part with the greatest share is divided
 * next. What is not divided further is spread evenly. The map adds up to $F(x)$ less the score with everything hidden after
 * any number of passes; `delta` is rounding.
 *
 * Source: Owen 1977, "Values of games with a priori unions"; the partition explainer of the shap package.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch, one input an image `[n, h, w, c]` or a volume `[n, d, h, w, c]`.
 * @param options `evaluations`, `baseline`, `input`, `target`, `scale` (`'logit'` by default), `onPartial`.
 * @returns `values` `[n, h, w]` (of volumes `[n, d, h, w]`), and `delta` per example.
 * @throws {VitrineError} if `evaluations` < 2, or no input is an image; else as {@link gradient}.
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
  return explain(model, x, options, { checks }, async (session, options) => {
    const { evaluations = 500, onPartial } = options;
    const game = await partGame(session, options);
    const { at, image } = game;
    const values = {
      shape: [session.count, ...image.lengths],
      data: new Float32Array(session.count * sizeOf(image.lengths)),
    };
    const empty = new Float32Array(session.count).fill(Number.NaN);
    const current = (): Attribution => {
      const found = { method: 'partitionShap', score: at.score, classes: at.classes, perPlace: true };
      const maps = [{ shape: values.shape, data: values.data.slice() }];
      return attributionOf(session, { ...found, maps, delta: completenessGap(maps, at.score.data, empty) });
    };
    for (let example = 0; example < session.count; example++) {
      const [none] = (await scoreParts(session, game, { example, shown: [[]] })) as unknown as [number];
      empty[example] = none;
      const partition = createPartition(image.lengths, none, at.score.data[example] as number);
      await refine(session, game, { partition, example, evaluations }, () => {
        values.data.set(partition.map(), example * sizeOf(image.lengths));
        onPartial?.(current);
      });
    }
    return current();
  });
}

interface PartGame {
  readonly image: PlacedInput;
  readonly hidden: NdArray;
  readonly at: Endpoint;
  readonly scorer: Scorer;
}

async function partGame(session: Session, options: PartitionShapOptions): Promise<PartGame> {
  const { inputs, scorer, scorerOf } = session;
  const image = placedInput(session, options.input);
  const hidden = await hiddenInput(session, image.index, options.baseline === undefined ? 'blur' : options.baseline);
  const at = await endpoint(session, inputs, { sites: [], scorer });
  return { image, hidden, at, scorer: scorerOf(pinTarget(session.options.target, at.classes)) };
}

/** Divides the parts with the greatest shares until the passes are used up; the hidden and the shown image took two. */
async function refine(
  session: Session,
  game: PartGame,
  { partition, example, evaluations }: { partition: Partition; example: number; evaluations: number },
  onDivision: () => void,
): Promise<void> {
  const { onProgress } = session.options;
  const total = session.count * evaluations;
  let used = 2;
  onDivision();
  while (used + 2 <= evaluations) {
    const parts = partition.greatest(Math.min(together, Math.floor((evaluations - used) / 2)));
    if (parts.length === 0) break;
    const shown = parts.flatMap(({ shown, halves }) => halves.map((half) => [...shown, half]));
    const scores = await scoreParts(session, game, { example, shown });
    parts.forEach((part, i) => partition.divide(part, [scores[2 * i] as number, scores[2 * i + 1] as number]));
    used += 2 * parts.length;
    onProgress?.({ stage: 'partitionShap', done: example * evaluations + used, total });
    onDivision();
  }
  onProgress?.({ stage: 'partitionShap', done: (example + 1) * evaluations, total });
}

/** What is shown in each row: boxes of one example. */
interface Rows {
  readonly example: number;
  readonly shown: readonly (readonly Box[])[];
}

async function scoreParts(
  { network, inputs, count, options }: Session,
  { image: { index, lengths }, hidden, scorer }: PartGame,
  { example, shown }: Rows,
): Promise<Float64Array> {
  const { onProgress: _, ...quietly } = options;
  const scores = new Float64Array(shown.length);
  const sampling = {
    stage: 'partitionShap',
    samples: shown.length,
    examples: [example],
    scorer,
    rows(_example: number, start: number, end: number) {
      const masks = tf.tensor(masksOf(shown.slice(start, end), lengths), [end - start, ...lengths, 1]);
      const changed = masked(hideable(inputs[index] as NdArray, hidden, example), masks);
      return besideOthers(changed, { inputs, index, example });
    },
  };
  await perturbedRuns({ network, count, options: quietly }, sampling, (part, { start }) => {
    scores.set(part.scores.data, start);
  });
  return scores;
}

function masksOf(shown: Rows['shown'], lengths: readonly number[]): Float32Array {
  const size = sizeOf(lengths);
  const masks = new Float32Array(shown.length * size);
  shown.forEach((boxes, i) => {
    for (const box of boxes)
      for (const { from, to } of boxRows(box, lengths)) masks.fill(1, i * size + from, i * size + to);
  });
  return masks;
}
