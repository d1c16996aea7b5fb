import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { alongAxis, pad } from '../../backend/portable.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { OpenShape } from '../graph/graph.ts';
import type { Operation, OperationRegion } from '../graph/operation.ts';
import type { OperationSource } from '../operations/base.ts';
import { crop } from '../operations/border.ts';
import { reshape } from '../operations/shape.ts';
import { slice as box } from '../operations/slice.ts';
import { type Cut, cutAxes, isWhole, type Span, slicedShape, spanOf } from './cuts.ts';
import { axisOf, listed } from './openShapes.ts';
import type { TensorFunction } from './tensorFunction.ts';

/** `x[cuts]` as in Python, the batch axis first. */
export const slice = ({ cuts }: { cuts: readonly Cut[] }): TensorFunction => ({
  applied: { name: 'slice' },
  apply: ([x]) => {
    const { shape } = x as Tensor;
    const taken = cutAxes(cuts, shape).reduce(
      (rest, cut, axis) => along(rest, axis, spanOf(cut, shape[axis] as number)),
      x as Tensor,
    );
    return [tf.reshape(taken, [...(slicedShape(cuts, shape) as number[])])];
  },
  shapes: ([shape = []]) => [slicedShape(cuts, shape)],
  kind: 'crop',
  region: (output, [shape = []]) => [regionOf(output, cuts, shape)],
  lower: ({ source, operands: [value] }) => lowered(source, cuts, value?.shape ?? []),
});

/** One of the parts that an axis falls into: parts of these sizes, or so many of one size. */
export const split = ({ axis, sizes }: { axis: number; sizes: number | readonly number[] }): TensorFunction => {
  const partsOf = (shape: OpenShape): readonly TensorFunction[] => {
    const at = axisOf(axis, shape.length);
    const lengths = sizesOf(sizes, shape[at] ?? null);
    return lengths.map((length, i) => {
      const start = lengths.slice(0, i).reduce((total, size) => total + size, 0);
      return slice({ cuts: shape.map((_, other) => (other === at ? { start, stop: start + length } : {})) });
    });
  };
  return severalOf('split', partsOf);
};

/** The slices of an axis, which goes. */
export const unstack = ({ axis }: { axis: number }): TensorFunction =>
  severalOf('unstack', (shape) => {
    const at = axisOf(axis, shape.length);
    const count = shape[at];
    if (typeof count !== 'number')
      throw new VitrineError('unsupported-layer', `unstack of ${listed(shape)} along axis ${at}, whose length is open`);
    return Array.from({ length: count }, (_, place) =>
      slice({ cuts: shape.map((__, other) => (other === at ? place : {})) }),
    );
  });

/** A function with several outputs, each a slice. */
function severalOf(name: string, partsOf: (shape: OpenShape) => readonly TensorFunction[]): TensorFunction {
  return {
    applied: { name },
    apply: ([x]) => partsOf((x as Tensor).shape).flatMap((part) => part.apply([x as Tensor])),
    shapes: ([shape = []]) => partsOf(shape).flatMap((part) => part.shapes([shape])),
    lower: (call) => partsOf(call.operands[0]?.shape ?? [])[call.output ?? 0]?.lower?.(call),
  };
}

function sizesOf(sizes: number | readonly number[], length: number | null): readonly number[] {
  if (length === null) throw new VitrineError('unsupported-layer', 'split of an axis whose length is open');
  if (typeof sizes === 'number') return Array.from({ length: sizes }, () => length / sizes);
  const known = sizes.filter((size) => size >= 0).reduce((total, size) => total + size, 0);
  return sizes.map((size) => (size < 0 ? length - known : size));
}

