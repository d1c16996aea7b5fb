import { litMask } from '../dissection/litMask.ts';
import { assertUpsampling, type Upsampling } from '../dissection/upsampling.ts';
import { assertPicture } from '../image/checkPicture.ts';
import { picture as makePicture } from '../image/picture.ts';
import type { Picture } from '../image/types.ts';
import { assertArray, assertFiniteArray, assertNumber } from '../numeric/check.ts';
import type { NdArray } from '../numeric/ndarray.ts';

/** Options of {@link maskedPicture}. */
export interface MaskedPictureOptions {
  /** The activation above which a pixel belongs to the mask. */
  readonly threshold: number;
  /** Where the positions of the layer lie in the picture; they fill it by default. */
  readonly upsampling?: Upsampling;
}

/**
 * Darkens a picture where a unit is not above its threshold.
 *
 * $$ p \cdot (0.2 + 0.8\,m) $$
 * for a pixel p and the mask m, 0 or 1. Activations are interpolated just as `dissect` does it: of a picture of the size of
 * the labels, as many pixels are left as were counted.
 *
 * Source: the reports published with Bau et al. 2017, "Network Dissection".
 *
 * @param picture what the network saw.
 * @param activations of the unit, `[h, w]`: `map` of a top image.
 * @param options `threshold`; `upsampling`, as `unitGallery` gives it for a layer.
 * @returns a picture of the same size.
 * @throws TypeError or RangeError if picture, activations or an option is not as described.
 * @example
 * ```ts
 * import { maskedPicture, unitGallery } from 'vitrine';
 * const { layers, pictures } = await unitGallery(model, labelledImages, { layers: ['conv3'], count: 1 });
 * const { upsampling, units } = layers.conv3;
 * const [{ image, map, activation }] = units[0];
 * const masked = maskedPicture(pictures[image], map, { threshold: activation / 2, upsampling });
 * ```
 */
export function maskedPicture(
  picture: Picture,
  activations: NdArray<Float32Array | Float64Array>,
  { threshold, upsampling = 'fill' }: MaskedPictureOptions,
): Picture {
  assertPicture('picture', picture);
  assertArray('activations', activations, [2]);
  assertFiniteArray('activations', activations);
  assertNumber('threshold', threshold);
  assertUpsampling(upsampling);
  const data = picture.data.slice();
  litMask(activations, { threshold, upsampling }, [picture.height, picture.width]).forEach((lit, pixel) => {
    if (lit) return;
    for (let c = 0; c < 3; c++) data[pixel * 4 + c] = 0.2 * (picture.data[pixel * 4 + c] as number);
  });
  return makePicture(picture.width, picture.height, data);
}
