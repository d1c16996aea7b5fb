import type { NdArray } from '../numeric/ndarray.ts';
import { assertOptions } from '../numeric/options.ts';
import { assertPicture } from './assertPicture.ts';
import { crop } from './crop.ts';
import { type InputOptions, type InputSampling, inputChecks } from './inputOptions.ts';
import { inputWindow } from './inputWindow.ts';
import { heightAndWidth } from './maps/planes.ts';
import { pixelScale } from './pixelScale.ts';
import { resize } from './resize.ts';
import type { Picture } from './types.ts';

/**
 * Makes a picture the input of a model.
 *
 * The largest central part with the proportions of `size` ({@link inputWindow}) is resized bilinearly ({@link resize}).
 * Then a pixel $p \in [0, 255]$ becomes $(p - \text{mean})/\text{std}$, or goes from 0…255 to `range`. Which numbers these
 * are depends on how the model was trained, and must be said. Opacity is ignored. With one channel, a pixel is its luma
 * $0.299 R + 0.587 G + 0.114 B$.
 *
 * @param picture in 8-bit RGBA.
 * @param options `preprocessing`, or `range`, or `mean` and `std` in units of 0…255; `size`, `fit`, `antialias`;
 * `channels`, `order`.
 * @returns `[1, h, w, c]`, `c` = `channels`.
 * @throws {VitrineError} if the picture or an option is not as described, or the scale is not given in one way.
 * @example
 * ```ts
 * import { preprocessing, toInput } from 'vitrine';
 * const x = toInput(picture, { size: 16, mean: 127, std: 128 }); // [1, 16, 16, 3] from -0.99 to 1
 * const other = toInput(picture, { size: 16, preprocessing: preprocessing.resnet50 }); // BGR without its mean
 * ```
 */
export function toInput(picture: Picture, options: InputOptions): NdArray {
  assertOptions(options, inputChecks);
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
function fitted(picture: Picture, { size, fit, antialias = false }: InputSampling): Raw {
  if (size === undefined) return picture;
  const window = inputWindow(picture, { size, ...(fit && { fit }) });
  const { shape, data } = crop({ shape: [1, picture.height, picture.width, 4], data: picture.data }, window);
  const [height, width] = heightAndWidth('size', size);
  return { width, height, data: resize({ shape, data: new Float32Array(data) }, size, { antialias }).data };
}
