import { listOf, number } from '../../numeric/options.ts';
import { aboutCenters, identity } from './affine.ts';
import type { GeometricTransform } from './transform.ts';

/**
 * The picture turned about its centre by one of some angles, all equally likely, in the size that it had.
 *
 * Source: lucid's `transform.random_rotate`, which turns by 3.14 instead of π.
 *
 * @param degrees angles, counterclockwise; one that is named twice is twice as likely.
 * @returns a transform for `visualize`.
 * @throws {VitrineError} if there is no angle or one is not finite.
 * @example
 * ```ts
 * import { transforms } from 'vitrine';
 * const turned = transforms.rotate([-5, 0, 0, 5]);
 * ```
 */
export function rotate(degrees: readonly number[]): GeometricTransform {
  listOf(number())('degrees', degrees);
  const angles = [...degrees];
  return {
    name: 'rotate',
    place(size, { random }) {
      const angle = ((angles[random.integer(angles.length)] as number) * Math.PI) / 180;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      return { affine: aboutCenters([cos, sin, -sin, cos], size, size), size };
    },
  };
}

/**
 * The picture as a mirror shows it, left and right exchanged, half of the time.
 *
 * @returns a transform for `visualize`.
 * @example
 * ```ts
 * import { transforms } from 'vitrine';
 * const eitherWay = [transforms.mirror(), ...transforms.standard()];
 * ```
 */
export function mirror(): GeometricTransform {
  return {
    name: 'mirror',
    place: (size, { random }) => ({
      affine: random.integer(2) === 0 ? identity : [1, 0, 0, 0, -1, size[1] - 1],
      size,
    }),
  };
}
