import type { Model, RunOptions } from '../../../network/types.ts';
import { withNetwork } from '../../../network/withNetwork.ts';
import { assertFiniteArray, assertRoom } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { type NdArray, rowOf } from '../../../numeric/ndarray.ts';
import { random, randomSubset } from '../../../numeric/random.ts';
import { visitLayers } from '../../../readings/forEachImage.ts';
import { type ImageDataset, inputsOf } from '../../../readings/imageSource.ts';
import type { Rows } from './trained.ts';

/** Which activations are read. */
interface RowPlan extends RunOptions {
  readonly layer: string;
  /** How many positions of each image are drawn. */
  readonly samples?: number | undefined;
  readonly seed?: number;
}

/** The units of a layer at positions of images, one row for each. */
export async function layerRows(
  model: Model,
  images: ImageDataset,
  { layer, samples = Number.POSITIVE_INFINITY, seed = 0, signal, onProgress }: RowPlan,
): Promise<Rows> {
  return withNetwork(model, async (network) => {
    const site = network.site(layer, 'layer');
    const units = site.shape.at(-1);
    if (typeof units !== 'number')
      throw new VitrineError('bad-argument', `"layer" expected one with a fixed number of units, got "${layer}"`);
    const found: Float32Array[] = [];
    const plan = { stage: 'activations', sites: [site], ...(signal && { signal }), ...(onProgress && { onProgress }) };
    const count = await visitLayers(network, inputsOf(network, images), plan, ([map], image) => {
      const positions = { shape: [(map as NdArray).data.length / units, units], data: (map as NdArray).data };
      assertFiniteArray(`image ${image}: ${layer}`, positions);
      found.push(drawn(positions, samples, [seed, image]));
    });
    if (count === 0) throw new VitrineError('bad-argument', '"images" expected at least one image, got none');
    return { units, ...joined(found, units) };
  });
}

function drawn(positions: NdArray, samples: number, [seed, image]: readonly [number, number]): Float32Array {
  const [count, units] = positions.shape as readonly [number, number];
  if (count <= samples) return positions.data.slice();
  const rows = new Float32Array(samples * units);
  const places = randomSubset(count, samples, random(seed, 2, image));
  places.forEach((place, i) => rows.set(rowOf(positions, place), i * units));
  return rows;
}

function joined(arrays: readonly Float32Array[], units: number): Pick<Rows, 'count' | 'values'> {
  const count = arrays.reduce((sum, { length }) => sum + length / units, 0);
  assertRoom('samples', [count, units]);
  const values = new Float32Array(count * units);
  let offset = 0;
  for (const array of arrays) {
    values.set(array, offset);
    offset += array.length;
  }
  return { count, values };
}
