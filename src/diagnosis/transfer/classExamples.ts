import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { object } from '../../numeric/options.ts';
import { labelsOf, type PerExample } from '../classified.ts';

/** Images of classes. */
export interface ClassExamples {
  /** As the model takes them, `[n, …]`. */
  readonly images: NdArray;
  /** The class of each image, a place in the model's output, `[n]`. */
  readonly labels: PerExample;
}

/** Images of classes, copied. */
export interface Examples {
  readonly images: NdArray;
  readonly labels: Int32Array;
}

/** Refuses what is none, and copies it. */
export function examplesOf(argument: string, examples: ClassExamples): Examples {
  object(argument, examples);
  const { images, labels } = examples;
  assertArray(`${argument}.images`, images, [2, 3, 4, 5]);
  assertFiniteArray(`${argument}.images`, images);
  const { shape, data } = images;
  const own = labelsOf(`${argument}.labels`, labels, shape[0] as number);
  return { images: { shape: [...shape], data: Float32Array.from(data) }, labels: own };
}

/** Some examples, as a model takes them. */
export interface Batch {
  readonly inputs: Tensor;
  readonly labels: Int32Array;
}

/** Some examples, in the caller's `tf.tidy`. */
export function batchOf({ images, labels }: Examples, rows: Int32Array): Batch {
  const size = images.data.length / labels.length;
  const data = new Float32Array(rows.length * size);
  rows.forEach((row, i) => data.set(images.data.subarray(row * size, (row + 1) * size), i * size));
  return {
    inputs: tf.tensor(data, [rows.length, ...images.shape.slice(1)]),
    labels: rows.map((row) => labels[row] as number),
  };
}
