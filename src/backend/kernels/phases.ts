import type { Tensor4D } from '@tensorflow/tfjs-core';
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

/** What the stride-1 convolution of one axis reads and where its result begins. */
export interface PhaseSpan {
  /** Zeros around the cotangent. */
  readonly padding: [number, number];
  /** Positions per phase. */
  readonly length: number;
  /** Positions of the interleaved phases before the input's first. */
  readonly skip: number;
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

/** Phases [batch · length, row phases, length, column phases · channels] put in their places on the input plane. */
export function interleave(
  parts: Tensor4D,
  inputShape: readonly number[],
  { phases, spans }: { phases: readonly [PhaseAxis, PhaseAxis]; spans: readonly [PhaseSpan, PhaseSpan] },
): Tensor4D {
  const [rows, columns] = phases;
  const [batch, height, width] = inputShape as [number, number, number, number];
  const channels = parts.shape[3] / columns.taps.length;
  const all = tf.pad4d(parts, [
    [0, 0],
    [0, rows.stride - rows.taps.length],
    [0, 0],
    [0, (columns.stride - columns.taps.length) * channels],
  ]);
  const plane = tf.reshape(all, [batch, spans[0].length * rows.stride, spans[1].length * columns.stride, channels]);
  return tf.slice4d(plane as Tensor4D, [0, spans[0].skip, spans[1].skip, 0], [batch, height, width, channels]);
}
