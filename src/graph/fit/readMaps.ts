import type { MapReader, SourceLayer } from '../../readings/mapSource.ts';

/** The maps of a layer, and what its units are divided by. */
export interface ReadMaps {
  /** Of each image, `[units, h · w]`. */
  readonly maps: readonly Float32Array[];
  readonly deviations: readonly number[];
}

/** Reads some units of a layer on all images. */
export async function readMaps(source: MapReader, layer: number, units: readonly number[]): Promise<ReadMaps> {
  const maps: Float32Array[] = [];
  const { size, units: unitCount } = source.layers[layer] as SourceLayer;
  const positions = size[0] * size[1];
  const moments = momentsFor(units.length);
  await source.read([layer], ([values]) => {
    const own = planesOf(values as Float32Array, { units, positions, unitCount });
    maps.push(own);
    moments.add(own, positions);
  });
  return { maps, deviations: moments.deviations() };
}

/** The deviations of some units over images that are kept for nothing else. */
export async function readDeviations(source: MapReader, layer: number, units: readonly number[]): Promise<number[]> {
  const { size, units: unitCount } = source.layers[layer] as SourceLayer;
  const positions = size[0] * size[1];
  const moments = momentsFor(units.length);
  await source.read([layer], ([values]) => {
    moments.add(planesOf(values as Float32Array, { units, positions, unitCount }), positions);
  });
  return moments.deviations();
}

/** Some units of maps `[h, w, u]`, one after the other. */
function planesOf(
  values: Float32Array,
  { units, positions, unitCount }: { units: readonly number[]; positions: number; unitCount: number },
): Float32Array {
  const planes = new Float32Array(units.length * positions);
  units.forEach((unit, u) => {
    for (let k = 0; k < positions; k++) planes[u * positions + k] = values[k * unitCount + unit] as number;
  });
  return planes;
}

interface Moments {
  add(planes: Float32Array, positions: number): void;
  /** The root of the mean squared distance from the mean, over images and positions; 0 where no value was positive. */
  deviations(): number[];
}

function momentsFor(unitCount: number): Moments {
  const [mean, squares] = [new Float64Array(unitCount), new Float64Array(unitCount)];
  const isPositive = new Uint8Array(unitCount);
  let count = 0;
  return {
    add(planes, positions) {
      for (let f = 0; f < unitCount; f++) {
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
