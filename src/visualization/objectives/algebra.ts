import { assertInteger, assertNumber } from '../../numeric/check.ts';
import { listOf } from '../../numeric/options.ts';
import { assertObjective } from './assertObjective.ts';
import type { Objective, ObjectiveOfSome, ObjectiveSum, ObjectiveWeight } from './objective.ts';

/**
 * Several objectives at once: $\sum_i F_i$.
 *
 * @param objectives targets and other objectives, {@link scaled} where they weigh differently.
 * @returns an objective.
 * @throws {VitrineError} if there is none.
 * @example
 * ```ts
 * import { objectives } from 'vitrine/visualization';
 * const smooth = objectives.scaled(-0.25, objectives.totalVariation());
 * const objective = objectives.sum(objectives.channel('conv3', 5), smooth);
 * ```
 */
export function sum(...objectives: readonly Objective[]): ObjectiveSum {
  listOf(assertObjective)('objectives', objectives);
  return { sum: objectives.map((objective) => [1, objective]) };
}

/**
 * An objective times a weight: $w F$. A negative one makes small what the objective measures.
 *
 * @param weight a number, or a function of a picture's place among those that are made together: 0 for the first, 1 for the last.
 * @param objective a target or another objective.
 * @returns an objective.
 * @throws {VitrineError} if the weight is not finite.
 * @example
 * ```ts
 * import { objectives } from 'vitrine/visualization';
 * const less = objectives.scaled(-1, objectives.channel('conv3', 5));
 * const more = objectives.scaled((place) => 2 * place, objectives.channel('conv3', 5));
 * ```
 */
export function scaled(weight: ObjectiveWeight, objective: Objective): ObjectiveSum {
  if (typeof weight !== 'function') assertNumber('weight', weight);
  assertObjective('objective', objective);
  return { sum: [[weight, objective]] };
}

/**
 * An objective of some of the pictures that are made together. It sees no others, which score 0.
 *
 * @param pictures their places, from 0.
 * @param objective a target or another objective; classes for each picture are of these pictures.
 * @returns an objective.
 * @throws {VitrineError} if no picture is named; {@link visualize} throws if one is not there.
 * @example
 * ```ts
 * import { objectives } from 'vitrine/visualization';
 * // Of two pictures the first excites a unit, the second another one, and they are to be unlike.
 * const objective = objectives.sum(
 *   objectives.only([0], objectives.channel('conv3', 5)),
 *   objectives.only([1], objectives.channel('conv3', 6)),
 *   objectives.scaled(-10, objectives.diversity('conv2')),
 * );
 * ```
 */
export function only(pictures: readonly number[], objective: Objective): ObjectiveOfSome {
  listOf((each, picture) => assertInteger(each, picture as number, [0, Number.POSITIVE_INFINITY]))(
    'pictures',
    pictures,
  );
  assertObjective('objective', objective);
  return { pictures: [...pictures], objective };
}
