import { litMask } from '../dissection/shared.ts';
import { assertPicture } from '../image/assertPicture.ts';
import { pixelOf } from '../image/crop.ts';
import { type InputPlace, placeChecks } from '../image/inputOptions.ts';
import { inputWindow } from '../image/inputWindow.ts';
import { picture as makePicture } from '../image/picture.ts';
import type { Picture } from '../image/types.ts';
import { assertArray, assertFiniteArray } from '../numeric/check.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { assertOptions, number, type OptionChecks, required } from '../numeric/options.ts';
import { assertUpsampling, type Upsampling } from '../readings/placement.ts';

/** Options of {@link maskedPicture}. */
export interface MaskedPictureOptions {
  /** The activation above which a pixel belongs to the mask. */
  readonly threshold: number;
  /** Where the positions of the layer lie in the model's input; they fill it by default. */
  readonly upsampling?: Upsampling;
  /** Height and width of the model's input; those of `upsampling` by default, or the proportions of the activations. */
  readonly size?: InputPlace['size'];
  /** Which part of the picture the input was made of, as for `toInput`: `'cover'` by default. */
  readonly fit?: InputPlace['fit'];
}

const checks: OptionChecks<MaskedPictureOptions> = {
  ...placeChecks,
  threshold: required(number()),
  upsampling: (argument, upsampling) => assertUpsampling(argument, upsampling as Upsampling),
};

/**
 * Darkens a picture where a unit is not above its threshold.
 *
 * $$ p \cdot (0.2 + 0.8\,m) $$
 * for a pixel p and the mask m, 0 or 1, and 0 outside of the part that the model saw ({@link inputWindow}). Activations are
 * interpolated just as `dissect` does it: of a picture of the size of the labels, which are stretched over the input
 * (`fit: 'stretch'`), as many pixels are left as were counted.
 *
 * Source: the reports published with Bau et al. 2017, "Network Dissection".
 *
 * @param picture what the network saw, or the photo that `toInput` made it of.
 * @param activations of the unit, `[h, w]`: `map` of a top image.
 * @param options `threshold`; `upsampling`, as `unitGallery` gives it for a layer; `size`, `fit`.
 * @returns a picture of the same size.
 * @throws {VitrineError} if picture, activations or an option is not as described.
 * @example
 * ```ts
 * import { unitGallery } from 'vitrine';
 * import { maskedPicture } from 'vitrine/render';
 * const wanted = { layers: ['conv3'], scale: { range: [0, 1] }, count: 1 } as const;
 * const { layers, pictures } = await unitGallery(model, labelledImages, wanted);
 * const { upsampling, units } = layers.conv3;
 * const [{ image, map, activation }] = units[0];
 * const masked = maskedPicture(pictures[image], map, { threshold: activation / 2, upsampling });
 * ```
 */
export function maskedPicture(
  picture: Picture,
  activations: NdArray<Float32Array | Float64Array>,
  options: MaskedPictureOptions,
): Picture {
  assertOptions(options, checks);
  const { threshold, upsampling = 'fill', size, fit = 'cover' } = options;
  assertPicture('picture', picture);
  assertArray('activations', activations, [2]);
  assertFiniteArray('activations', activations);
  const inputSize = upsampling === 'fill' ? (activations.shape as readonly [number, number]) : upsampling.imageSize;
  const seen = inputWindow(picture, { size: size ?? inputSize, fit });
  const masked = makePicture(picture.width, picture.height, picture.data.map(darkened));
  litMask(activations, { threshold, upsampling }, [seen.height, seen.width]).forEach((lit, i) => {
    if (!lit) return;
    const start = pixelOf(i, seen, picture.width) * 4;
    masked.data.set(picture.data.subarray(start, start + 4), start);
  });
  return masked;
}

function darkened(value: number, i: number): number {
  return i % 4 === 3 ? value : 0.2 * value;
}
