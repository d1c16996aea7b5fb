import { assertArray, assertFiniteArray, assertInteger } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import { assertOptions, integer, type OptionChecks } from '../numeric/options.ts';
import { type InputOptions, inputChecks } from './inputOptions.ts';
import { picture } from './picture.ts';
import { pixelScale } from './pixelScale.ts';
import type { MapArray, Picture } from './types.ts';

/**
 * Makes a picture of a model's input: the inverse of {@link toInput}.
 *
 * Numbers beyond black and white, as optimised images have them, are shown as black and white.
 *
 * @param array `[h, w, c]` or `[n, h, w, c]` with 1 or 3 channels.
 * @param options the scale that made the input: `preprocessing`, `range`, or `mean` and `std`; `channels`, `order`; and which `example` to show
 * (0 by default). The other options of {@link toInput} may be there and are not looked at.
 * @returns a picture of one example, `w` × `h` pixels, opaque.
 * @throws {VitrineError} if the array has other axes or is not finite, or an option is not as described, or if no
 * scale is given, or two are.
 * @example
 * ```ts
 * import { fromInput, toInput } from 'vitrine';
 * const scale = { mean: 127, std: 128 };
 * const same = fromInput(toInput(picture, scale), scale);
 * ```
 */
export function fromInput(array: MapArray, options: InputOptions & { readonly example?: number }): Picture {
  assertOptions(options, checks);
  assertArray('array', array, [3, 4]);
  assertFiniteArray('array', array);
  const [count, height, width, depth] = (array.shape.length === 3 ? [1, ...array.shape] : array.shape) as number[];
  // Left out, they say no scale, which is what the error is about.
  const { example = 0, ...scale } = options ?? ({} as InputOptions & { readonly example?: number });
  const { channels, order, mean, std } = pixelScale({ channels: depth === 1 ? 1 : 3, ...scale });
  assertInteger('example', example, [0, (count as number) - 1]);
  if (channels !== depth) throw new VitrineError('bad-shape', `"array" expected ${channels} channels, got ${depth}`);
  const pixels = (height as number) * (width as number);
  const data = new Uint8ClampedArray(pixels * 4).fill(255);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let colour = 0; colour < 3; colour++) {
      const channel = channels === 1 ? 0 : order.indexOf(colour);
      const value = array.data[(example * pixels + pixel) * channels + channel] as number;
      data[pixel * 4 + colour] = value * (std[channel] as number) + (mean[channel] as number);
    }
  }
  return picture(width as number, height as number, data);
}

const checks: OptionChecks<InputOptions & { readonly example?: number }> = { ...inputChecks, example: integer(0) };
