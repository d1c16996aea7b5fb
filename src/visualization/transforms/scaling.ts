import { heightAndWidth } from '../../image/maps/planes.ts';
import type { PictureSize } from '../../image/types.ts';
import { listOf, number } from '../../numeric/options.ts';
import { stretched } from './affine.ts';
import type { GeometricTransform } from './transform.ts';

/**
 * The picture made larger or smaller by one of some factors, all equally likely.
 *
 * The sides of the result are the products' whole parts, at least 1, and the picture fills them from border to border.
 *
 * Source: lucid's `transform.random_scale`, which puts the first pixels of both pictures on each other, not their
 * borders.
 *
 * @param factors positive; one that is named twice is twice as likely.
 * @returns a transform for `visualize`.
 * @throws {VitrineError} if there is no factor or one is not in 0.01..100.
 * @example
 * ```ts
 * import { transforms } from 'vitrine';
 * const scaled = transforms.scale([0.9, 1, 1.1]);
 * ```
 */
export function scale(factors: readonly number[]): GeometricTransform {
  listOf(number(0.01, 100))('factors', factors);
  const choices = [...factors];
  return {
    name: 'scale',
    place(size, { random }) {
      const factor = choices[random.integer(choices.length)] as number;
      const [rows, columns] = size.map((side) => Math.max(1, Math.trunc(factor * side))) as [number, number];
      return stretched(size, [rows, columns]);
    },
  };
}

/**
 * The picture brought to a size, bilinearly: much smaller ones are not smoothed first; `blur` before it does that.
 *
 * @param size of the result: a side, or `[height, width]`, in pixels.
 * @returns a transform for `visualize`.
 * @throws {VitrineError} if the size is none.
 * @example
 * ```ts
 * import { transforms, visualize } from 'vitrine';
 * const larger = { size: 12, inputSize: 16, transforms: [transforms.jitter(2), transforms.resizeTo(16)] };
 * await visualize(model, { layer: 'conv3', unit: 0 }, { range: [0, 1], steps: 2, ...larger });
 * ```
 */
export function resizeTo(size: PictureSize): GeometricTransform {
  const to = heightAndWidth('size', size);
  return { name: 'resizeTo', place: (from) => stretched(from, to) };
}
