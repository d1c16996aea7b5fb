import { assertArray, assertFiniteArray, assertNumber } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import { assertOptions, type OptionChecks, object } from '../../numeric/options.ts';

/** Where filters peak and where parts are, in pixels. */
export interface PartAnnotations {
  /** The centre of what each filter sees at its peak, `[n, d, 2]`, row and column. */
  readonly positions: NdArray<TypedArray>;
  /** The centres of parts, `[n, m, 2]`, row and column; NaN where a part is not to be seen. */
  readonly parts: NdArray<TypedArray>;
  /** The peaks, `[n, d]`: a filter has no say in images in which it is not above 0. All have one by default. */
  readonly scores?: NdArray<TypedArray>;
}

/** Options of {@link filterPartMatrix}. */
export interface PartMatrixOptions {
  /** In pixels, beyond which a part is not near; no limit by default. */
  readonly maxDistance?: number;
}

/** Which filter belongs to which part. */
export interface FilterPartMatrix {
  /** A, `[m, d]`: 1 where a filter is of a part, else 0. */
  readonly matrix: NdArray<Float64Array>;
  /** The part of each filter, `[d]`; −1 for one that is near no part. */
  readonly part: Int32Array;
  /** In how many images each filter is nearest to each part, `[m, d]`. */
  readonly counts: NdArray<Int32Array>;
}

const checks: OptionChecks<PartMatrixOptions> = {
  maxDistance: (argument, distance) => {
    if (distance !== Number.POSITIVE_INFINITY) assertNumber(argument, distance as number, 0);
  },
};

/**
 * Assigns filters to parts: in each image the part whose centre is nearest to the filter's peak, over all images the part that is
 * so most often, of equals the first one.
 *
 * Source: Zhang, Yang, Ma and Wu 2019, "Interpreting CNNs via decision trees", §3, "Interpreting CNNs": one part per filter.
 *
 * @param annotations `positions`, as `peakPositions` gives them, `parts`, `scores`.
 * @param options `maxDistance`.
 * @returns the matrix of parts and filters `[m, d]`, the part of each filter, and the counts.
 * @throws {VitrineError} if shapes do not fit or a position is not finite.
 * @example
 * ```ts
 * import { filterPartMatrix } from 'vitrine/distillation';
 * const { part, matrix } = filterPartMatrix({
 *   positions: { shape: [1, 3, 2], data: Float32Array.of(2, 2, 9, 9, 3, 1) },
 *   parts: { shape: [1, 2, 2], data: Float32Array.of(1, 1, 10, 10) },
 * });
 * console.log(part, matrix.data); // 0, 1, 0; 1, 0, 1, 0, 1, 0
 * ```
 */
export function filterPartMatrix(annotations: PartAnnotations, options: PartMatrixOptions = {}): FilterPartMatrix {
  assertOptions(options, checks);
  object('annotations', annotations);
  const { positions, parts, scores } = annotations;
  const { maxDistance = Number.POSITIVE_INFINITY } = options;
  assertArray('positions', positions, [3]);
  assertFiniteArray('positions', positions);
  assertArray('parts', parts, [3]);
  const [images, filters] = positions.shape as [number, number];
  const count = parts.shape[1] as number;
  assertShape('positions', positions, [images, filters, 2]);
  assertShape('parts', parts, [images, count, 2]);
  if (scores !== undefined) {
    assertArray('scores', scores, [2]);
    assertShape('scores', scores, [images, filters]);
  }
  const counts = new Int32Array(count * filters);
  for (let image = 0; image < images; image++) {
    for (let filter = 0; filter < filters; filter++) {
      if (scores && !((scores.data[image * filters + filter] as number) > 0)) continue;
      const part = nearestPart({ positions, parts }, { image, filter, maxDistance });
      if (part >= 0) counts[part * filters + filter] = (counts[part * filters + filter] as number) + 1;
    }
  }
  const part = Int32Array.from({ length: filters }, (_, filter) => mostOften(counts, filter, filters));
  const matrix = new Float64Array(count * filters);
  part.forEach((own, filter) => {
    if (own >= 0) matrix[own * filters + filter] = 1;
  });
  const shape = [count, filters];
  return { matrix: { shape, data: matrix }, part, counts: { shape, data: counts } };
}

function nearestPart(
  { positions, parts }: PartAnnotations,
  { image, filter, maxDistance }: { image: number; filter: number; maxDistance: number },
): number {
  const at = (image * (positions.shape[1] as number) + filter) * 2;
  const count = parts.shape[1] as number;
  let [nearest, least] = [-1, Number.POSITIVE_INFINITY];
  for (let part = 0; part < count; part++) {
    const place = (image * count + part) * 2;
    const distance = Math.hypot(
      (positions.data[at] as number) - (parts.data[place] as number),
      (positions.data[at + 1] as number) - (parts.data[place + 1] as number),
    );
    if (distance <= maxDistance && distance < least) [nearest, least] = [part, distance];
  }
  return nearest;
}

function mostOften(counts: Int32Array, filter: number, filters: number): number {
  let [part, most] = [-1, 0];
  for (let own = 0; own * filters < counts.length; own++) {
    const times = counts[own * filters + filter] as number;
    if (times > most) [part, most] = [own, times];
  }
  return part;
}

function assertShape(argument: string, { shape }: NdArray<TypedArray>, expected: readonly number[]): void {
  if (shape.length === expected.length && shape.every((length, axis) => length === expected[axis])) return;
  throw new VitrineError(
    'bad-shape',
    `"${argument}" expected shape [${expected.join(', ')}], got [${shape.join(', ')}]`,
  );
}
