import { VitrineError } from '../../../numeric/errors.ts';
import { conv2dTranspose, type TransposedGeometry, transposedLength } from '../../operations/conv2dTranspose.ts';
import type { GivenValue, Length } from '../given.ts';
import { constantAt, lengthsAt, type NodeCall, type NodeLowering, titleOf, valueAt } from '../nodeCall.ts';
import { dilatedBy } from './phases.ts';
import { channelsLast, inFormat, isChannelsFirst, kernelWindow, onPlane, slidingOf } from './windows.ts';

/** A transposed convolution: the input gradient of a convolution, whose size is an input of the node. */
export const transposedConvolution: NodeLowering = (call) => {
  const x = valueAt(call, 2);
  const kernel = constantAt(call, 1);
  const sliding = slidingOf(call, kernelWindow(call, kernel));
  if (sliding.margins)
    throw new VitrineError('unsupported-layer', `${titleOf(call)} expected padding SAME or VALID, got EXPLICIT`);
  const { geometry, margins } = dilatedBy(call, x.view, sliding);
  const [batch = null, ...plane] = channelsLast(call, x.shape);
  const around = [margins?.rows ?? [0, 0], margins?.columns ?? [0, 0]] as const;
  const padded = around.map(([before, after], axis) => (plane[axis] == null ? null : plane[axis] + before + after));
  const outputPadding = x.view ? ([0, 0] as const) : outputPaddingOf(call, x, geometry);
  const transposed: TransposedGeometry = { ...geometry, outputPadding };
  const lengths = padded.map((length, axis) =>
    length === null ? null : transposedLength(length, transposed, axis as 0 | 1),
  );
  return {
    operations: onPlane(call, margins, [conv2dTranspose(call.source, transposed, () => ({ kernel: kernel.read() }))]),
    values: [{ value: x.value, shape: x.shape }],
    shape: inFormat(call, [batch, ...lengths, kernel.shape[2] as number]),
    view: x.view && { ...x.view, rows: [0, 0], columns: [0, 0] },
    weights: [kernel],
  };
};

/** By how much the size that the node is given exceeds the least, along rows and columns. */
function outputPaddingOf(call: NodeCall, x: GivenValue, geometry: TransposedGeometry): [number, number] {
  const firstAxis = isChannelsFirst(call) ? 2 : 1;
  const sizes = lengthsAt(call, 0).slice(firstAxis, firstAxis + 2);
  const least: TransposedGeometry = { ...geometry, outputPadding: [0, 0] };
  return ([0, 1] as const).map((axis) => {
    const beyond = lengthBeyond(sizes[axis] as Length, x, {
      least,
      along: { inPlane: axis, inValue: firstAxis + axis },
    });
    if (beyond !== undefined) return beyond;
    throw new VitrineError(
      'unsupported-layer',
      `${titleOf(call)} has a size that depends on the size of the input, which the model leaves open`,
    );
  }) as [number, number];
}

/** By how much a size exceeds the least that the window makes of a length, which may be open. */
function lengthBeyond(
  size: Length,
  { value, shape }: GivenValue,
  { least, along }: { least: TransposedGeometry; along: { inPlane: 0 | 1; inValue: number } },
): number | undefined {
  const length = shape[along.inValue] ?? null;
  if (typeof size === 'number')
    return length === null ? undefined : size - transposedLength(length, least, along.inPlane);
  const { of, times, plus } = size;
  if (of?.value !== value || of.axis !== along.inValue || times !== least.strides[along.inPlane]) return undefined;
  return times + plus - transposedLength(1, least, along.inPlane);
}
