import type { MapSource, SourceLayer } from './mapSource.ts';

/** The maps of a layer, and what its filters are divided by. */
export interface ReadMaps {
  /** Of each image, `[filters, h · w]`. */
  readonly maps: readonly Float32Array[];
  readonly deviations: readonly number[];
}

/** Reads some filters of a layer on all images. */
export async function readMaps(source: MapSource, layer: number, filters: readonly number[]): Promise<ReadMaps> {
  const maps: Float32Array[] = [];
  const { size, units } = source.layers[layer] as SourceLayer;
  const positions = size[0] * size[1];
  const moments = momentsFor(filters.length);
  await source.read([layer], ([values]) => {
    const own = planesOf(values as Float32Array, { filters, positions, units });
    maps.push(own);
    moments.add(own, positions);
  });
  return { maps, deviations: moments.deviations() };
}

/** The deviations of some filters over images that are kept for nothing else. */
export async function readDeviations(source: MapSource, layer: number, filters: readonly number[]): Promise<number[]> {
  const { size, units } = source.layers[layer] as SourceLayer;
  const positions = size[0] * size[1];
  const moments = momentsFor(filters.length);
  await source.read([layer], ([values]) => {
    moments.add(planesOf(values as Float32Array, { filters, positions, units }), positions);
  });
  return moments.deviations();
}

/** Some units of maps `[h, w, u]`, one after the other. */
function planesOf(
  values: Float32Array,
  { filters, positions, units }: { filters: readonly number[]; positions: number; units: number },
): Float32Array {
  const planes = new Float32Array(filters.length * positions);
  filters.forEach((filter, f) => {
    for (let k = 0; k < positions; k++) planes[f * positions + k] = values[k * units + filter] as number;
  });
  return planes;
}

interface Moments {
  add(planes: Float32Array, positions: number): void;
  /** The root of the mean squared distance from the mean, over images and positions; 0 where no value was positive. */
  deviations(): number[];
}

function momentsFor(filters: number): Moments {
  const [mean, squares] = [new Float64Array(filters), new Float64Array(filters)];
  const isPositive = new Uint8Array(filters);
  let count = 0;
  return {
    add(planes, positions) {
      for (let f = 0; f < filters; f++) {
        for (let k = 0; k < positions; k++) {
          const value = planes[f * positions + k] as number;
          if (value > 0) isPositive[f] = 1;
          // Welford 1962: loses no digits where E[a²] − E[a]² would.
          const before = value - (mean[f] as number);
          mean[f] = (mean[f] as number) + before / (count + k + 1);
          squares[f] = (squares[f] as number) + before * (value - (mean[f] as number));
        }
      }
      count += positions;
    },
    deviations: () => Array.from(squares, (sum, f) => (isPositive[f] ? Math.sqrt(sum / count) : 0)),
  };
}
