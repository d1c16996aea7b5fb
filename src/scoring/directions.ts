import { assertArray, assertFiniteArray, describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { assertVector } from './directionVector.ts';
import type { Direction } from './types.ts';

/** Directions among the units of a layer: the rows of a matrix `[directions, units]`, one concept, or several. */
export type Directions = NdArray<Float32Array | Float64Array> | Direction | readonly Direction[];

/**
 * The rows of a matrix as directions among the units of a layer: of parts, random directions, concept activation vectors
 * of a dense layer, embeddings.
 *
 * @param layer the address of the layer.
 * @param vectors `[directions, units]`, as finite numbers.
 * @returns one direction for each row, for `topImages`, `directionDissection`, `objectives.direction`, and as a target.
 * @throws {VitrineError} if `vectors` has another shape or is not finite.
 * @example
 * ```ts
 * import { topImages } from 'vitrine';
 * import { randomDirections } from 'vitrine/dissection';
 * import { directionsOf } from 'vitrine/scoring';
 * const direction = directionsOf('conv3', randomDirections({ count: 2, unitCount: 12 }));
 * const images = await topImages(model, [x], { layer: 'conv3', direction, count: 2 });
 * console.log(images.length); // 2
 * ```
 */
export function directionsOf(layer: string, vectors: NdArray<Float32Array | Float64Array>): readonly Direction[] {
  if (typeof layer !== 'string')
    throw new VitrineError('bad-argument', `"layer" expected the address of a layer, got ${describe(layer)}`);
  assertArray('vectors', vectors, [2]);
  assertFiniteArray('vectors', vectors);
  const [count, units] = vectors.shape as readonly [number, number];
  return Array.from({ length: count }, (_, i) => ({
    layer,
    vector: Float32Array.from(vectors.data.subarray(i * units, (i + 1) * units)),
  }));
}

/** Directions of one layer as a matrix `[directions, units]`; refuses those of another layer or number of units, and what is not finite. */
export function directionMatrix(
  argument: string,
  directions: Directions,
  { layer, units }: { readonly layer: string; readonly units: number },
): NdArray<Float32Array | Float64Array> {
  const matrix = isMatrix(directions) ? directions : joinedVectors(argument, listed(directions), { layer, units });
  assertArray(argument, matrix, [2]);
  assertFiniteArray(argument, matrix);
  if (matrix.shape[1] === units) return matrix;
  throw new VitrineError('bad-shape', `"${argument}" expected shape [d, ${units}], got [${matrix.shape.join(', ')}]`);
}

function isMatrix(directions: Directions): directions is NdArray<Float32Array | Float64Array> {
  return typeof directions === 'object' && directions !== null && 'shape' in directions;
}

function listed(directions: Direction | readonly Direction[]): readonly Direction[] {
  return Array.isArray(directions) ? directions : [directions as Direction];
}

function joinedVectors(
  argument: string,
  directions: readonly Direction[],
  { layer, units }: { readonly layer: string; readonly units: number },
): NdArray {
  if (directions.length === 0)
    throw new VitrineError('bad-argument', `"${argument}" expected at least one direction, got none`);
  const data = new Float32Array(directions.length * units);
  directions.forEach((direction, i) => {
    const name = directions.length === 1 ? argument : `${argument}[${i}]`;
    assertDirection(name, direction);
    if (direction.layer !== layer)
      throw new VitrineError(
        'bad-argument',
        `"${name}" expected one of layer "${layer}", got one of "${direction.layer}"`,
      );
    if (direction.vector.length !== units)
      throw new VitrineError('bad-shape', `"${name}" expected ${units} numbers, got ${direction.vector.length}`);
    data.set(direction.vector, i * units);
  });
  return { shape: [directions.length, units], data };
}

function assertDirection(argument: string, direction: Direction): void {
  const given: unknown = direction;
  if (typeof given !== 'object' || given === null || typeof direction.layer !== 'string') {
    throw new VitrineError('bad-argument', `"${argument}" expected {layer, vector}, got ${describe(given)}`);
  }
  assertVector(`${argument}.vector`, direction.vector);
}
