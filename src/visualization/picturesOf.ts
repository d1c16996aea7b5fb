import { picture } from '../image/picture.ts';
import type { Picture } from '../image/types.ts';
import { assertArray, assertFiniteArray } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import { type NdArray, sizeOf } from '../numeric/ndarray.ts';
import type { Visualization } from './types.ts';

/**
 * The pictures of a visualization, to be shown or written: one after the other, those of the first snapshot first.
 *
 * @param images a result of {@link visualize} and its kin, or pictures `[…, h, w, c]` of 0 to 1 with 1 channel (grey), 3, or
 * 4 (the last of which is opacity).
 * @returns one picture for each, `w` × `h` pixels.
 * @throws {VitrineError} if an array has other axes or channels, or is not finite.
 * @example
 * ```ts
 * import { encodePng, objectives, picturesOf, visualize } from 'vitrine';
 * const seen = await visualize(model, objectives.channel('conv3', 5), { range: [0, 1], steps: 8 });
 * const [picture] = picturesOf(seen);
 * const bytes = encodePng(picture!);
 * ```
 */
export function picturesOf(images: NdArray | Pick<Visualization, 'images'>): readonly Picture[] {
  const array = isVisualization(images) ? images.images : images;
  assertArray('images', array, [3, 4, 5]);
  assertFiniteArray('images', array);
  const [height, width, channels] = array.shape.slice(-3) as [number, number, number];
  if (![1, 3, 4].includes(channels))
    throw new VitrineError('bad-shape', `"images" expected 1, 3 or 4 channels, got ${channels}`);
  const size = height * width * channels;
  return Array.from({ length: sizeOf(array.shape.slice(0, -3)) }, (_, i) =>
    picture(width, height, rgba(array.data.subarray(i * size, (i + 1) * size), channels)),
  );
}

function isVisualization(value: unknown): value is Pick<Visualization, 'images'> {
  return typeof value === 'object' && value !== null && 'images' in value;
}

function rgba(values: Float32Array, channels: number): Picture['data'] {
  const pixels = values.length / channels;
  const data = new Uint8ClampedArray(pixels * 4);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < 3; channel++)
      data[pixel * 4 + channel] = 255 * (values[pixel * channels + (channels === 1 ? 0 : channel)] as number);
    data[pixel * 4 + 3] = channels === 4 ? 255 * (values[pixel * 4 + 3] as number) : 255;
  }
  return data;
}
