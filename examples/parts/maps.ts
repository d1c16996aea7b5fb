import { activations, type Model, type NdArray, random, receptiveField } from 'vitrine';
import type { FeatureMaps, LayerMaps } from 'vitrine/graph';
import { shuffled } from '../../src/numeric/random.ts';
import { side } from './photos.ts';

/** A layer of the study. */
export interface StudyLayer {
  readonly name: string;
  /** Rows and columns. */
  readonly size: number;
  readonly filters: number;
}

/**
 * From the lowest to the top. The sums of blocks have no rectifier, so expansions are taken, the last of each resolution,
 * and the convolution before the mean over the picture.
 */
export const studyLayers: readonly StudyLayer[] = [
  { name: 'block5_expand', size: 28, filters: 240 },
  { name: 'block11_expand', size: 14, filters: 672 },
  { name: 'head', size: 7, filters: 1280 },
];

/** What goes into the rectifiers, `bn`, or comes out of them, from 0 to 6. */
export type Stage = 'bn' | 'relu';

/** So many filters of each layer, chosen by chance, always the same. */
export function chosenFilters(count: number): readonly (readonly number[])[] {
  const most = Math.min(...studyLayers.map(({ filters }) => filters));
  if (!(Number.isInteger(count) && count >= 1 && count <= most)) {
    throw new RangeError(`"filters" expected an integer from 1 to ${most}, got ${count}`);
  }
  return studyLayers.map(({ filters }, layer) =>
    Array.from(shuffled(filters, random(1, layer).integer).subarray(0, count)).sort((a, b) => a - b),
  );
}

/** What the chosen filters answer to pictures, by layer. */
export async function mapsOf(
  model: Model,
  pictures: NdArray,
  { stage, chosen }: { stage: Stage; chosen: readonly (readonly number[])[] },
): Promise<FeatureMaps> {
  const address = ({ name }: StudyLayer): string => `${name}_${stage}`;
  const found = await activations(model, pictures, studyLayers.map(address));
  return {
    imageSize: [side, side],
    layers: Object.fromEntries(
      studyLayers.map((layer, place): [string, LayerMaps] => {
        const { centre, jump } = receptiveField(model, address(layer));
        const maps = found[address(layer)] as NdArray;
        return [layer.name, { activations: ofFilters(maps, chosen[place] as readonly number[]), centre, jump }];
      }),
    ),
  };
}

/** The maps of some of the images. */
export function ofImages({ imageSize, layers }: FeatureMaps, images: readonly number[]): FeatureMaps {
  return {
    imageSize,
    layers: Object.fromEntries(
      Object.entries(layers).map(([name, { activations: maps, ...place }]) => [
        name,
        { ...place, activations: rowsOf(maps, images) },
      ]),
    ),
  };
}

/** Some rows of an array. */
export function rowsOf({ shape, data }: NdArray, rows: readonly number[]): NdArray {
  const size = data.length / (shape[0] as number);
  const out = new Float32Array(rows.length * size);
  rows.forEach((row, i) => out.set(data.subarray(row * size, (row + 1) * size), i * size));
  return { shape: [rows.length, ...shape.slice(1)], data: out };
}

function ofFilters({ shape, data }: NdArray, filters: readonly number[]): NdArray {
  const units = shape.at(-1) as number;
  const out = new Float32Array((data.length / units) * filters.length);
  for (let k = 0; k < out.length; k++) {
    out[k] = data[Math.floor(k / filters.length) * units + (filters[k % filters.length] as number)] as number;
  }
  return { shape: [...shape.slice(0, -1), filters.length], data: out };
}
