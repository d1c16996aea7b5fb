import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { inSlices } from '../../../backend/inTurn.ts';
import type { Segments } from '../../../image/types.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { anything, count, integer, type OptionChecks, object } from '../../../numeric/options.ts';
import { hiddenInput } from '../../../scoring/baselines.ts';
import { explainChecks } from '../../../scoring/explainChecks.ts';
import { besideOthers, hideable, masked } from '../../../scoring/masking.ts';
import { chosenInput, type InputOption, isPlaced, placedInput } from '../../../scoring/placedInput.ts';
import { type Endpoint, endpoint } from '../../../scoring/scoreAt.ts';
import { attributionOf, type Session } from '../../../scoring/session.ts';
import { pinTarget } from '../../../scoring/targets/createScorer.ts';
import type { Scorer } from '../../../scoring/targets/scorer.ts';
import type { Baseline, ExplainOptions, SegmentAttribution } from '../../../scoring/types.ts';
import { segmentLabels } from './segmentLabels.ts';

/** What methods over segments have in common. */
export interface SegmentOptions {
  /** How the image or the volume is divided; must be given of these. By default other inputs are divided into single features. */
  readonly segments?: Segments;
  /** What a hidden segment looks like; `'zero'` by default. */
  readonly baseline?: Baseline;
  /** The position of the input that is divided; by default the first that is an image or a volume, else the first. */
  readonly input?: number;
}

/** Checks of {@link SegmentOptions}; a division is looked at with what it divides. */
export const segmentChecks: OptionChecks<ExplainOptions & SegmentOptions> = {
  ...explainChecks,
  segments: object,
  baseline: anything,
  input: integer(0),
};

/** The segments of one input as players of a game: the score of each coalition is that with all others hidden. */
export interface SegmentGame {
  /** The number of segments of each example. */
  readonly players: readonly number[];
  /** What is divided: the position of the input, what it looks like hidden, and the segment of every position `[n, p]`. */
  readonly divided: { readonly index: number; readonly hidden: NdArray; readonly labels: NdArray<Int32Array> };
  /** At x. */
  readonly at: Endpoint;
  /** The explained score, predicted classes filled in. */
  readonly scorer: Scorer;
  /** The rows of some coalitions `[k, s]`, 1 for a member: one tensor for each input, in the caller's `tf.tidy`. */
  rows(example: number, coalitions: Float32Array): readonly Tensor[];
  /** Values per segment `[n][s]` as an attribution. */
  attribution(method: string, values: readonly Float64Array[], delta?: Float32Array): SegmentAttribution;
}

/** Divides the input and makes its coalitions ready. */
export async function segmentGame(
  session: Session,
  { segments, baseline = 'zero', input }: SegmentOptions,
): Promise<SegmentGame> {
  const { inputs, options, scorer, count } = session;
  const index = chosenInput(inputs, input);
  const { shape } = inputs[index] as NdArray;
  const labels = await inSlices(segmentLabels(inputs[index] as NdArray, segments), options);
  const players = Array.from({ length: count }, (_, example) => largestOf(labelsAt(labels, example)) + 1);
  const hidden = await hiddenInput(session, index, baseline);
  const at = await endpoint(session, inputs, { sites: [], scorer });
  const placed = isPlaced(shape);
  // A segment has all channels of an image.
  const positions = placed ? [...shape.slice(1, -1), 1] : shape.slice(1);
  return {
    players,
    divided: { index, hidden, labels },
    at,
    scorer: session.scorerOf(pinTarget(options.target, at.classes)),
    rows(example, coalitions) {
      const count = coalitions.length / (players[example] as number);
      const members = tf.tensor2d(coalitions, [count, players[example] as number]);
      const masks = tf.gather(members, tf.tensor1d(labelsAt(labels, example).slice(), 'int32'), 1);
      const changed = masked(
        hideable(inputs[index] as NdArray, hidden, example),
        tf.reshape(masks, [-1, ...positions]),
      );
      return besideOthers(changed, { inputs, index, example });
    },
    attribution(method, values, delta) {
      const maps = [{ shape: placed ? shape.slice(0, -1) : shape, data: painted(labels, values) }];
      const { score, classes } = at;
      const found = attributionOf(session, { method, score, classes, maps, perPlace: placed, delta });
      return { ...found, segmentValues: sideBySide(values) };
    },
  };
}

function labelsAt({ shape, data }: NdArray<Int32Array>, example: number): Int32Array {
  const size = shape[1] as number;
  return data.subarray(example * size, (example + 1) * size);
}

function largestOf(labels: Int32Array): number {
  return labels.reduce((most, label) => Math.max(most, label), 0);
}

/** Each position with the value of its segment. */
function painted({ shape, data }: NdArray<Int32Array>, values: readonly Float64Array[]): Float32Array {
  const size = shape[1] as number;
  return Float32Array.from(data, (label, i) => values[Math.floor(i / size)]?.[label] as number);
}

/** Rows of values as `[n, s]`, zeros after the segments of examples that have fewer. */
export function sideBySide(values: readonly Float64Array[]): NdArray {
  const most = Math.max(...values.map(({ length }) => length));
  const data = new Float32Array(values.length * most);
  values.forEach((row, i) => data.set(row, i * most));
  return { shape: [values.length, most], data };
}

/** The masks of `sobolAttribution` and `hsicAttribution`. */
export interface GridMaskOptions extends InputOption {
  /** Cells of a mask along each side; 8 by default, 4 of volumes. */
  readonly cells?: number;
  /** What is behind the masks; `'zero'` by default. */
  readonly baseline?: Baseline;
}

/** Checks of {@link GridMaskOptions}. */
export const gridMaskChecks: OptionChecks<ExplainOptions & GridMaskOptions> = {
  ...explainChecks,
  cells: count(1),
  baseline: anything,
  input: integer(0),
};

/** The cells of a grid over the image or the volume. */
export async function gridGame(session: Session, options: GridMaskOptions): Promise<SegmentGame> {
  const { index, lengths } = placedInput(session, options.input);
  const { cells = lengths.length > 2 ? 4 : 8, baseline = 'zero' } = options;
  return segmentGame(session, { segments: { grid: cells }, baseline, input: index });
}
