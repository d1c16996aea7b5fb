import type { NdArray } from '../numeric/ndarray.ts';
import { assertPicture } from './checkPicture.ts';
import { crop } from './crop.ts';
import { type PixelScale, pixelScale } from './pixelScale.ts';
import { heightAndWidth } from './planes.ts';
import { resize } from './resize.ts';
import type { Picture, Size } from './types.ts';

/** What a model wants of its pictures. */
export interface InputOptions extends PixelScale {
  /** Height and width of the input; the picture's own if left out. */
  readonly size?: Size;
  /** `'cover'` (the default) keeps proportions and cuts off what is too long, equally on both sides; `'stretch'` does not. */
  readonly fit?: 'cover' | 'stretch';
  /** Averages over pixels where the picture is made smaller; false by default. */
  readonly antialias?: boolean;
}

/**
 * Makes a picture the input of a model.
 *
 * The largest central part with the proportions of `size` is resized bilinearly ({@link resize}). Then a pixel
 * $p \in [0, 255]$ becomes $(p - \text{mean})/\text{std}$, or goes from 0…255 to `range`; $[0, 1]$ if neither is given.
 * Opacity is ignored. With one channel, a pixel is its luma $0.299 R + 0.587 G + 0.114 B$.
 *
 * @param picture in 8-bit RGBA.
 * @param options `size` and `fit`, `antialias`; `range`, or `mean` and `std` in units of 0…255; `channels`, `order`.
 * @returns `[1, h, w, c]`, `c` = `channels`.
 * @throws TypeError or RangeError if the picture or an option is not as described, or both `range` and `mean` or `std` are given.
 * @example
 * ```ts
 * import { toInput } from 'vitrine';
 * const x = toInput(picture, { size: 16, mean: 127, std: 128 }); // [1, 16, 16, 3] from -0.99 to 1
 * ```
 */
export function toInput(picture: Picture, options: InputOptions = {}): NdArray {
  assertPicture('picture', picture);
  const { channels, order, mean, std } = pixelScale(options);
  const { width, height, data } = fitted(picture, options);
  const values = new Float32Array(width * height * channels);
  for (let i = 0; i < values.length; i++) {
    const channel = i % channels;
    const pixel = ((i - channel) / channels) * 4;
    const value = channels === 1 ? luma(data, pixel) : (data[pixel + (order[channel] as number)] as number);
    values[i] = (value - (mean[channel] as number)) / (std[channel] as number);
  }
  return { shape: [1, height, width, channels], data: values };
}

// Weights of ITU-R BT.601, which Pillow, OpenCV and TensorFlow use.
function luma(data: ArrayLike<number>, pixel: number): number {
  return 0.299 * (data[pixel] as number) + 0.587 * (data[pixel + 1] as number) + 0.114 * (data[pixel + 2] as number);
}

interface Raw {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
}

// Resizes in floating point: rounding to 8 bits in between would cost half a grey level.
function fitted(picture: Picture, { size, fit = 'cover', antialias = false }: InputOptions): Raw {
  if (fit !== 'cover' && fit !== 'stretch') throw new RangeError(`"fit" expected one of cover, stretch, got "${fit}"`);
  const { width, height, data } = picture;
  if (size === undefined) return picture;
  const [toHeight, toWidth] = heightAndWidth('size', size);
  const whole: NdArray = { shape: [1, height, width, 4], data: Float32Array.from(data) };
  const part = fit === 'cover' ? crop(whole, coverWindow([height, width], [toHeight, toWidth])) : whole;
  return { width: toWidth, height: toHeight, data: resize(part, [toHeight, toWidth], { antialias }).data };
}

function coverWindow(
  [height, width]: readonly [number, number],
  [toHeight, toWidth]: readonly [number, number],
): { top: number; left: number; height: number; width: number } {
  const scale = Math.min(height / toHeight, width / toWidth);
  const rows = Math.max(1, Math.min(height, Math.round(toHeight * scale)));
  const columns = Math.max(1, Math.min(width, Math.round(toWidth * scale)));
  return {
    top: Math.floor((height - rows) / 2),
    left: Math.floor((width - columns) / 2),
    height: rows,
    width: columns,
  };
}
