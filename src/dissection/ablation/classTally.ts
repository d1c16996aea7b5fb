/** How well a network tells classes apart. */
export interface ClassAccuracy {
  /** The share of examples whose class is the predicted one. */
  readonly accuracy: number;
  /** The balanced accuracy of each class, `[classes]`; NaN for a class that none or all examples have. */
  readonly balancedAccuracy: Float64Array;
}

/** Counts of true and predicted classes. */
export interface ClassTally {
  /** How many examples each class has. */
  readonly truth: Float64Array;
  add(label: number, prediction: number): void;
  /** The share of predictions that are true; NaN without any. */
  accuracy(): number;
  /** Of each class the mean of true positive and true negative rate; NaN where one of them has no examples. */
  balancedAccuracy(): Float64Array;
}

/** Counts for a number of classes, none so far. */
export function classTally(classes: number): ClassTally {
  const [truth, predicted, correct] = [0, 0, 0].map(() => new Float64Array(classes)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let total = 0;
  let hits = 0;
  return {
    truth,
    add(label, prediction) {
      truth[label]!++;
      predicted[prediction]!++;
      total++;
      if (label !== prediction) return;
      correct[label]!++;
      hits++;
    },
    accuracy: () => hits / total,
    balancedAccuracy: () =>
      correct.map((found, i) => {
        const [own, all] = [truth[i] as number, predicted[i] as number];
        const others = total - own;
        return (found / own + (others - (all - found)) / others) / 2;
      }),
  };
}

/** What counts say, as plain data. */
export function classAccuracy(tally: ClassTally): ClassAccuracy {
  return { accuracy: tally.accuracy(), balancedAccuracy: tally.balancedAccuracy() };
}
