import { assertInteger, type PerAxis, perAxis } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { object } from '../../numeric/options.ts';
import type { LayerGrid, Placement } from '../../readings/placement.ts';
import { type Located, type LocationData, located, meanOfKnown, spreadOf, varianceOf } from './locationData.ts';
import { type LocationNulls, locationNulls } from './locationNulls.ts';
import { chosenImages, type LocationOptions, locationOptions } from './locationOptions.ts';

/** The positions of a layer. */
export type LocationGrid = Pick<Placement<PerAxis>, 'size' | 'centre' | 'jump'>;

/** How steadily units keep their distances to landmarks. All but `used` are in diagonals of the image; less is steadier. */
export interface LocationInstability {
  /** `[u, p]`, $D_{f,k}$; NaN where fewer than two images count. */
  readonly deviation: NdArray<Float64Array>;
  /** `[u, p]`: the images that count. */
  readonly used: NdArray<Int32Array>;
  /** `[u]`: the mean over the landmarks that have a deviation; NaN where there is none. */
  readonly perUnit: Float64Array;
  /** Over the units that have one. */
  readonly mean: number;
  /** What units that know nothing of the image would have; with `grid`. */
  readonly nulls?: LocationNulls;
  /** The units whose positions spread by less than a step of the grid; with `grid`. */
  readonly positionConstant?: Int32Array;
  /** `[u]`: how far apart the positions of a unit lie on all images; NaN of a single image. */
  readonly positionSpread: Float64Array;
  /** `[u, p]`: as `deviation`, but of the difference in rows and columns and not of its length alone. */
  readonly vectorDeviation: NdArray<Float64Array>;
}

/**
 * Location instability: how much the distance between where a unit responds and a landmark varies over images.
 *
 * $$ d_I = \frac{\lVert p_k - p(\hat\mu) \rVert}{\sqrt{w^2 + h^2}}, \qquad D_{f,k} = \sqrt{\operatorname{var}_I d_I} $$
 * over the `top` images with the landmark on which the unit responds most. The mean over landmarks and units is the
 * result. A unit that always peaks at one place is steady too where objects are centred, so compare with `nulls`: they
 * are what chance gives for these landmarks. A distance does not tell directions apart;
 * `vectorDeviation`, $\sqrt{\operatorname{tr} \operatorname{Cov}_I (p_k - p(\hat\mu))}$ in diagonals, does.
 *
 * Source: Zhang et al. 2018, "Interpretable convolutional neural networks", §5.2.2; the nulls, the position spread and the
 * vector deviation are our own. The mean is taken over the landmarks that have a deviation.
 *
 * @param data `positions` `[n, u, 2]` and `scores` `[n, u]`, as {@link peakPositions} gives them; `landmarks` `[n, p, 2]`
 * in the same pixels (row, column), NaN where not visible; `imageSize` `[h, w]`; for the nulls `grid`, the layer's
 * `size` `[rows, columns]`, `centre` and `jump`.
 * @param options `top`, `ddof`, `select`.
 * @returns deviations `[u, p]` and their means, and what to compare them with.
 * @throws {VitrineError} if the arrays are not of the same images and units, scores or positions are not finite, only one
 * coordinate of a landmark is NaN, or an option is out of its range, or if an array or pair is none.
 * @example
 * ```ts
 * import { locationInstability } from 'vitrine';
 * const array = (shape: number[], ...numbers: number[]) => ({ shape, data: Float64Array.from(numbers) });
 * const { mean, used } = locationInstability({
 *   positions: array([3, 1, 2], 4, 4, 8, 12, 20, 4),
 *   scores: array([3, 1], 2, 1, 3),
 *   landmarks: array([3, 1, 2], 7, 8, 11, 16, 23, 8), // always 3 below and 4 to the right
 *   imageSize: [32, 32],
 * });
 * console.log(mean, used.data); // 0 and 3
 * ```
 */
export function locationInstability(
  data: LocationData & { readonly grid?: LocationGrid },
  options: LocationOptions = {},
): LocationInstability {
  const settings = locationOptions(options);
  const checked = located('data', data);
  const { grid } = data;
  if (grid !== undefined) object('grid', grid);
  const { images, units, landmarks } = checked;
  const deviation = new Float64Array(units * landmarks);
  const vectorDeviation = new Float64Array(units * landmarks);
  const used = new Int32Array(units * landmarks);
  for (let unit = 0; unit < units; unit++) {
    chosenImages(checked, unit, settings).forEach((chosen, landmark) => {
      const k = unit * landmarks + landmark;
      const offsets = chosen.map((image) => offset(checked, { image, unit, landmark }));
      const distances = offsets.map((both) => Math.hypot(...both));
      used[k] = chosen.length;
      deviation[k] = Math.sqrt(varianceOf(distances, settings.ddof));
      vectorDeviation[k] = spreadOf(offsets, settings.ddof);
    });
  }
  const perUnit = Float64Array.from({ length: units }, (_, unit) =>
    meanOfKnown(deviation.subarray(unit * landmarks, (unit + 1) * landmarks)),
  );
  const positionSpread = Float64Array.from({ length: units }, (_, unit) => {
    const places = Array.from({ length: images }, (_, image) => checked.position(image, unit));
    return spreadOf(places, settings.ddof) / checked.diagonal;
  });
  const shape = [units, landmarks];
  return {
    deviation: { shape, data: deviation },
    used: { shape, data: used },
    perUnit,
    mean: meanOfKnown(perUnit),
    ...(grid && comparedWith(gridOf(grid), { data: checked, ddof: settings.ddof, positionSpread })),
    positionSpread,
    vectorDeviation: { shape, data: vectorDeviation },
  };
}

/** From where a unit responds to a landmark, in diagonals. */
function offset(
  data: Located,
  { image, unit, landmark }: { image: number; unit: number; landmark: number },
): readonly [number, number] {
  const [position, goal] = [data.position(image, unit), data.landmark(image, landmark)];
  return [(goal[0] - position[0]) / data.diagonal, (goal[1] - position[1]) / data.diagonal];
}

function comparedWith(
  grid: LayerGrid,
  { data, ddof, positionSpread }: { data: Located; ddof: number; positionSpread: Float64Array },
): Required<Pick<LocationInstability, 'nulls' | 'positionConstant'>> {
  const step = Math.min(...grid.jump) / data.diagonal;
  const constant = Array.from(positionSpread.keys()).filter((unit) => (positionSpread[unit] as number) < step);
  return { nulls: locationNulls(data, grid, ddof), positionConstant: Int32Array.from(constant) };
}

function gridOf({ size, centre, jump }: LocationGrid): LayerGrid {
  const [rows, columns] = perAxis('grid.size', size, 1);
  assertInteger('grid.size', rows, [1, Number.POSITIVE_INFINITY]);
  assertInteger('grid.size', columns, [1, Number.POSITIVE_INFINITY]);
  return {
    size: [rows, columns],
    centre: perAxis('grid.centre', centre),
    jump: perAxis('grid.jump', jump, Number.MIN_VALUE),
  };
}
