import type { Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { oneHot } from '../../../backend/portable.ts';
import { type SeparableMap, separable, separableGradient } from '../../../backend/separable.ts';
import { reflected } from '../../../image/blur.ts';
import { assertRoom } from '../../../numeric/check.ts';

/** A lattice of mask parameters over a picture, and how far each one reaches. */
export interface Lattice {
  readonly plane: readonly [number, number];
  /** Pixels between parameters. */
  readonly step: number;
  /** The radius in pixels that a parameter fills: its kernel is 1 up to half of it. */
  readonly sigma: number;
}

/** Rows and columns of parameters; the outermost cells may reach over the border alike on both sides. */
export function latticeShape({ plane, step }: Lattice): readonly [number, number] {
  return [Math.ceil(plane[0] / step), Math.ceil(plane[1] / step)];
}

/** How sharp the maximum is: the factor of the exponents. */
const TEMPERATURE = 20;

/** A mask `[b, h, w]` and its pullback to the parameters. */
export interface SmoothMask {
  readonly mask: Tensor3D;
  readonly pullback: (cotangent: Tensor3D) => Tensor3D;
}

/** What the masks of a lattice are made with. */
export interface LatticeTensors {
  /** `[phases, neighbours]`: what a parameter counts at each pixel of the cells around it. */
  readonly kernel: Tensor2D;
  /** `[phases, 1]`: the smooth maximum where all parameters are 1. */
  readonly full: Tensor2D;
  /** `[width, width, 1, neighbours]`: a convolution with these unit vectors reads the neighbours of a parameter. */
  readonly units: Tensor4D;
  /** Lattices that go on beyond their border as their mirror image. */
  readonly mirrored: SeparableMap;
}

/**
 * The smooth-max convolution, $M(p) = \sum_q s_q\, k(p - q)\, m_q$ with
 * $s = \mathrm{softmax}_q(20\, k(p - q)\, m_q)$ over the parameters around a pixel: every blob of the mask has the
 * radius of the kernel at least. Fong, Patrick and Vedaldi 2019, §3.
 *
 * It is scaled so that parameters of 1 make a mask of 1, and the lattice is mirrored at its border: the border is like
 * any other place, which it is not where the lattice ends in zeros.
 *
 * @param parameters `[b, rows, columns]`
 */
export function smoothMax(parameters: Tensor3D, tensors: LatticeTensors, lattice: Lattice): SmoothMask {
  const { kernel, full } = tensors;
  const [phases, neighbours] = kernel.shape;
  const around = neighbourhoods(parameters, tensors);
  const weighted = tf.mul(tf.reshape(around, [-1, 1, neighbours]), kernel) as Tensor3D;
  const { peaks, shares } = smoothMaximum(weighted);
  const scaled = tf.div(peaks, full);
  return {
    mask: toPlane(tf.reshape(tf.minimum(scaled, 1), [...parameters.shape, phases]), lattice),
    pullback(cotangent) {
      const arriving = tf.mul(tf.reshape(fromPlane(cotangent, lattice), peaks.shape), tf.lessEqual(scaled, 1));
      // d/dv Σ s v = s (1 + 20 (v − M)).
      const slopes = tf.mul(shares, tf.add(tf.mul(tf.sub(weighted, peaks), TEMPERATURE), 1));
      const back = tf.matMul(tf.div(arriving, full), tf.mul(slopes, kernel), true);
      return neighbourhoodsGradient(tf.reshape(back, around.shape), tensors);
    },
  };
}

/** The maximum over the last axis, kept, and what each element counts in it. */
function smoothMaximum<T extends Tensor>(values: T): { peaks: T; shares: T } {
  const shares = tf.softmax(tf.mul(values, TEMPERATURE)) as T;
  return { shares, peaks: tf.sum(tf.mul(shares, values), -1, true) };
}

/** The tensors of a lattice, which stay the same as its parameters change. */
export function latticeTensors(lattice: Lattice): LatticeTensors {
  const width = 2 * radiusOf(lattice) + 1;
  assertRoom('sigma', [width, width, width, width]);
  const kernel = latticeKernel(lattice);
  const [rows, columns] = latticeShape(lattice).map((length) => mirrorMatrix(length, radiusOf(lattice)));
  return {
    kernel,
    full: smoothMaximum(kernel).peaks,
    units: tf.reshape(tf.eye(width * width), [width, width, 1, width * width]),
    mirrored: { rows, columns } as SeparableMap,
  };
}

/** How many parameters away a parameter still counts. */
function radiusOf({ step, sigma }: Lattice): number {
  return 1 + Math.ceil(sigma / step);
}

function latticeKernel(lattice: Lattice): Tensor2D {
  const { step, sigma } = lattice;
  const radius = radiusOf(lattice);
  const width = 2 * radius + 1;
  // Pixels 0 … step − 1 of a cell; its own parameter is in its middle.
  const offset = (pixel: number, neighbour: number): number => pixel - (step - 1) / 2 - (neighbour - radius) * step;
  const values = Array.from({ length: step * step }, (_, phase) =>
    Array.from({ length: width * width }, (_, neighbour) => {
      const rows = offset(Math.floor(phase / step), Math.floor(neighbour / width));
      const columns = offset(phase % step, neighbour % width);
      return Math.exp(-2 * Math.max(Math.hypot(rows, columns) / sigma - 0.5, 0) ** 2);
    }),
  );
  return tf.tensor2d(values);
}

/** `[length, radius + length + radius]`: an axis and its reflections, `c b a | a b c | c b a`. */
function mirrorMatrix(length: number, radius: number): Tensor2D {
  const sources = Array.from({ length: length + 2 * radius }, (_, i) => reflected(i - radius, length));
  return tf.transpose(oneHot(tf.tensor1d(sources, 'int32'), length));
}

/** The parameters around each one as channels, `[b, rows, columns, neighbours]`. */
function neighbourhoods(parameters: Tensor3D, { units, mirrored }: LatticeTensors): Tensor4D {
  return tf.conv2d(separable(tf.expandDims(parameters, 3), mirrored), units, 1, 'valid');
}

function neighbourhoodsGradient(cotangent: Tensor4D, { units, mirrored }: LatticeTensors): Tensor3D {
  const shape: Tensor4D['shape'] = [cotangent.shape[0], mirrored.rows.shape[1], mirrored.columns.shape[1], 1];
  const padded = tf.conv2dTranspose(cotangent, units, shape, 1, 'valid');
  return tf.squeeze(separableGradient(padded, mirrored), [3]);
}

/** Cells of pixels `[b, rows, columns, phases]` side by side, cut to the picture. */
function toPlane(cells: Tensor4D, { plane, step }: Lattice): Tensor3D {
  const [count, rows, columns] = cells.shape;
  const apart = tf.transpose(tf.reshape(cells, [count, rows, columns, step, step]), [0, 1, 3, 2, 4]);
  const canvas = tf.reshape(apart, [count, rows * step, columns * step]) as Tensor3D;
  const [top, left] = [rows * step - plane[0], columns * step - plane[1]].map((over) => Math.floor(over / 2));
  return tf.slice(canvas, [0, top as number, left as number], [count, ...plane]);
}

/** The transpose of {@link toPlane}. */
function fromPlane(cotangent: Tensor3D, lattice: Lattice): Tensor4D {
  const { plane, step } = lattice;
  const [rows, columns] = latticeShape(lattice);
  const padding = [rows * step - plane[0], columns * step - plane[1]].map((over): [number, number] => [
    Math.floor(over / 2),
    Math.ceil(over / 2),
  ]);
  const canvas = tf.pad(cotangent, [[0, 0], ...padding] as [number, number][]);
  const apart = tf.reshape(canvas, [cotangent.shape[0], rows, step, columns, step]);
  return tf.reshape(tf.transpose(apart, [0, 1, 3, 2, 4]), [cotangent.shape[0], rows, columns, step * step]);
}
