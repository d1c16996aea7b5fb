import { assertInteger } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { extremeFactors } from '../../numeric/linear/extremeFactors.ts';
import { type FactorSearch, multiplicativeFactors } from '../../numeric/linear/multiplicativeFactors.ts';
import { type NdArray, placeAt } from '../../numeric/ndarray.ts';
import { forEachOf, type Sliced } from '../../numeric/sliced.ts';
import { transposed } from '../concepts/nonNegativeFactors.ts';

/** Maps `[positions × groups]` and directions `[groups × units]`. */
export interface GroupFactors {
  readonly maps: Float32Array;
  readonly directions: Float32Array;
}

/** A number of groups, 6 by default where there are as many positions and units; refuses more than there are of either. */
export function groupCount(argument: string, count: number | undefined, { shape }: NdArray): number {
  const most = Math.min(...shape);
  assertInteger(argument, count ?? 1, [1, most]);
  return count ?? Math.min(6, most);
}

/** A matrix without negative numbers as weights `[positions, groups]` times parts `[groups, units]`. */
export function* factors(
  { shape, data }: NdArray,
  count: number,
  search: FactorSearch,
): Sliced<{ readonly weights: NdArray; readonly parts: NdArray; readonly explained: number }> {
  const [rows, columns] = shape as [number, number];
  const matrix = { rows, columns, values: data };
  const found = yield* multiplicativeFactors(matrix, yield* extremeFactors(matrix, count), search);
  const square = data.reduce((sum, value) => sum + value * value, 0);
  return {
    weights: { shape: [rows, count], data: Float32Array.from(found.weights) },
    parts: { shape: [count, columns], data: transposed(found.parts, count) },
    explained: 1 - (found.errors[search.steps] as number) ** 2 / square,
  };
}

/** Activations `[n, h, w, u]` as `[positions, units]`. */
export function positionRows({ shape, data }: NdArray): NdArray {
  const units = shape[3] as number;
  return { shape: [data.length / units, units], data };
}

/** Activations as `[positions, units]` without negative numbers, which are refused or set to zero. */
export function nonNegative(activations: NdArray, layer: string, rectify: boolean): NdArray {
  const rows = positionRows(activations);
  const { shape, data } = activations;
  if (rectify) return { ...rows, data: data.map((value) => Math.max(value, 0)) };
  const found = data.findIndex((value) => value < 0);
  if (found < 0) return rows;
  throw new VitrineError(
    'bad-argument',
    `"layer" expected activations that are not negative, "${layer}" has ${data[found]} at [${placeAt(found, shape).join(', ')}]: take a layer behind a ReLU, or rectify: true`,
  );
}

/** Signed values as `[positions, 2 · units]`: what is positive of each unit, then what is negative. */
export function bothSigns({ shape, data }: NdArray): NdArray {
  const units = shape[3] as number;
  const signs = new Float32Array(2 * data.length);
  data.forEach((value, i) => {
    const start = 2 * (i - (i % units)) + (i % units);
    signs[start] = Math.max(value, 0);
    signs[start + units] = Math.max(-value, 0);
  });
  return { shape: [data.length / units, 2 * units], data: signs };
}

/** The positive half of each part less the negative one, `[k, units]`. */
export function differences({ shape, data }: NdArray): NdArray {
  const [count, both] = shape as [number, number];
  const units = both / 2;
  const signed = Float32Array.from({ length: count * units }, (_, i) => {
    const start = Math.floor(i / units) * both + (i % units);
    return (data[start] as number) - (data[start + units] as number);
  });
  return { shape: [count, units], data: signed };
}

/** Directions of length 1, by the length of their maps. */
export function inOrder({ shape, data: weights }: NdArray, { data: parts }: NdArray): GroupFactors {
  const [places, groups] = shape as [number, number];
  const units = parts.length / groups;
  const lengths = Array.from({ length: groups }, (_, i) => Math.hypot(...parts.subarray(i * units, (i + 1) * units)));
  const sizes = lengths.map((length, i) => {
    let sum = 0;
    for (let place = 0; place < places; place++) sum += (weights[place * groups + i] as number) ** 2;
    return length * Math.sqrt(sum);
  });
  const order = sizes.map((_, i) => i).sort((a, b) => (sizes[b] as number) - (sizes[a] as number) || a - b);
  const at = (i: number): number => order[i % groups] as number;
  return {
    maps: weights.map((_, i) => (weights[i - (i % groups) + at(i)] as number) * (lengths[at(i)] as number)),
    directions: parts.map((_, i) => {
      const group = order[Math.floor(i / units)] as number;
      return (parts[group * units + (i % units)] as number) / (lengths[group] || 1);
    }),
  };
}

/**
 * What each group says of a target, `[n, groups]`: $\sum_{pc} P_{pi} D_{ic}\, s_{pc}$ with the slope s of the target; of
 * attributions, which are such products already, s is 1.
 */
export function* groupShares(
  { maps, directions, slopes }: GroupFactors & { readonly slopes: NdArray | undefined },
  [examples, height, width, units]: readonly number[],
): Sliced<NdArray> {
  const [count, depth] = [examples as number, units as number];
  const groups = directions.length / depth;
  const perExample = (height as number) * (width as number);
  const sums = new Float64Array(count * groups);
  yield* forEachOf(count * perExample, groups * depth, (place) => {
    const start = Math.floor(place / perExample) * groups;
    for (let i = 0; i < groups; i++) {
      let along = 0;
      for (let c = 0; c < depth; c++) {
        along += (directions[i * depth + c] as number) * (slopes?.data[place * depth + c] ?? 1);
      }
      sums[start + i]! += along * (maps[place * groups + i] as number);
    }
  });
  return { shape: [count, groups], data: Float32Array.from(sums) };
}
