import { assertArray, assertFiniteArray, assertRoom } from '../../numeric/check.ts';
import type { NdArray } from '../../numeric/ndarray.ts';

/**
 * How alike the activations of any two positions are: the cosines of their vectors.
 *
 * $$ S_{pq} = \frac{\langle a_p, a_q \rangle}{\lVert a_p \rVert \, \lVert a_q \rVert} $$
 * and 0 where a vector is zero. Shown for the position under the pointer, it tells what the network takes for the same.
 *
 * Source: Olah et al. 2018, "The building blocks of interpretability", the overlays of its notebooks.
 *
 * @param activations of one image, `[h, w, u]`, as `activations` gives them.
 * @returns `[h, w, h, w]`, symmetric, 1 for a position with itself.
 * @throws {VitrineError} if the array has other axes or is not finite, or the result would be too large.
 * @example
 * ```ts
 * import { activations, example } from 'vitrine';
 * import { positionSimilarity } from 'vitrine/visualization';
 * const { conv3 } = await activations(model, x, ['conv3']);
 * const [, ...shape] = example(conv3, 0).shape;
 * const similarity = positionSimilarity({ shape, data: example(conv3, 0).data });
 * console.log(similarity.shape);
 * ```
 */
export function positionSimilarity(activations: NdArray): NdArray {
  assertArray('activations', activations, [3]);
  assertFiniteArray('activations', activations);
  const [height, width, units] = activations.shape as [number, number, number];
  const shape = [height, width, height, width];
  assertRoom('activations', shape);
  const places = height * width;
  const directions = unitVectors(activations.data, places, units);
  const data = new Float32Array(places * places);
  for (let p = 0; p < places; p++) {
    for (let q = p; q < places; q++) {
      let sum = 0;
      for (let u = 0; u < units; u++)
        sum += (directions[p * units + u] as number) * (directions[q * units + u] as number);
      data[p * places + q] = data[q * places + p] = sum;
    }
  }
  return { shape, data };
}

/** Vectors of length 1 after each other; of zeros where there is no direction. */
function unitVectors(data: Float32Array, places: number, units: number): Float64Array {
  const directions = Float64Array.from(data);
  for (let place = 0; place < places; place++) {
    const own = directions.subarray(place * units, (place + 1) * units);
    const length = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0)) || 1;
    for (let u = 0; u < units; u++) own[u] = (own[u] as number) / length;
  }
  return directions;
}
