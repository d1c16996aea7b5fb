import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, sameShape, sizeOf, type TypedArray } from '../../numeric/ndarray.ts';
import { pixelsOf } from '../givenMap.ts';
import type { GivenMap, MetricResult } from '../types.ts';

/** Where the object is: `[n, h, w]`, or `[h, w]` for all examples (of volumes `[n, d, h, w]` or `[d, h, w]`); what is not zero is inside. */
export type ObjectMask = NdArray<TypedArray>;

/** One example: a number per position, and which of them lie in the mask. */
export interface Located {
  /** The channels of the map summed. */
  readonly values: Float64Array;
  readonly inside: readonly boolean[];
  /** The number of positions inside. */
  readonly size: number;
  /** The axes of the positions. */
  readonly shape: readonly number[];
}

/** A score per example of a map and a mask; NaN where the mask is empty. */
export function locate(
  map: GivenMap,
  mask: ObjectMask,
  { metric, score }: { readonly metric: string; readonly score: (located: Located) => number },
): MetricResult {
  const scores = locatedExamples(map, mask).map((located) => (located.size === 0 ? Number.NaN : score(located)));
  return { metric, score: Float32Array.from(scores), higherIsBetter: true };
}

function locatedExamples(map: GivenMap, mask: ObjectMask): readonly Located[] {
  const { positions, examples } = pixelsOf(map, mask);
  assertArray('mask', mask, [positions.length, positions.length + 1]);
  assertFiniteArray('mask', mask);
  const own = mask.shape.length > positions.length;
  const expected = own ? [examples.length, ...positions] : positions;
  if (!sameShape(mask.shape, expected)) {
    throw new VitrineError(
      'bad-shape',
      `"mask" expected shape [${expected.join(', ')}], got [${mask.shape.join(', ')}]`,
    );
  }
  const size = sizeOf(positions);
  return examples.map((values, i) => {
    const inside = Array.from(values, (_, k) => mask.data[(own ? i * size : 0) + k] !== 0);
    return { values, inside, size: inside.filter(Boolean).length, shape: positions };
  });
}
