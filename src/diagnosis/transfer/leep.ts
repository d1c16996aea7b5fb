import { inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import { abortSignal, assertOptions } from '../../numeric/options.ts';
import { forEachOf, type Sliced } from '../../numeric/sliced.ts';
import { assertProbabilities, labelsOf, type PerExample } from '../classified.ts';
import type { FeatureOptions } from '../spaces/featureOptions.ts';

/**
 * LEEP: how well the classes of a task follow from the classes that a network of another task sees, in nats an example.
 *
 * $$ \mathrm{LEEP} = \frac1n \sum_i \log \sum_z \hat P(y_i \mid z)\, \theta_z(x_i), \qquad
 *    \hat P(y, z) = \frac1n \sum_{i : y_i = y} \theta_z(x_i) $$
 *
 * At most 0. It compares networks on the same examples: the number itself depends on how many classes there are, and how
 * often each occurs. Nothing is trained, so it says nothing of features that no output of the network uses.
 *
 * Source: Nguyen et al. 2020, "LEEP: A new measure to evaluate transferability of learned representations", Eq. (1)–(2).
 *
 * @param probabilities of the network's own classes, on examples of the other task, `[n, z]`; a class of probability 0
 *   throughout is skipped.
 * @param labels the class of each example in the other task, `[n]`.
 * @param options `signal`.
 * @returns the score; 0 where all examples are of one class.
 * @throws {VitrineError} if rows do not sum up to 1, or there are not as many labels as rows.
 * @example
 * ```ts
 * import { predict } from 'vitrine';
 * import { leep } from 'vitrine/diagnosis';
 * const { values } = await predict(model, x, { scale: 'probability' });
 * console.log(await leep(values, [1, 0]));
 * ```
 */
export async function leep(
  probabilities: NdArray<TypedArray>,
  labels: PerExample,
  options: FeatureOptions = {},
): Promise<number> {
  assertOptions(options, { signal: abortSignal });
  assertProbabilities('probabilities', probabilities);
  const classes = labelsOf('labels', labels, probabilities.shape[0] as number);
  const [table] = await owned(probabilities);
  return inSlices(meanLogExpectation(table, classes), options);
}

function* meanLogExpectation({ shape, data }: NdArray<TypedArray>, labels: Int32Array): Sliced<number> {
  const [count, width] = shape as readonly [number, number];
  const classes = labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  const joint = new Float64Array(classes * width);
  const sums = new Float64Array(width);
  yield* forEachOf(count, width, (i) => {
    const at = (labels[i] as number) * width;
    for (let z = 0; z < width; z++) {
      const share = data[i * width + z] as number;
      joint[at + z]! += share;
      sums[z]! += share;
    }
  });
  let total = 0;
  yield* forEachOf(count, width, (i) => {
    const at = (labels[i] as number) * width;
    let expected = 0;
    for (let z = 0; z < width; z++) {
      if (sums[z] === 0) continue;
      expected += ((joint[at + z] as number) / (sums[z] as number)) * (data[i * width + z] as number);
    }
    total += Math.log(expected);
  });
  return total / count;
}
