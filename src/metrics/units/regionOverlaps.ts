import type { CheckedMaps } from '../../readings/layerMaps.ts';
import { discs } from './discs.ts';
import type { PartMasks } from './partMasks.ts';

/** How the regions of units and the parts overlap. */
export interface RegionOverlaps {
  /** `[n, u]`: the pixels of each region. */
  readonly area: Int32Array;
  /** `[n, u, k]`: the IoU, 0 where region and part are both empty. */
  readonly iou: Float64Array;
}

/** For each image and unit, the region of the positions above the unit's threshold and its IoU with each part. */
export function regionOverlaps(
  maps: CheckedMaps,
  {
    parts,
    areas,
    thresholds,
    radius,
  }: { parts: PartMasks; areas: Int32Array; thresholds: Float64Array; radius: number },
): RegionOverlaps {
  const { images, layer } = maps;
  const [, count, height, width] = parts.shape as [number, number, number, number];
  const regionOf = discs(layer, radius, [height, width]);
  const area = new Int32Array(images * layer.units);
  const iou = new Float64Array(images * layer.units * count);
  for (let image = 0; image < images; image++) {
    for (let unit = 0; unit < layer.units; unit++) {
      const place = image * layer.units + unit;
      const region = regionOf(
        above(maps.of(image), { unit, units: layer.units, threshold: thresholds[unit] as number }),
      );
      area[place] = region.length;
      for (let part = 0; part < count; part++) {
        const start = (image * count + part) * height * width;
        let shared = 0;
        for (const pixel of region) if (parts.data[start + pixel] !== 0) shared++;
        const union = region.length + (areas[image * count + part] as number) - shared;
        iou[place * count + part] = union > 0 ? shared / union : 0;
      }
    }
  }
  return { area, iou };
}

/** The positions of a unit that exceed a threshold. */
function above(
  maps: Float32Array,
  { unit, units, threshold }: { unit: number; units: number; threshold: number },
): readonly number[] {
  const found: number[] = [];
  for (let k = unit; k < maps.length; k += units) if ((maps[k] as number) > threshold) found.push((k - unit) / units);
  return found;
}
