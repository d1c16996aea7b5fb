import type { Tensor4D } from '@tensorflow/tfjs-core';
import { axisOf, paddingAround, type WindowGeometry } from '../kernels/geometry.ts';
import { cropped } from '../kernels/phases.ts';
import type { Sliding } from './taps.ts';

type Pair = [number, number];

/** A window whose padding has a name, on an input with more around it where it had none. */
export interface PaddedWindow {
  readonly geometry: WindowGeometry;
  readonly shape: Tensor4D['shape'];
  /** What is around the rows and the columns. */
  readonly around: readonly [Pair, Pair];
}

/** A window of tfjs, whose padding may be any numbers, as this package names it. */
export function paddedWindow(
  inputShape: Tensor4D['shape'],
  outputShape: readonly number[],
  sliding: Sliding,
): PaddedWindow {
  const { filter: window, strides, dilations, padding } = sliding;
  const [batch, rows, columns, channels] = inputShape;
  const named = (name: 'same' | 'valid'): WindowGeometry => ({ window, strides, dilations, padding: name });
  const isNamed = (geometry: WindowGeometry): boolean =>
    ([0, 1] as const).every((axis) => {
      const around = paddingAround(axis ? columns : rows, axisOf(geometry, axis));
      return around.every((length, side) => length === padding[axis][side]);
    });
  const geometry = [named('valid'), named('same')].find(isNamed);
  if (geometry)
    return {
      geometry,
      shape: inputShape,
      around: [
        [0, 0],
        [0, 0],
      ],
    };
  // The last window may reach beyond the padding.
  const around = ([0, 1] as const).map((axis): Pair => {
    const [before, after] = padding[axis];
    const extent = ((outputShape[axis + 1] as number) - 1) * strides[axis] + (window[axis] - 1) * dilations[axis] + 1;
    return [before, Math.max(after, extent - before - (axis ? columns : rows))];
  }) as [Pair, Pair];
  const [[top, bottom], [left, right]] = around;
  return { geometry: named('valid'), shape: [batch, top + rows + bottom, left + columns + right, channels], around };
}

/** The gradient of an input, of that of its {@link paddedWindow padded} one. */
export function withoutPadding(gradient: Tensor4D, { around }: PaddedWindow, inputShape: Tensor4D['shape']): Tensor4D {
  return cropped(gradient, [around[0][0], around[1][0]], inputShape);
}
