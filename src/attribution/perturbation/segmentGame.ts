import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { segment } from '../../image/segment.ts';
import type { Segments } from '../../image/types.ts';
import { pinTarget } from '../../network/score.ts';
import type { Scorer } from '../../network/scorer.ts';
import type { Baseline, SegmentAttribution } from '../../network/types.ts';
import { assertInteger, describe } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { sizeOf } from '../../numeric/shape.ts';
import { type Endpoint, endpoint } from '../path/endpoints.ts';
import { repeated } from '../repeated.ts';
import { attributionOf, baselinesOf, type Session } from '../session.ts';
import { hideable, masked } from './masking.ts';

/** What methods over segments have in common. */
export interface SegmentOptions {
  /** How the image is divided; inputs without rows and columns are divided into single features where nothing is given. */
  readonly segments?: Segments;
  /** What a hidden segment looks like; `'zero'` by default. */
  readonly baseline?: Baseline;
  /** The position of the input that is divided; by default the first that is an image, else the first. */
  readonly input?: number;
}

/** The segments of one input as players of a game: the score of each coalition is that with all others hidden. */
export interface SegmentGame {
  /** The segments of each example. */
  readonly counts: readonly number[];
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
  const divided = inputs[index] as NdArray;
  const labels = labelsOf(divided, segments);
  const counts = Array.from({ length: count }, (_, example) => Math.max(...labelsAt(labels, example, count)) + 1);
  const hidden = (
    await baselinesOf(
      session,
      inputs.map((_, i) => (i === index ? baseline : 0)),
    )
  )[index] as NdArray;
  const at = await endpoint(session, inputs, { sites: [], scorer });
  // Masks leave out the channels of an image.
  const positions = divided.shape.length === 4 ? [...divided.shape.slice(1, 3), 1] : divided.shape.slice(1);
  return {
    counts,
    at,
    scorer: session.scorerOf(pinTarget(options.target, at.classes)),
    rows(example, coalitions) {
      const players = counts[example] as number;
      const members = tf.tensor2d(coalitions, [coalitions.length / players, players]);
      const masks = tf.reshape(membership(members, labelsAt(labels, example, count)), [-1, ...positions]);
      return inputs.map((array, i) =>
        i === index ? masked(hideable(array, hidden, example), masks) : repeated(array, example, members.shape[0]),
      );
    },
    attribution(method, values, delta) {
      const painted = paint(labels, values, count);
      const shape = divided.shape.length === 4 ? divided.shape.slice(0, 3) : divided.shape;
      const { score, classes } = at;
      return {
        ...attributionOf({ method, score, classes, maps: [{ shape, data: painted }], delta }),
        segmentValues: sideBySide(values),
      };
    },
  };
}

function chosenInput(inputs: readonly NdArray[], input: number | undefined): number {
  if (input !== undefined) assertInteger('input', input, [0, inputs.length - 1]);
  return (
    input ??
    Math.max(
      0,
      inputs.findIndex(({ shape }) => shape.length === 4),
    )
  );
}

/** The label of every position, `[n, …]`. */
function labelsOf(divided: NdArray, segments: Segments | undefined): Int32Array {
  const { shape, data } = divided;
  if (shape.length === 4) {
    if (segments === undefined) throw new TypeError('"segments" expected a division of the image, got undefined');
    return segment(divided, segments).data;
  }
  const size = sizeOf(shape.slice(1));
  if (segments === undefined) return Int32Array.from(data, (_, i) => i % size);
  if (!('data' in segments)) {
    throw new TypeError(
      `"segments" expected labels for an input of shape [${shape.join(', ')}], got ${describe(segments)}`,
    );
  }
  // Features in a row: a label map of one line.
  const line = { shape: [shape[0] as number, 1, size], data };
  const maps = segments.data.length / size;
  return segment(line, { shape: [maps, 1, size], data: segments.data }).data;
}

function labelsAt(labels: Int32Array, example: number, count: number): Int32Array {
  const size = labels.length / count;
  return labels.subarray(example * size, (example + 1) * size);
}

/** For each coalition and position whether the segment there is a member, `[k, positions]`. */
function membership(members: Tensor2D, labels: Int32Array): Tensor2D {
  const bySegment = tf.transpose(members);
  return tf.transpose(tf.gather(bySegment, tf.tensor1d(labels.slice(), 'int32'))) as Tensor2D;
}

function paint(labels: Int32Array, values: readonly Float64Array[], count: number): Float32Array {
  const size = labels.length / count;
  return Float32Array.from(labels, (label, i) => values[Math.floor(i / size)]?.[label] as number);
}

/** `[n, s]`, zeros after the segments of examples that have fewer. */
function sideBySide(values: readonly Float64Array[]): NdArray {
  const most = Math.max(...values.map(({ length }) => length));
  const data = new Float32Array(values.length * most);
  values.forEach((row, i) => data.set(row, i * most));
  return { shape: [values.length, most], data };
}
