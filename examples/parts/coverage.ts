import { max, mean } from 'd3-array';
import { type NdArray, partInterpretability } from 'vitrine';
import type { LayerMaps } from 'vitrine/graph';
import { medianPartRadius, type PartInterpretability } from 'vitrine/metrics';
import { rowsOf } from './maps.ts';
import { type Photo, partNames, side } from './photos.ts';

/** On what share of the photos filters cover a part. */
export interface Coverage {
  readonly radius: number;
  readonly filters: number;
  readonly best: number;
  /** The mean and the best filter with the parts of the next photo. */
  readonly strangers: { readonly filters: number; readonly best: number };
  /** The best of all discs that are always at one position of the layer. */
  readonly constant: number;
}

/** Measures the filters of a layer, after the rectifier, with the boxes of parts for masks. */
export function coverage({ activations, centre, jump }: LayerMaps, photos: readonly Photo[]): Coverage {
  const parts = masksOf(photos);
  const radius = medianPartRadius(parts);
  const [images, rows, columns] = activations.shape as [number, number, number, number];
  // In a small layer a share of 0.005 would be less than one position per photo.
  const quantile = Math.max(0.005, 1 / (rows * columns));
  const measured = (maps: NdArray): PartInterpretability =>
    partInterpretability({ activations: maps, parts }, { centre, jump, radius, quantile });
  const own = measured(activations);
  const next = measured(
    rowsOf(
      activations,
      Array.from({ length: images }, (_, image) => (image + 1) % images),
    ),
  );
  return {
    radius,
    filters: own.mean,
    best: max(own.perUnit) as number,
    strangers: { filters: next.mean, best: max(next.perUnit) as number },
    constant: max(measured(oneEach(images, rows, columns)).perUnit) as number,
  };
}

export function meanCoverage(all: readonly Coverage[]): Coverage {
  const over = (of: (one: Coverage) => number): number => mean(all, of) as number;
  return {
    radius: over(({ radius }) => radius),
    filters: over(({ filters }) => filters),
    best: over(({ best }) => best),
    strangers: { filters: over(({ strangers }) => strangers.filters), best: over(({ strangers }) => strangers.best) },
    constant: over(({ constant }) => constant),
  };
}

/** For each position a unit that is active there alone, on every image. */
function oneEach(images: number, rows: number, columns: number): NdArray {
  const units = rows * columns;
  const data = new Float32Array(images * units * units);
  for (let k = 0; k < images * units; k++) data[k * units + (k % units)] = 1;
  return { shape: [images, rows, columns, units], data };
}

/** Box by box; pixel i is in a box that holds its centre. */
function masksOf(photos: readonly Photo[]): NdArray<Uint8Array> {
  const data = new Uint8Array(photos.length * partNames.length * side * side);
  photos.forEach(({ parts }, image) => {
    parts.forEach((part, p) => {
      if (!part) return;
      const [top, left, bottom, right] = part.box;
      for (let row = Math.max(Math.ceil(top), 0); row <= Math.min(bottom, side - 1); row++) {
        const start = ((image * partNames.length + p) * side + row) * side;
        data.fill(1, start + Math.max(Math.ceil(left), 0), start + Math.min(Math.floor(right), side - 1) + 1);
      }
    });
  });
  return { shape: [photos.length, partNames.length, side, side], data };
}
