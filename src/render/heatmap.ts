import { placeChecks } from '../image/inputOptions.ts';
import { picture } from '../image/picture.ts';
import { resize } from '../image/resize.ts';
import type { Picture, PictureSize } from '../image/types.ts';
import { assertOptions } from '../numeric/options.ts';
import { colorTable } from './drawing/colormaps.ts';
import { type ColorOptions, colorChecks, positionOn, scaleOf } from './drawing/colorScale.ts';
import { type MapSource, mapPlane } from './drawing/mapPlane.ts';

/** Options of {@link heatmap}. */
export interface HeatmapOptions extends ColorOptions {
  /** Height and width of the picture, to which the map is resized bilinearly; one pixel per position by default. */
  readonly size?: PictureSize;
}

/**
 * Draws a map in colours: diverging and symmetric about zero where it has negative numbers, sequential from zero
 * otherwise.
 *
 * Of a volume, or of a sequence of frames, one `slice` is drawn, or a `projection`: by default along the depth what is
 * greatest in magnitude, with its sign. Slices have colours of their own; give them the `range` of {@link colorScale} to
 * compare them.
 *
 * @param map `[h, w]`, `[n, h, w]`, `[n, h, w, c]`, `[n, d, h, w, c]` or an attribution; an array `[d, h, w]` or
 * `[n, d, h, w]` with `slice` or `projection`.
 * @param options `size`; `example` and `channels`; `slice` or `projection` of volumes; `colormap`, `symmetric`, `range`,
 * `quantile`.
 * @returns a picture of one example.
 * @throws {VitrineError} if the map is not finite or of another rank, or an option is not as described.
 * @example
 * ```ts
 * import { heatmap } from 'vitrine';
 * const small = heatmap(map); // 16×16
 * const large = heatmap(map, { size: 224, colormap: 'viridis', symmetric: false });
 * ```
 */
export function heatmap(map: MapSource, options: HeatmapOptions = {}): Picture {
  assertOptions(options, { ...colorChecks, size: placeChecks.size });
  const { size, ...selection } = options;
  const plane = mapPlane(map, selection);
  const scale = scaleOf(plane, selection);
  const table = colorTable(scale.colormap);
  const { shape, data } = size === undefined ? plane : resize(plane, size);
  const colors = new Uint8ClampedArray(data.length * 4).fill(255);
  data.forEach((value, i) => {
    const entry = Math.round(positionOn(scale, value) * 255) * 3;
    colors.set(table.subarray(entry, entry + 3), i * 4);
  });
  return picture(shape[1] as number, shape[0] as number, colors);
}
