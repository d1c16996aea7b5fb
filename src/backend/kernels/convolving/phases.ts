import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { axisOf, outputSize, paddingBefore, type WindowAxis, type WindowGeometry } from '../geometry.ts';

type Pair = readonly [number, number];

/** A convolution with some taps of a kernel, whose results lie apart on the output. */
export interface Phase {
  /** The first tap that is read, how many are, and how far they are apart in the kernel. */
  readonly window: Pair;
  readonly taps: Pair;
  readonly tapStep: Pair;
  /** Zeros before the rows and columns of what is read. */
  readonly before: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  /** Where the first result lies, and how many there are. */
  readonly from: Pair;
  readonly size: Pair;
}

/** A window of one tap on every pixel. */
const pointwise: Omit<Phase, 'size'> = {
  window: [0, 0],
  taps: [1, 1],
  tapStep: [1, 1],
  before: [0, 0],
  strides: [1, 1],
  dilations: [1, 1],
  from: [0, 0],
};

/** Convolutions that together make an output. */
export interface Phases {
  readonly phases: readonly Phase[];
  readonly direction: 'forward' | 'back';
  /** How far apart the results of a phase lie. */
  readonly every: Pair;
  /** Of what is read and what is made. */
  readonly channels: Pair;
  /** Of the kernel as it lies in memory: columns, and numbers from one channel to the next, read and made. */
  readonly windowWidth: number;
  readonly channelSteps: Pair;
  readonly output: readonly [batch: number, rows: number, columns: number];
}

/** The convolution of images of a shape with a kernel [rows, columns, in, out]. */
export function forwardPhases(
  [batch, rows, columns]: readonly [number, number, number, ...unknown[]],
  [height, width, inputs, outputs]: Tensor4D['shape'],
  geometry: WindowGeometry,
): Phases {
  const [down, across] = axes(geometry);
  const place: Phase = {
    ...pointwise,
    taps: [height, width],
    before: [paddingBefore(rows, down), paddingBefore(columns, across)],
    strides: geometry.strides,
    dilations: geometry.dilations,
    size: [outputSize(rows, down), outputSize(columns, across)],
  };
  return {
    phases: [place],
    direction: 'forward',
    every: [1, 1],
    channels: [inputs, outputs],
    windowWidth: width,
    channelSteps: [outputs, 1],
    output: [batch, ...place.size],
  };
}

/** Its transpose, from cotangents of its output to those of images of a shape. */
export function backPhases(
  [batch, rows, columns]: readonly [number, number, number, ...unknown[]],
  [, width, inputs, outputs]: Tensor4D['shape'],
  geometry: WindowGeometry,
): Phases {
  const [down, across] = axes(geometry);
  const ofColumns = phasesAlong(columns, across);
  const both = (row: AxisPhase, column: AxisPhase): Phase => ({
    window: [row.last, column.last],
    taps: [row.taps, column.taps],
    tapStep: [row.tapStep, column.tapStep],
    before: [row.before, column.before],
    strides: [1, 1],
    dilations: [row.dilation, column.dilation],
    from: [row.from, column.from],
    size: [row.size, column.size],
  });
  return {
    // Also those without a place on so small an image: the kernel is packed for all sizes.
    phases: phasesAlong(rows, down).flatMap((row) => ofColumns.map((column) => both(row, column))),
    direction: 'back',
    every: geometry.strides,
    channels: [outputs, inputs],
    windowWidth: width,
    channelSteps: [1, outputs],
    output: [batch, rows, columns],
  };
}

/** The product of rows with a kernel [in, out], or with its transpose. */
export function productPhases(
  rows: number,
  [inputs, outputs]: readonly [number, number],
  direction: Phases['direction'],
): Phases {
  const isForward = direction === 'forward';
  return {
    phases: [{ ...pointwise, size: [1, rows] }],
    direction,
    every: [1, 1],
    channels: isForward ? [inputs, outputs] : [outputs, inputs],
    windowWidth: 1,
    channelSteps: isForward ? [outputs, 1] : [1, outputs],
    output: [1, 1, rows],
  };
}

