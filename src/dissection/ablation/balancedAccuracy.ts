import { assertInteger } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertLabels } from './assertLabels.ts';
import { classTally } from './classTally.ts';

/**
 * The balanced accuracy of each class, as a question of its own: is it this class or not; guessing gives ½.
 *
 * $\mathrm{BA}_c = \frac12 \left( \frac{\#\{\hat y = c,\, y = c\}}{\#\{y = c\}} + \frac{\#\{\hat y \ne c,\, y \ne c\}}{\#\{y \ne c\}} \right)$
 *
 * Source: Bau et al. 2020, "Understanding the role of individual units in a deep neural network".
 *
 * @param predictions the predicted class of each example, `[n]`.
 * @param labels the true class of each example, `[n]`.
 * @param classes how many classes there are.
 * @returns `[classes]`; NaN for a class that none or all examples have.
 * @throws {VitrineError} if there are not as many predictions as labels, none at all, or one is not a class.
 * @example
 * ```ts
 * import { balancedAccuracy } from 'vitrine';
 * console.log(balancedAccuracy([0, 1, 1, 2], [0, 1, 2, 2], 3)); // [1, 5 / 6, 3 / 4]
 * ```
 */
export function balancedAccuracy(
  predictions: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): Float64Array {
  assertInteger('classes', classes, [1, Number.POSITIVE_INFINITY]);
  assertLabels('labels', labels, classes);
  assertLabels('predictions', predictions, classes);
  if (predictions.length !== labels.length) {
    throw new VitrineError(
      'bad-argument',
      `"predictions" expected ${labels.length}, one for each label, got ${predictions.length}`,
    );
  }
  const tally = classTally(classes);
  for (let i = 0; i < labels.length; i++) tally.add(labels[i] as number, predictions[i] as number);
  return tally.balancedAccuracy();
}