/** A tensor with every `step`-th place of an axis; written out, as tfjs has no gradient for strided slices. */
function along(x: Tensor, axis: number, { start, count, step }: Span): Tensor {
  const length = x.shape[axis] as number;
  if (start === 0 && count === length && step === 1) return x;
  return alongAxis(x, axis, (line) => {
    const [before = 1, , after = 1] = line.shape;
    const [forwards, from] = step < 0 ? [tf.reverse(line, 1), length - 1 - start] : [line, start];
    const stride = Math.abs(step);
    const cut = tf.slice(forwards, [0, from, 0], [before, (count - 1) * stride + 1, after]);
    const even = pad(cut, [
      [0, 0],
      [0, stride - 1],
      [0, 0],
    ]);
    const taken = tf.slice(tf.reshape(even, [before, count, stride, after]), [0, 0, 0, 0], [before, count, 1, after]);
    return tf.reshape(taken, [before, count, after]);
  });
}

/** Of an image plane that keeps its axes, the rows and columns that are taken. */
function regionOf(
  { rows, columns }: OperationRegion,
  cuts: readonly Cut[],
  shape: readonly number[],
): OperationRegion | 'all' {
  const [, ofRows, ofColumns] = cutAxes(cuts, shape).map((cut, axis) => spanOf(cut, shape[axis] as number));
  if (shape.length !== 4 || slicedShape(cuts, shape).length !== 4 || !ofRows || !ofColumns) return 'all';
  if (ofRows.step < 0 || ofColumns.step < 0) return 'all';
  const read = ([first, end]: readonly [number, number], { start, step }: Span): readonly [number, number] => [
    start + first * step,
    start + (end - 1) * step + 1,
  ];
  return { rows: read(rows, ofRows), columns: read(columns, ofColumns) };
}

function lowered(source: OperationSource, cuts: readonly Cut[], shape: OpenShape): readonly Operation[] | undefined {
  const perAxis = cutAxes(cuts, shape);
  const taken = cropped(source, perAxis, shape) ?? boxed(source, perAxis, shape);
  if (!taken) return undefined;
  const lengths = slicedShape(cuts, shape);
  const asItIs = lengths.length === shape.length && cuts.every((cut) => typeof cut === 'object' || cut === 'rest');
  const open = lengths.slice(1).filter((length) => length === null).length;
  if (asItIs) return [taken];
  return open > 1
    ? undefined
    : [
        taken,
        reshape(
          source,
          lengths.slice(1).map((length) => length ?? -1),
        ),
      ];
}

type AxisCuts = ReturnType<typeof cutAxes>;

/** Rows and columns cut off an image plane, and no more; its size may be open. */
function cropped(source: OperationSource, cuts: AxisCuts, shape: OpenShape): Operation | undefined {
  const outside = cuts.some((cut, axis) => axis !== 1 && axis !== 2 && !isWhole(cut, shape[axis] ?? null));
  if (shape.length !== 4 || outside) return undefined;
  const [rows, columns] = [1, 2].map((axis) => marginsOf(cuts[axis] as AxisCuts[number], shape[axis] ?? null));
  return rows && columns && crop(source, { rows, columns });
}

/** What a cut leaves out before and after; `undefined` where it takes not all places between, or it cannot be told. */
function marginsOf(cut: AxisCuts[number], length: number | null): readonly [number, number] | undefined {
  if (length !== null) {
    const { start, count, step } = spanOf(cut, length);
    return step === 1 ? [start, length - start - count] : undefined;
  }
  if (typeof cut === 'number' || (cut.step ?? 1) !== 1) return undefined;
  const [start, stop] = [cut.start ?? 0, cut.stop ?? 0];
  return start >= 0 && stop <= 0 ? [start, -stop] : undefined;
}

/** A box of a value whose lengths are known where they are cut. */
function boxed(source: OperationSource, cuts: AxisCuts, shape: OpenShape): Operation | undefined {
  const spans = cuts.slice(1).map((cut, i): Span | undefined => {
    const length = shape[i + 1] ?? null;
    if (length !== null) return spanOf(cut, length);
    return isWhole(cut, null) ? { start: 0, count: -1, step: 1 } : undefined;
  });
  if (!spans.every((span) => span?.step === 1)) return undefined;
  const known = spans as Span[];
  return box(
    source,
    known.map(({ start }) => start),
    known.map(({ count }) => count),
  );
}