/** What of a phase belongs to one axis. */
interface AxisPhase {
  readonly last: number;
  readonly taps: number;
  readonly tapStep: number;
  readonly before: number;
  readonly dilation: number;
  readonly from: number;
  readonly size: number;
}

function axes(geometry: WindowGeometry): [WindowAxis, WindowAxis] {
  return [axisOf(geometry, 0), axisOf(geometry, 1)];
}

/**
 * The input gradient along an axis, of $y_o = \sum_k w_k x_{os + kd - p}$. With $g = \gcd(s, d)$, the inputs of one phase,
 * those with the same $(i + p) \bmod s$, are reached by the taps $k_0, k_0 + s/g, …$, which read cotangents that lie
 * $d/g$ apart: $\partial x_i = \sum_j w_{k_0 + js/g}\,\partial y_{(i + p - k_0 d)/s - jd/g}$. Nothing is multiplied by
 * the zeros of a stride.
 */
function phasesAlong(size: number, axis: WindowAxis): AxisPhase[] {
  const { window, stride, dilation } = axis;
  const before = paddingBefore(size, axis);
  const common = greatestCommonDivisor(stride, dilation);
  const [tapStep, apart] = [stride / common, dilation / common];
  return Array.from({ length: stride }, (_, phase) => {
    const first = Array.from({ length: Math.min(tapStep, window) }, (_, k) => k).find(
      (k) => (k * dilation) % stride === phase,
    );
    const from = (((phase - before) % stride) + stride) % stride;
    const taps = first === undefined ? 0 : Math.ceil((window - first) / tapStep);
    const read = first === undefined ? 0 : (from + before - first * dilation) / stride;
    return {
      last: (first ?? 0) + (taps - 1) * tapStep,
      taps,
      tapStep: -tapStep,
      before: (taps - 1) * apart - read,
      dilation: apart,
      from,
      size: Math.max(0, Math.ceil((size - from) / stride)),
    };
  });
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** What a kernel is told of a phase, in numbers and bytes. */
export interface Placed {
  /** Rows of the packed matrix that belong to the phases before. */
  readonly rowsBefore: number;
  readonly resultAt: number;
  readonly sizes: readonly number[];
  /** From one image, line and pixel of the output to the next. */
  readonly written: readonly number[];
}

/** The phases, with what the kernels are told of each where x is read. */
export function placed({ phases, channels, every, output }: Phases, x: Tensor): (readonly [Phase, Placed])[] {
  const [inputs, outputs] = channels;
  const [batch, rows, columns] = output;
  const [, height, length] = x.shape as Tensor4D['shape'];
  const pixel = 4 * outputs;
  const written = [rows * columns * pixel, every[0] * columns * pixel, every[1] * pixel];
  let rowsBefore = 0;
  return phases.map((phase) => {
    const { taps, strides, from, size } = phase;
    // Of pointwise ones all pixels are one line.
    const isLine = isPointwise(phase) && every[0] * every[1] === 1;
    const [read, made] = isLine
      ? [
          [1, 1, x.size / inputs],
          [1, x.size / inputs],
        ]
      : [[batch, height, length], size];
    const sizes = [...read, inputs, ...made, outputs, ...taps, ...strides];
    const place: Placed = { rowsBefore, resultAt: pixel * (from[0] * columns + from[1]), sizes, written };
    rowsBefore += tapsOf(phase) * inputs;
    return [phase, place] as const;
  });
}

function isPointwise({ taps, strides, before }: Phase): boolean {
  return [...taps, ...strides].every((length) => length === 1) && before.every((zeros) => zeros === 0);
}

/** How many taps a phase has. */
export function tapsOf({ taps }: Phase): number {
  return taps[0] * taps[1];
}
