import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { axisOf, paddingBefore, type WindowAxis, type WindowGeometry } from './geometry.ts';

/**
 * The input gradient of a strided convolution as a convolution of stride 1. Along an axis
 * $y_o = \sum_k w_k x_{os + kd - p}$, so that with $i + p = qs + r$ (phase $0 \le r < s$)
 * $\partial x_i = \sum_m w^{(r)}_m \partial y_{q - m}$, where $w^{(r)}_m = w_k$ if $kd = r + sm$, else 0.
 */
export interface PhaseAxis {
  /** For each phase that has a tap, the place in the window of each of its taps, last first; -1 is no tap. */
  readonly taps: readonly (readonly number[])[];
  readonly stride: number;
  /** Distance of neighbouring taps on the cotangent. */
  readonly dilation: number;
}

/** How the phases of an axis lie on the input. */
export interface PhaseGrid {
  readonly stride: number;
  /** Phases that are computed; the others are zero. */
  readonly phases: number;
  /** Positions per phase. */
  readonly length: number;
  /** Interleaved positions before the input's first. */
  readonly skip: number;
}

/** The grid of a stride-1 convolution and the zeros around the cotangent that it reads. */
export interface PhaseSpan extends PhaseGrid {
  readonly padding: [number, number];
}

/** The phases along rows and columns. */
export function phasesOf(geometry: WindowGeometry): readonly [PhaseAxis, PhaseAxis] {
  return [phaseAxis(axisOf(geometry, 0)), phaseAxis(axisOf(geometry, 1))];
}

function phaseAxis({ window, stride, dilation }: WindowAxis): PhaseAxis {
  // Without a stride the taps keep their distance; with one, the gaps between them become absent taps.
  if (stride === 1) return { taps: [Array.from({ length: window }, (_, k) => window - 1 - k)], stride, dilation };
  const places = Array.from({ length: window }, (_, k) => k * dilation);
  const phases = Math.max(...places.map((place) => place % stride)) + 1;
  const length = Math.floor((places.at(-1) as number) / stride) + 1;
  const tap = (r: number, j: number): number => places.indexOf(r + stride * (length - 1 - j));
  return {
    taps: Array.from({ length: phases }, (_, r) => Array.from({ length }, (_, j) => tap(r, j))),
    stride,
    dilation: 1,
  };
}

/** What the convolutions along rows and columns read for an input of that shape. */
export function spansOf(
  phases: readonly [PhaseAxis, PhaseAxis],
  cotangentShape: readonly number[],
  { inputShape, geometry }: { inputShape: readonly number[]; geometry: WindowGeometry },
): readonly [PhaseSpan, PhaseSpan] {
  const span = (axis: 0 | 1): PhaseSpan => {
    const { taps, stride, dilation } = phases[axis];
    const size = inputShape[axis + 1] as number;
    const before = paddingBefore(size, axisOf(geometry, axis));
    const first = Math.floor(before / stride);
    const end = Math.floor((size - 1 + before) / stride) + 1;
    const reach = (tapCount(taps) - 1) * dilation;
    return {
      padding: [reach - first, end - (cotangentShape[axis + 1] as number)],
      stride,
      phases: taps.length,
      length: end - first,
      skip: before - first * stride,
    };
  };
  return [span(0), span(1)];
}

/** Taps per phase. */
export function tapCount(taps: PhaseAxis['taps']): number {
  return (taps[0] as readonly number[]).length;
}

/** A kernel [h, w, …] with its rows and columns ordered by phase and flipped within each: [phase · tap, phase · tap, …]. */
export function phaseKernel(kernel: Tensor4D, phases: readonly [PhaseAxis, PhaseAxis]): Tensor4D {
  return takeTaps(takeTaps(kernel, phases[0], 0), phases[1], 1);
}

function takeTaps(kernel: Tensor4D, { taps }: PhaseAxis, axis: 0 | 1): Tensor4D {
  const places = taps.flat();
  const zero = kernel.shape[axis];
  const after = (of: 0 | 1): [number, number] => [0, of === axis && places.includes(-1) ? 1 : 0];
  const padded = tf.pad4d(kernel, [after(0), after(1), [0, 0], [0, 0]]);
  return tf.gather(
    padded,
    tf.tensor1d(
      places.map((k) => (k < 0 ? zero : k)),
      'int32',
    ),
    axis,
  ) as Tensor4D;
}

/** Images [batch, length, length, channels], one per row phase and column phase, put in their places on the input plane. */
export function interleave(
  images: readonly Tensor4D[],
  inputShape: readonly number[],
  grids: readonly [PhaseGrid, PhaseGrid],
): Tensor4D {
  const [batch, height, width, channels] = (images[0] as Tensor4D).shape;
  const [rows, columns] = grids;
  const all: Tensor4D = tf.reshape(joined(images), [rows.phases, columns.phases, batch * height * width, channels]);
  const lines = swapped(all, [1, rows.phases, batch * height, width * columns.phases * channels]);
  const blocks = swapped(lines, [batch * height, rows.phases, width, columns.phases * channels]);
  return placed(blocks, inputShape, grids);
}

function joined(images: readonly Tensor4D[]): Tensor4D {
  return images.length === 1 ? (images[0] as Tensor4D) : tf.concat4d([...images], 0);
}

/** [a, b, c, d] to [a, c, b, d], then in the given shape. The only transposition that wasm does fast. */
export function swapped(x: Tensor4D, shape: Tensor4D['shape']): Tensor4D {
  return tf.reshape(x.shape[1] === 1 || x.shape[2] === 1 ? x : tf.transpose(x, [0, 2, 1, 3]), shape);
}

/** Phases [batch · length, row phase, length, column phase · channels] on the input plane. */
export function placed(
  phases: Tensor4D,
  inputShape: readonly number[],
  [rows, columns]: readonly [PhaseGrid, PhaseGrid],
): Tensor4D {
  const [batch, height, width, channels] = inputShape.slice(0, 3).concat(phases.shape[3] / columns.phases) as Shape4D;
  const all = padded(phases, [
    [0, 0],
    [0, rows.stride - rows.phases],
    [0, 0],
    [0, (columns.stride - columns.phases) * channels],
  ]);
  const shape: Shape4D = [batch, rows.length * rows.stride, columns.length * columns.stride, channels];
  return cropped(tf.reshape(all, shape), [rows.skip, columns.skip], [batch, height, width, channels]);
}

type Shape4D = [number, number, number, number];
type Margins = [[number, number], [number, number], [number, number], [number, number]];

// tfjs copies even where nothing is added or cut.
function padded(x: Tensor4D, margins: Margins): Tensor4D {
  return margins.every(([before, after]) => before + after === 0) ? x : tf.pad4d(x, margins);
}

/** The part of an image of that shape which begins at a row and column. */
export function cropped(x: Tensor4D, [row, column]: readonly [number, number], size: Shape4D): Tensor4D {
  if (x.shape.every((length, axis) => length === size[axis])) return x;
  const [batch, rows, columns, channels] = x.shape;
  // By whole rows: wasm copies a slice of rank 4 pixel by pixel.
  const lines: Tensor3D = tf.reshape(x, [batch, rows, columns * channels]);
  const [, height, width] = size;
  return tf.reshape(tf.slice3d(lines, [0, row, column * channels], [batch, height, width * channels]), size);
}
