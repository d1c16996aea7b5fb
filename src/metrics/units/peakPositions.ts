import type { PerAxis } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { object } from '../../numeric/options.ts';
import { layerMaps } from '../../readings/layerMaps.ts';
import { type Placement, pixelsAlong } from '../../readings/placement.ts';

/** Where units respond most, and how much. */
export interface PeakPositions {
  /** `[n, u, 2]`, row and column in pixels. */
  readonly positions: NdArray<Float64Array>;
  /** `[n, u]`, the greatest activations. */
  readonly scores: NdArray<Float64Array>;
}

/**
 * Where each unit responds most on each image, in pixels.
 *
 * $$ \hat\mu = \arg\max_{ij} x_{ij}, \qquad p(\hat\mu) = \text{centre} + \text{jump} \cdot \hat\mu $$
 * Of equal activations the first one counts, row by row.
 *
 * Source: Zhang et al. 2018, "Interpretable convolutional neural networks", §5.2.2.
 *
 * @param activations of a layer, `[n, h, w, u]`; the paper takes those before the rectifier.
 * @param placement `centre`, the pixel that position (0, 0) stands for, and `jump`, pixels between neighbours: each a
 * number, or one for rows and one for columns; `receptiveField` has them.
 * @returns positions `[n, u, 2]` (row, column) in pixels, the centre of the first pixel being 0, and scores `[n, u]`.
 * @throws {VitrineError} if `activations` are not of rank 4 or not finite, or the placement is no number, or if
 * one of them is no array or pair.
 * @example
 * ```ts
 * import { activations, peakPositions, receptiveField } from 'vitrine';
 * const { conv3 } = await activations(model, x, ['conv3']);
 * const { positions, scores } = peakPositions(conv3, receptiveField(model, 'conv3'));
 * ```
 */
export function peakPositions(
  activations: NdArray,
  placement: Pick<Placement<PerAxis>, 'centre' | 'jump'>,
): PeakPositions {
  object('placement', placement);
  const { images, layer, of } = layerMaps(activations, placement);
  const { units, size } = layer;
  const [rows, columns] = [pixelsAlong(layer, 0), pixelsAlong(layer, 1)];
  const positions = new Float64Array(images * units * 2);
  const scores = new Float64Array(images * units);
  for (let image = 0; image < images; image++) {
    const maps = of(image);
    for (let unit = 0; unit < units; unit++) {
      const peak = firstPeak(maps, unit, units);
      const k = image * units + unit;
      positions[2 * k] = rows[Math.floor(peak / size[1])] as number;
      positions[2 * k + 1] = columns[peak % size[1]] as number;
      scores[k] = maps[peak * units + unit] as number;
    }
  }
  return {
    positions: { shape: [images, units, 2], data: positions },
    scores: { shape: [images, units], data: scores },
  };
}

function firstPeak(maps: Float32Array, unit: number, units: number): number {
  let best = unit;
  for (let k = unit + units; k < maps.length; k += units) {
    if ((maps[k] as number) > (maps[best] as number)) best = k;
  }
  return (best - unit) / units;
}
