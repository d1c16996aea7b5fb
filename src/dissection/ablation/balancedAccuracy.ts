import { assertInteger } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertClasses } from './assertClasses.ts';
import { classTally } from './classTally.ts';

// Counts are kept of each.
const mostClasses = 2 ** 24;

/**
 * The balanced accuracy of each class, as a question of its own: is it this class or not; guessing gives ½.
 *
 * $\mathrm{BA}_c = \frac12 \left( \frac{\#\{\hat y = c,\, y = c\}}{\#\{y = c\}} + \frac{\#\{\hat y \ne c,\, y \ne c\}}{\#\{y \ne c\}} \right)$
 *
 * Source: Bau et al. 2020, "Understanding the role of individual units in a deep neural network".
 *
 * @param predictions the predicted class of each example, `[n]`.
 * @param classes the true class of each example, `[n]`.
 * @param classCount how many classes there are.
 * @returns `[classes]`; NaN for a class that none or all examples have.
 * @throws {VitrineError} if there are not as many predictions as classes, none at all, or one is not a class.
 * @example
 * ```ts
 * import { balancedAccuracy } from 'vitrine/dissection';
 * console.log(balancedAccuracy([0, 1, 1, 2], [0, 1, 2, 2], 3)); // [1, 5 / 6, 3 / 4]
 * ```
 */
export function balancedAccuracy(
  predictions: ArrayLike<number>,
  classes: ArrayLike<number>,
  classCount: number,
): Float64Array {
  assertInteger('classCount', classCount, [1, mostClasses]);
  assertClasses('classes', classes, classCount);
  assertClasses('predictions', predictions, classCount);
  if (predictions.length !== classes.length) {
    throw new VitrineError(
      'bad-argument',
      `"predictions" expected ${classes.length}, one for each class that is true, got ${predictions.length}`,
    );
  }
  const tally = classTally(classCount);
  for (let i = 0; i < classes.length; i++) tally.add(classes[i] as number, predictions[i] as number);
  return tally.balancedAccuracy();
}
