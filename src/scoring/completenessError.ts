import { type NdArray, sizeOf } from '../numeric/ndarray.ts';

/** Per example Σ values − (F(x) − F(x')), summed over all inputs. */
export function completenessGap(maps: readonly NdArray[], score: Float32Array, origin: Float32Array): Float32Array {
  return score.map((value, example) => {
    const sums = maps.map(({ shape, data }) => {
      const size = sizeOf(shape.slice(1));
      return data.subarray(example * size, (example + 1) * size).reduce((sum, share) => sum + share, 0);
    });
    return sums.reduce((total, sum) => total + sum, 0) - (value - (origin[example] as number));
  });
}
