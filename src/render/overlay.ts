import { assertPicture } from '../image/assertPicture.ts';
import { pixelOf } from '../image/crop.ts';
import { type InputPlace, placeChecks } from '../image/inputOptions.ts';
import { inputWindow } from '../image/inputWindow.ts';
import { picture as makePicture } from '../image/picture.ts';
import { resize } from '../image/resize.ts';
import type { Picture } from '../image/types.ts';
import { assertOptions, type OptionChecks, oneOf, share } from '../numeric/options.ts';
import { colorTable, isDiverging } from './drawing/colormaps.ts';
import { type ColorOptions, colorChecks, positionOn, scaleOf } from './drawing/colorScale.ts';
import { type MapSource, mapPlane } from './drawing/mapPlane.ts';

/** Options of {@link overlay}. */
export interface OverlayOptions extends ColorOptions {
  /** Height and width of the model's input; those of the map by default, or proportional ones. */
  readonly size?: InputPlace['size'];
  /** Which part of the picture the input was made of, as for `toInput`: `'cover'` by default. */
  readonly fit?: InputPlace['fit'];
  /** The greatest opacity of the map, 0 to 1; 0.75 by default. */
  readonly alpha?: number;
  /** `'magnitude'`, which lets the picture show where the map says little, by default; `'uniform'` is `alpha` throughout. */
  readonly opacity?: 'magnitude' | 'uniform';
}

const checks: OptionChecks<OverlayOptions> = {
  ...colorChecks,
  ...placeChecks,
  alpha: share,
  opacity: oneOf(['magnitude', 'uniform']),
};

/**
 * Lays a map over the part of a picture that the network saw, resized bilinearly; the rest of the picture stays as it is.
 *
 * The part is the one that `toInput` cuts out for an input with the proportions of the map ({@link inputWindow}), all of
 * the picture with `fit: 'stretch'`. A map of the size of a layer may have others than the input, since layers round; then
 * `size` says which.
 *
 * @param picture a photo of any shape, as `toInput` got it; or what `fromInput` makes of the input.
 * @param map `[h, w]`, `[n, h, w]`, `[n, h, w, c]`, `[n, d, h, w, c]` or an attribution; volumes as for {@link heatmap}.
 * @param options `alpha`, `opacity`; `fit`, `size`; `example`, `channels`, `slice`, `projection`; `colormap`, `symmetric`, `range`, `quantile`.
 * @returns a picture of the same size.
 * @throws {VitrineError} if picture, map or an option is not as described.
 * @example
 * ```ts
 * import { overlay, rectify } from 'vitrine';
 * const evidence = overlay(picture, rectify(map), { alpha: 0.6 });
 * ```
 */
export function overlay(picture: Picture, map: MapSource, options: OverlayOptions = {}): Picture {
  assertOptions(options, checks);
  assertPicture('picture', picture);
  const { alpha = 0.75, opacity = 'magnitude', size, fit = 'cover', ...colors } = options;
  const plane = mapPlane(map, colors);
  const scale = scaleOf(plane, colors);
  const table = colorTable(scale.colormap);
  const middle = isDiverging(scale.colormap) ? 0.5 : 0;
  const data = picture.data.slice();
  const seen = inputWindow(picture, { size: size ?? (plane.shape as readonly [number, number]), fit });
  resize(plane, [seen.height, seen.width]).data.forEach((value, i) => {
    const start = pixelOf(i, seen, picture.width) * 4;
    const position = positionOn(scale, value);
    const strength = opacity === 'uniform' ? 1 : Math.abs(position - middle) / (1 - middle);
    const entry = Math.round(position * 255) * 3;
    for (let c = 0; c < 3; c++) {
      const under = data[start + c] as number;
      data[start + c] = under + ((table[entry + c] as number) - under) * alpha * strength;
    }
  });
  return makePicture(picture.width, picture.height, data);
}
