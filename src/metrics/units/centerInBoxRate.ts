import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertShape, type BoxArray, boxesOf } from './locationData.ts';

/**
 * The share of places that lie in the box of the part, its edges included.
 *
 * $$ \operatorname{mean}_i 1[\hat p_i \in B_i] $$
 *
 * Source: Zhang et al. 2017, "Growing interpretable part graphs on ConvNets via multi-shot learning", as in its published
 * code.
 *
 * @param predicted where parts were found, `[n, 2]`, row and column in pixels.
 * @param boxes of the parts, `[n, 4]`: top, left, bottom, right edge in pixels, where pixel i reaches from i − 0.5 to
 * i + 0.5.
 * @returns from 0 to 1.
 * @throws {VitrineError} if the arrays are not of `[n, 2]` and `[n, 4]` and finite, or a box has its edges in another order.
 * @example
 * ```ts
 * import { centerInBoxRate } from 'vitrine/metrics';
 * const predicted = { shape: [2, 2], data: Float32Array.of(5, 5, 5, 12) };
 * const boxes = { shape: [2, 4], data: Float32Array.of(0, 0, 10, 10, 0, 0, 10, 10) };
 * console.log(centerInBoxRate(predicted, boxes)); // 0.5
 * ```
 */
export function centerInBoxRate(predicted: NdArray<Float32Array | Float64Array>, boxes: BoxArray): number {
  assertArray('predicted', predicted, [2]);
  const count = predicted.shape[0] as number;
  assertShape('predicted', predicted, [count, 2]);
  assertFiniteArray('predicted', predicted);
  const inside = boxesOf('boxes', boxes, count).filter(([top, left, bottom, right], i) => {
    const [row, column] = [predicted.data[2 * i] as number, predicted.data[2 * i + 1] as number];
    return row >= top && row <= bottom && column >= left && column <= right;
  });
  return inside.length / count;
}
