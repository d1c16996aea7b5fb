/** Examples of a node and what is fitted to them. */
export interface SplitData {
  /** `[n, d]`. */
  readonly features: Float64Array;
  readonly width: number;
  /** `[n, k]`. */
  readonly targets: Float64Array;
  readonly outputs: number;
}

/** A question about one feature. */
export interface Split {
  readonly feature: number;
  /** Not greater goes left. */
  readonly threshold: number;
  readonly left: readonly number[];
  readonly right: readonly number[];
}

/**
 * The split after which the squared errors of both sides sum up to least, of equals that of the first feature and the
 * smallest threshold; none if no split leaves `minLeaf` examples on each side or lowers the sum.
 */
export function bestSplit(data: SplitData, rows: readonly number[], minLeaf: number): Split | undefined {
  const whole = squaredError(data, rows);
  let least = whole * (1 - 1e-12);
  let best: { feature: number; order: readonly number[]; at: number } | undefined;
  if (!(whole > 0)) return undefined;
  for (let feature = 0; feature < data.width; feature++) {
    const value = (row: number): number => data.features[row * data.width + feature] as number;
    const order = [...rows].sort((a, b) => value(a) - value(b) || a - b);
    const errors = splitErrors(data, order);
    for (let at = minLeaf; at <= order.length - minLeaf; at++) {
      if (value(order[at - 1] as number) === value(order[at] as number)) continue;
      // Rounding must not decide between features that divide the examples alike.
      if (!((errors[at] as number) < least - 1e-12 * whole)) continue;
      least = errors[at] as number;
      best = { feature, order, at };
    }
  }
  if (!best) return undefined;
  const { feature, order, at } = best;
  const [below, above] = [order[at - 1], order[at]].map(
    (row) => data.features[(row as number) * data.width + feature],
  ) as [number, number];
  const middle = below + (above - below) / 2;
  return {
    feature,
    // Between neighbouring numbers there is none.
    threshold: middle < above ? middle : below,
    left: order.slice(0, at).sort((a, b) => a - b),
    right: order.slice(at).sort((a, b) => a - b),
  };
}

/** The mean target of some examples; of equal ones exactly what they are. */
export function meanTarget({ targets, outputs }: SplitData, rows: readonly number[]): Float64Array {
  const first = (rows[0] as number) * outputs;
  return Float64Array.from({ length: outputs }, (_, k) => {
    const start = targets[first + k] as number;
    return start + rows.reduce((sum, row) => sum + (targets[row * outputs + k] as number) - start, 0) / rows.length;
  });
}

function squaredError(data: SplitData, rows: readonly number[]): number {
  const mean = meanTarget(data, rows);
  let sum = 0;
  for (const row of rows) {
    mean.forEach((centre, k) => {
      sum += ((data.targets[row * data.outputs + k] as number) - centre) ** 2;
    });
  }
  return sum;
}

/** The squared errors of both sides if the first `at` examples go left, for each `at`. */
function splitErrors(data: SplitData, order: readonly number[]): Float64Array {
  const errors = new Float64Array(order.length + 1);
  addErrors(data, order, (at) => at + 1, errors);
  addErrors(data, [...order].reverse(), (at) => order.length - at - 1, errors);
  return errors;
}

/** Adds the error of each beginning of a list, by Welford's update of mean and squared error. */
function addErrors(
  { targets, outputs }: SplitData,
  order: readonly number[],
  place: (at: number) => number,
  into: Float64Array,
): void {
  const mean = new Float64Array(outputs);
  let error = 0;
  order.forEach((row, at) => {
    for (let k = 0; k < outputs; k++) {
      const value = targets[row * outputs + k] as number;
      const off = value - (mean[k] as number);
      mean[k] = (mean[k] as number) + off / (at + 1);
      error += off * (value - (mean[k] as number));
    }
    into[place(at)] = (into[place(at)] as number) + error;
  });
}
