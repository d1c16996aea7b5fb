import { layerAddress } from '../../network/runChecks.ts';
import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, number, object } from '../../numeric/options.ts';
import { assertVector } from '../../scoring/directionVector.ts';
import { place } from '../../scoring/targets/placeScore.ts';
import type { Direction, DirectionTarget, LayersTarget } from '../../scoring/types.ts';
import { angledProduct } from './angledProduct.ts';

/** How a direction is climbed. */
export interface DirectionOptions {
  /** How much the angle counts: 0 by default, not at all; 1 to 4 for pictures of the direction and of little else. */
  readonly power?: number;
  /** As of a target; `'mean'` over all positions by default. */
  readonly position?: DirectionTarget['position'];
}

/**
 * A direction among the units of a layer: a concept.
 *
 * $$ \frac{1}{|P|} \sum_{p \in P} \langle a_p, v \rangle \cdot \max\big(0.1, \cos(a_p, v)\big)^{\text{power}} $$
 *
 * The floor keeps the product of two negative factors from growing; in the cosine 10⁻⁴ is added to each length.
 *
 * Source: `direction` of lucid; Carter et al. 2019, "Activation atlas".
 *
 * @param direction `{ layer, vector }`, which is an objective of its own with power 0.
 * @param options `power`, `position`.
 * @returns an objective.
 * @throws {VitrineError} if an argument is of the wrong kind; {@link visualize} throws if the vector has not the layer's length.
 * @example
 * ```ts
 * import { objectives } from 'vitrine/visualization';
 * const vector = [0, 1, 0, -1, 0, 0, 0.5, 0];
 * const objective = objectives.direction({ layer: 'conv3', vector }, { power: 2, position: 'center' });
 * ```
 */
export function direction(direction: Direction, options: DirectionOptions = {}): DirectionTarget | LayersTarget {
  object('direction', direction);
  layerAddress('direction.layer', direction.layer);
  assertVector('direction.vector', direction.vector);
  assertOptions(options, { power: number(0), position: place });
  const { layer } = direction;
  const vector = Float32Array.from(direction.vector);
  const { power = 0, position } = options;
  if (power === 0) return { layer, vector, ...(position !== undefined && { position }) };
  return { layers: [layer], score: ([values]) => angledProduct(values, { layer, vectors: [vector], power, position }) };
}

/**
 * A direction made to tell a layer's activations apart: $v' = v S$ with $S = (A^\top A / m)^{-1}$, so that what all
 * activations have in common counts for little.
 *
 * Source: Carter et al. 2019, "Activation atlas"; the cosine is that of the article, $\cos(a, v')$.
 *
 * @param direction `{ layer, vector }`.
 * @param whitening S `[units, units]`, of `whitening`.
 * @param options `power`, `position`.
 * @returns an objective.
 * @throws {VitrineError} if an argument is of the wrong kind or S has another size than the vector.
 * @example
 * ```ts
 * import { objectives } from 'vitrine/visualization';
 * const vector = [0, 1, 0, -1, 0, 0, 0.5, 0];
 * const shape = [8, 8];
 * const alike = { shape, data: Float32Array.from({ length: 64 }, (_, i) => (i % 9 === 0 ? 1 : 0)) };
 * const objective = objectives.whitenedDirection({ layer: 'conv3', vector }, alike, { power: 2 });
 * ```
 */
export function whitenedDirection(
  direction: Direction,
  whitening: NdArray,
  options: DirectionOptions = {},
): DirectionTarget | LayersTarget {
  object('direction', direction);
  assertVector('direction.vector', direction.vector);
  return directionOf({ ...direction, vector: whitenedVector(direction.vector, whitening) }, options);
}

const directionOf = direction;

/** v S */
function whitenedVector(vector: Direction['vector'], whitening: NdArray): Float32Array {
  assertArray('whitening', whitening, [2]);
  assertFiniteArray('whitening', whitening);
  const { length } = vector;
  if (whitening.shape[0] !== length || whitening.shape[1] !== length) {
    throw new VitrineError(
      'bad-shape',
      `"whitening" expected shape [${length}, ${length}], got [${whitening.shape.join(', ')}]`,
    );
  }
  return Float32Array.from({ length }, (_, unit) =>
    Array.from(vector).reduce((total, value, i) => total + value * (whitening.data[i * length + unit] as number), 0),
  );
}
