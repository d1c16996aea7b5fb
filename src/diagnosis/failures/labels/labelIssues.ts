import type { NdArray, TypedArray } from '../../../numeric/ndarray.ts';
import { assertProbabilities, labelsOf, type PerExample } from '../../classified.ts';

/** An example whose label is likely wrong. */
export interface LabelIssue {
  readonly example: number;
  readonly label: number;
  /** The class that it is confidently taken for. */
  readonly suggested: number;
  /** The probability of its label; less is worse. */
  readonly selfConfidence: number;
}

/** What labels look like beside the probabilities of a network. */
export interface LabelIssues {
  /** The least self-confidence first. */
  readonly issues: readonly LabelIssue[];
  /** The probability of each example's label, `[n]`: all examples can be ranked by it. */
  readonly selfConfidence: Float64Array;
  /** The mean probability of a class over the examples with its label, `[k]`; ∞ of a class that no label names. */
  readonly thresholds: Float64Array;
  /** Examples by label and the class that they are confidently taken for, `[k, k]`. */
  readonly confident: NdArray<Float64Array>;
  /** The estimated probability of label and true class, `[k, k]`. */
  readonly joint: NdArray<Float64Array>;
  /** The estimated share of wrong labels. */
  readonly noise: number;
}

/**
 * Confident learning: labels that contradict what a network says with the confidence that is usual for the class.
 *
 * With the thresholds $t_j = \frac{1}{|X_j|} \sum_{x \in X_j} p_j(x)$, $X_j$ the examples labelled j, an example labelled i counts
 * for $C_{ij}$, with j the class of the greatest $p_j(x)$ among those with $p_j(x) \ge t_j$. Examples off the diagonal are issues. The
 * joint distribution of labels and true classes is
 * $$ Q_{ij} = \frac{C_{ij}}{\sum_j C_{ij}} \, |X_i| \,\Big/ \sum_{i} |X_i| $$
 *
 * **The probabilities must be out of sample**: of a network that has not been trained on these labels, such as by
 * cross-validation. A network that has learnt wrong labels by heart contradicts none of them.
 *
 * Source: Northcutt, Jiang and Chuang 2021, "Confident learning: estimating uncertainty in dataset labels", Eqs. (1)–(3).
 *
 * @param probabilities `[n, k]`, out of sample.
 * @param labels the class of each example, `[n]`.
 * @returns the issues, the worst first, and the estimated joint distribution. With labels of one class alone there are none.
 * @throws {VitrineError} if they are no probabilities of two classes or more, or a label is no class.
 * @example
 * ```ts
 * import { labelIssues } from 'vitrine/diagnosis';
 * const probabilities = { shape: [4, 2], data: Float32Array.of(0.9, 0.1, 0.8, 0.2, 0.1, 0.9, 0.9, 0.1) };
 * console.log(labelIssues(probabilities, [0, 0, 1, 1]).issues); // example 3 should be of class 0
 * ```
 */
export function labelIssues(probabilities: NdArray<TypedArray>, labels: PerExample): LabelIssues {
  assertProbabilities('probabilities', probabilities);
  const [count, classes] = probabilities.shape as readonly [number, number];
  const own = labelsOf('labels', labels, count, classes);
  const selfConfidence = Float64Array.from(own, (label, i) => probabilities.data[i * classes + label] as number);
  const thresholds = thresholdsOf(own, selfConfidence, classes);
  const confident = new Float64Array(classes * classes);
  const issues: LabelIssue[] = [];
  own.forEach((label, example) => {
    const row = probabilities.data.subarray(example * classes, (example + 1) * classes);
    const suggested = confidentClass(row, thresholds);
    if (suggested < 0) return;
    confident[label * classes + suggested]!++;
    if (suggested !== label)
      issues.push({ example, label, suggested, selfConfidence: selfConfidence[example] as number });
  });
  issues.sort((a, b) => a.selfConfidence - b.selfConfidence || a.example - b.example);
  const joint = jointOf(confident, own, classes);
  const right = Array.from({ length: classes }, (_, k) => joint[k * (classes + 1)] as number);
  const shape = [classes, classes];
  return {
    issues,
    selfConfidence,
    thresholds,
    confident: { shape, data: confident },
    joint: { shape, data: joint },
    noise: Math.max(0, 1 - right.reduce((sum, share) => sum + share, 0)),
  };
}

/** Eq. (2), Northcutt et al. 2021. */
function thresholdsOf(labels: Int32Array, selfConfidence: Float64Array, classes: number): Float64Array {
  const [sums, sizes] = [new Float64Array(classes), new Float64Array(classes)];
  labels.forEach((label, i) => {
    sums[label]! += selfConfidence[i] as number;
    sizes[label]!++;
  });
  return sums.map((sum, label) =>
    (sizes[label] as number) > 0 ? sum / (sizes[label] as number) : Number.POSITIVE_INFINITY,
  );
}

/** The likeliest of the classes whose threshold is reached, the first of equals; −1 where none is. */
function confidentClass(row: TypedArray, thresholds: Float64Array): number {
  let [best, most] = [-1, Number.NEGATIVE_INFINITY];
  thresholds.forEach((threshold, k) => {
    const value = row[k] as number;
    // Rounding must not keep a class whose examples are all alike below its own mean.
    if (value >= threshold * (1 - 1e-12) && value > most) [best, most] = [k, value];
  });
  return best;
}

/** Eq. (3), Northcutt et al. 2021; a label of which nothing is confident is taken to be right. */
function jointOf(confident: Float64Array, labels: Int32Array, classes: number): Float64Array {
  const sizes = new Float64Array(classes);
  for (const label of labels) sizes[label]!++;
  return confident.map((count, at) => {
    const [label, other] = [Math.floor(at / classes), at % classes];
    const all = confident.subarray(label * classes, (label + 1) * classes).reduce((sum, one) => sum + one, 0);
    const share = all > 0 ? count / all : Number(label === other);
    return (share * (sizes[label] as number)) / labels.length;
  });
}
