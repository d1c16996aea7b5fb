import * as tf from '@tensorflow/tfjs-core';
import { mean } from 'd3-array';
import {
  type DistilledTree,
  distillDecisionTree,
  type Model,
  type NdArray,
  type ScoreFunction,
  treeMetrics,
} from 'vitrine';
import { type ImageRationales, imageRationales } from 'vitrine/distillation';
import { concatenated } from '../../src/network/walk/batches.ts';
import { kindsOf } from './classes.ts';
import { halfOf } from './localization.ts';
import { rowsOf } from './maps.ts';

/** How well a level of a tree says what the network says. */
export interface Agreement {
  readonly nodes: number;
  /** Of what filters contribute, on the pictures that the network takes for the category. */
  readonly fitness: number;
  /** The share of all pictures that tree and network both take for the category, or both do not. */
  readonly same: number;
  /** The mean error of the output, in parts of its range over all pictures. */
  readonly error: number;
}

/** Levels of trees, and what one number for all pictures would give. */
export const levels = [2, 3, 5, 10, 'leaves', 'one number'] as const;

/** A tree read on the pictures it was grown from, and on others. */
export interface TreeStudy {
  /** The shares of the objects and of other photos that the network takes for the category. */
  readonly taken: { readonly objects: number; readonly negatives: number };
  readonly levels: readonly { readonly own: Agreement; readonly others: Agreement }[];
}

const layer = 'head_relu';

/** Grows a tree from each half of the objects and of the negatives, and reads both halves by it. */
export async function treeStudy(
  model: Model,
  { objects, negatives, category }: { objects: NdArray; negatives: NdArray; category: string },
): Promise<TreeStudy> {
  const target = categoryScore(category);
  const pictures = [0, 1].map((half) => joinedHalves([objects, negatives], half));
  const readings: { own: readonly Agreement[]; others: readonly Agreement[] }[] = [];
  let taken = { objects: 0, negatives: 0 };
  for (const [half, own] of pictures.entries()) {
    const tree = await distillDecisionTree(model, own, { layer, target });
    const read = async (images: NdArray): Promise<ImageRationales> =>
      imageRationales(model, images, { layer, target, meanResponses: tree.meanResponses });
    const [seen, unseen] = [await read(own), await read(pictures[1 - half] as NdArray)];
    readings.push({ own: agreements(tree, seen, seen), others: agreements(tree, unseen, seen) });
    const count = Math.ceil(((objects.shape[0] as number) - half) / 2);
    taken = {
      objects: taken.objects + share(seen.positive.slice(0, count)) / 2,
      negatives: taken.negatives + share(seen.positive.slice(count)) / 2,
    };
  }
  return {
    taken,
    levels: levels.map((_, level) => ({
      own: meanAgreement(readings.map(({ own }) => own[level] as Agreement)),
      others: meanAgreement(readings.map(({ others }) => others[level] as Agreement)),
    })),
  };
}

export function meanTreeStudy(all: readonly TreeStudy[]): TreeStudy {
  return {
    taken: {
      objects: mean(all, ({ taken }) => taken.objects) as number,
      negatives: mean(all, ({ taken }) => taken.negatives) as number,
    },
    levels: levels.map((_, level) => ({
      own: meanAgreement(all.map((one) => one.levels[level]?.own as Agreement)),
      others: meanAgreement(all.map((one) => one.levels[level]?.others as Agreement)),
    })),
  };
}

/** The log odds that the network gives a category: all its classes against all others. */
function categoryScore(category: string): ScoreFunction {
  const kinds = kindsOf(category).map(Number);
  return ([probabilities]) => {
    const sides = tf.tensor2d(kinds.map((kind) => [kind, 1 - kind]));
    const [own, rest] = tf.split(tf.log(tf.matMul(probabilities as tf.Tensor2D, sides)), 2, 1);
    return tf.reshape(tf.sub(own as tf.Tensor, rest as tf.Tensor), [-1]);
  };
}

/** Of a tree at each level on some images, and of the mean output of those it was grown from. */
function agreements(tree: DistilledTree, read: ImageRationales, grown: ImageRationales): readonly Agreement[] {
  const taken = Array.from(read.positive.keys()).filter((image) => read.positive[image]);
  const some = {
    responses: wideRows(read.responses, taken),
    rationales: wideRows(read.rationales, taken),
    outputs: read.outputs.filter((_, image) => read.positive[image]),
  };
  const named = levels.filter((level) => level !== 'one number');
  const onTaken = treeMetrics(tree, some, { levels: named });
  const onAll = treeMetrics(tree, read, { levels: named, positive: read.positive });
  const middle = mean(grown.outputs) as number;
  const range = Math.max(...read.outputs) - Math.min(...read.outputs);
  return [
    ...onAll.map(({ nodes, accuracy, predictionError }, level) => ({
      nodes,
      fitness: onTaken[level]?.fitness as number,
      same: accuracy,
      error: predictionError as number,
    })),
    {
      nodes: 1,
      fitness: Number.NaN,
      same: share(read.positive.map((yes) => yes === middle > 0)),
      error: (mean(read.outputs, (output) => Math.abs(output - middle)) as number) / range,
    },
  ];
}

function meanAgreement(all: readonly Agreement[]): Agreement {
  const over = (of: (one: Agreement) => number): number => mean(all, of) ?? Number.NaN;
  return {
    nodes: over(({ nodes }) => nodes),
    fitness: over(({ fitness }) => fitness),
    same: over(({ same }) => same),
    error: over(({ error }) => error),
  };
}

/** The pictures of one half of each array, one array after the other. */
function joinedHalves(arrays: readonly NdArray[], half: number): NdArray {
  const parts = arrays.map((array) => {
    const all = Array.from({ length: array.shape[0] as number }, (_, image) => image);
    return rowsOf(
      array,
      all.filter((image) => halfOf(image) === half),
    );
  });
  return concatenated(parts);
}

function wideRows({ shape, data }: NdArray<Float64Array>, rows: readonly number[]): NdArray<Float64Array> {
  const width = shape[1] as number;
  const out = Float64Array.from(rows.flatMap((row) => Array.from(data.subarray(row * width, (row + 1) * width))));
  return { shape: [rows.length, width], data: out };
}

function share(yes: readonly boolean[]): number {
  return yes.filter(Boolean).length / yes.length;
}
