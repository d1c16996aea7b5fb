import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NdArray } from '../../../numeric/ndarray.ts';
import type { Random } from '../../../numeric/random.ts';
import type { PictureShape } from '../parameterization.ts';
import { partOf, type RawIo, type RawPictures } from '../rawPictures.ts';

/** Raw pictures that are the sum of parts; given pictures are all in the first part. */
export function added(parts: readonly RawPictures[]): RawPictures {
  const [first] = parts as [RawPictures];
  const counts = parts.map(({ sizes }) => sizes.parameters);
  const tableCounts = parts.map(({ sizes }) => sizes.tables);
  const ioOf = <T extends Omit<RawIo, 'parameters'>>(io: T, part: number): T => ({
    ...io,
    tables: partOf(io.tables, tableCounts, part),
  });
  return {
    sizes: { parameters: sum(counts), tables: sum(tableCounts) },
    start: (shape, random) => parts.flatMap((part) => part.start(shape, random)),
    ...(first.from && {
      from: (raw, shape) => [
        ...(first.from?.(raw, shape) ?? []),
        ...parts.slice(1).flatMap((part) => zeros(part, shape)),
      ],
    }),
    tables: (shape) => parts.flatMap((part) => part.tables(shape)),
    render: (parameters, io) =>
      parts
        .map((part, i) => part.render(partOf(parameters, counts, i), ioOf(io, i)))
        .reduce((total, raw) => tf.add<Tensor4D>(total, raw)),
    pullback: (cotangent, { parameters, ...io }) =>
      parts.flatMap((part, i) =>
        part.pullback(cotangent, { ...ioOf(io, i), parameters: partOf(parameters, counts, i) }),
      ),
  };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** The parameters of a part that adds nothing. */
function zeros(part: RawPictures, shape: PictureShape): readonly NdArray[] {
  return part.start(shape, nothing);
}

const nothing: Random = { uniform: () => 0, normal: () => 0, integer: () => 0 };
