import { heightAndWidth } from '../../image/maps/planes.ts';
import type { PictureSize } from '../../image/types.ts';
import { assertInteger } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertOptions, kind } from '../../numeric/options.ts';
import { cutOrPadded, shift } from './affine.ts';
import type { GeometricTransform, Outside } from './transform.ts';

/** What is around a picture. */
export interface PadOptions {
  /**
   * A number for all channels, `'reflect'` for the picture mirrored at the pixels of its border, or `'clamp'` for these
   * pixels repeated; what the transforms beside it say by default, and 0.5 where none does.
   */
  readonly outside?: Outside;
}

const outside = kind(
  'a finite number, "reflect" or "clamp"',
  (value) => value === 'reflect' || value === 'clamp' || Number.isFinite(value),
);

/**
 * An edge around the picture, so that what follows may move it without losing its border.
 *
 * Source: lucid's `transform.pad`.
 *
 * @param width of the edge in pixels, on each side.
 * @param options `outside`: what the edge shows, and all that is outside in the transforms that follow without a pixel
 * transform between.
 * @returns a transform for `visualize`.
 * @throws {VitrineError} if the width is no integer of at least 0 or `outside` is none of those.
 * @example
 * ```ts
 * import { transforms, visualize } from 'vitrine';
 * const moved = [transforms.pad(4, { outside: 'reflect' }), transforms.jitter(4)];
 * await visualize(model, { layer: 'conv3', unit: 0 }, { range: [0, 1], steps: 2, transforms: moved });
 * ```
 */
export function pad(width: number, options: PadOptions = {}): GeometricTransform {
  assertInteger('width', width, [0, mostPixels]);
  assertOptions(options, { outside });
  return {
    name: 'pad',
    place: ([rows, columns]) => ({ affine: shift(-width, -width), size: [rows + 2 * width, columns + 2 * width] }),
    ...(options.outside !== undefined && { outside: options.outside }),
  };
}

/**
 * A part of the picture, at random: each of its $(d + 1)^2$ places is equally likely.
 *
 * Source: lucid's `transform.jitter`.
 *
 * @param distance d, in pixels: by how much the result is smaller than the picture, in height and in width.
 * @returns a transform for `visualize`.
 * @throws {VitrineError} if the distance is no integer of at least 0; `visualize` throws if nothing would be left.
 * @example
 * ```ts
 * import { transforms } from 'vitrine';
 * const shaken = [transforms.pad(2), transforms.jitter(4)]; // of the size of the picture again
 * ```
 */
export function jitter(distance: number): GeometricTransform {
  assertInteger('distance', distance, [0, mostPixels]);
  return {
    name: 'jitter',
    place([rows, columns], { random }) {
      if (Math.min(rows, columns) <= distance)
        throw new VitrineError(
          'bad-argument',
          `"transforms" expected pictures larger than the jitter of ${distance}, got [${rows}, ${columns}]`,
        );
      const [down, right] = [random.integer(distance + 1), random.integer(distance + 1)];
      return { affine: shift(down, right), size: [rows - distance, columns - distance] };
    },
  };
}

/**
 * The middle of the picture, or the picture with an edge around it, which then counts as the whole picture.
 *
 * Source: lucid's `transform.crop_or_pad_to`.
 *
 * @param size of the result: a side, or `[height, width]`, in pixels.
 * @returns a transform for `visualize`.
 * @throws {VitrineError} if the size is none.
 * @example
 * ```ts
 * import { transforms } from 'vitrine';
 * const middle = transforms.cropOrPadTo(12);
 * ```
 */
export function cropOrPadTo(size: PictureSize): GeometricTransform {
  const to = heightAndWidth('size', size);
  return { name: 'cropOrPadTo', place: (from) => ({ ...cutOrPadded(from, to), frame: to }) };
}

// More than any picture has.
const mostPixels = 2 ** 20;
