import { VitrineError } from '../../numeric/errors.ts';
import { allFinite } from '../../numeric/ndarray.ts';
import type { Sliced } from '../../numeric/sliced.ts';
import type { Grid } from '../mixture/responses.ts';

/** A layer whose maps can be read. */
export interface SourceLayer extends Grid {
  readonly name: string;
  readonly units: number;
}

/** Where maps come from: a network and images, or arrays. */
export interface MapSource {
  readonly imageSize: readonly [rows: number, columns: number];
  readonly layers: readonly SourceLayer[];
  /**
   * Reads the maps of some layers, image by image: `[h, w, u]` of each of them. What is long about a visit may be
   * returned as a generator, and is done in slices.
   *
   * @returns the number of images.
   */
  read(
    layers: readonly number[],
    visit: (maps: readonly Float32Array[], image: number) => void | Sliced<void>,
  ): Promise<number>;
}

/** Refuses maps that are not all finite and says where. */
export function assertFiniteMaps(maps: Float32Array, { name, units }: SourceLayer, image: number): void {
  if (allFinite(maps)) return;
  const found = maps.findIndex((value) => !Number.isFinite(value));
  throw new VitrineError(
    'not-finite',
    `"${name}" expected finite activations, got ${maps[found]} in unit ${found % units} of image ${image}`,
  );
}
