import { assertArray } from '../../numeric/check.ts';
import { assertOptions, share } from '../../numeric/options.ts';
import { type Box, type BoxArray, boxesOf } from './locationData.ts';

/** How well boxes cover those of parts. */
export interface BoxDetection {
  /** `[n]`, of each box with the one that it should be; 0 where neither has an area. */
  readonly iou: Float64Array;
  /** The share of an IoU of at least the threshold, from 0 to 1. */
  readonly rate: number;
}

/**
 * The share of boxes that overlap the box of the part enough.
 *
 * $$ \operatorname{mean}_i 1\!\left[\frac{|\hat B_i \cap B_i|}{|\hat B_i \cup B_i|} \ge 0.5\right] $$
 *
 * Source: Everingham et al. 2010, "The PASCAL visual object classes challenge", eq. (3), there with more than 0.5; with
 * at least 0.5 in the evaluation of explanatory graphs, Zhang et al. 2018.
 *
 * @param predicted boxes that were found, `[n, 4]`: top, left, bottom, right edge in pixels.
 * @param boxes those of the parts, `[n, 4]`.
 * @param options `threshold`, the least IoU of a detection; 0.5 by default.
 * @returns the IoU of each pair and the share of detections.
 * @throws {VitrineError} if the arrays are not both `[n, 4]` and finite, a box has its edges in another order, or
 * `threshold` is no number.
 * @example
 * ```ts
 * import { boxDetectionRate } from 'vitrine/metrics';
 * const boxes = { shape: [1, 4], data: Float32Array.of(0, 0, 10, 10) };
 * const predicted = { shape: [1, 4], data: Float32Array.of(0, 5, 10, 10) };
 * console.log(boxDetectionRate(predicted, boxes)); // an IoU of 0.5, a rate of 1
 * ```
 */
export function boxDetectionRate(
  predicted: BoxArray,
  boxes: BoxArray,
  options: { readonly threshold?: number } = {},
): BoxDetection {
  assertOptions(options, { threshold: share });
  const { threshold = 0.5 } = options;
  assertArray('predicted', predicted, [2]);
  const count = predicted.shape[0] as number;
  const truth = boxesOf('boxes', boxes, count);
  const iou = Float64Array.from(boxesOf('predicted', predicted, count), (box, i) => iouOf(box, truth[i] as Box));
  return { iou, rate: iou.filter((one) => one >= threshold).length / count };
}

function iouOf(a: Box, b: Box): number {
  const shared = areaOf([Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])]);
  const union = areaOf(a) + areaOf(b) - shared;
  return union > 0 ? shared / union : 0;
}

function areaOf([top, left, bottom, right]: Box): number {
  return Math.max(bottom - top, 0) * Math.max(right - left, 0);
}
