import { assertPicture } from '../image/checkPicture.ts';
import { picture as makePicture } from '../image/picture.ts';
import { resize } from '../image/resize.ts';
import type { Picture } from '../image/types.ts';
import { assertChoice, assertNumber } from '../numeric/check.ts';
import { colorTable, isDiverging } from './colormaps.ts';
import { type ColorOptions, positionOn, scaleOf } from './colorScale.ts';
import { type MapSource, mapPlane } from './mapPlane.ts';

/** Options of {@link overlay}. */
export interface OverlayOptions extends ColorOptions {
  /** The greatest opacity of the map, 0 to 1; 0.75 by default. */
  readonly alpha?: number;
  /** `'magnitude'` (the default) lets the picture show where the map says little; `'uniform'` is `alpha` throughout. */
  readonly opacity?: 'magnitude' | 'uniform';
}

/**
 * Lays a map, resized bilinearly, over a picture.
 *
 * @param picture what the network saw.
 * @param map `[h, w]`, `[n, h, w]`, `[n, h, w, c]` or an attribution.
 * @param options `alpha`, `opacity`, and those of {@link heatmap} but `size`.
 * @returns a picture of the same size.
 * @throws TypeError or RangeError if picture, map or an option is not as described.
 * @example
 * ```ts
 * import { overlay, rectify } from 'vitrine';
 * const evidence = overlay(picture, rectify(map), { alpha: 0.6 });
 * ```
 */
export function overlay(
  picture: Picture,
  map: MapSource,
  { alpha = 0.75, opacity = 'magnitude', ...options }: OverlayOptions = {},
): Picture {
  assertPicture('picture', picture);
  assertChoice('opacity', opacity, ['magnitude', 'uniform']);
  assertNumber('alpha', alpha, 0);
  if (alpha > 1) throw new RangeError(`"alpha" expected a number in 0..1, got ${alpha}`);
  const plane = mapPlane(map, options);
  const scale = scaleOf(plane, options);
  const table = colorTable(scale.colormap);
  const middle = isDiverging(scale.colormap) ? 0.5 : 0;
  const data = picture.data.slice();
  resize(plane, [picture.height, picture.width]).data.forEach((value, i) => {
    const position = positionOn(scale, value);
    const strength = opacity === 'uniform' ? 1 : Math.abs(position - middle) / (1 - middle);
    const entry = Math.round(position * 255) * 3;
    for (let c = 0; c < 3; c++) {
      const under = data[i * 4 + c] as number;
      data[i * 4 + c] = under + ((table[entry + c] as number) - under) * alpha * strength;
    }
  });
  return makePicture(picture.width, picture.height, data);
}
