import { forEachOf, type Sliced } from '../../../numeric/sliced.ts';

/** Examples as the mixture sees them. */
export interface MixtureData {
  readonly count: number;
  /** `[n, width]`. */
  readonly vectors: Float64Array;
  readonly width: number;
  readonly labels: Int32Array;
  /** `[n, classes]`. */
  readonly probabilities: Float64Array;
  readonly classes: number;
}

/** What is known of the components. */
export interface Components {
  /** $\log \pi_s$. */
  readonly logShares: Float64Array;
  /** `[components, width]`. */
  readonly means: Float64Array;
  readonly variances: Float64Array;
  /** $p_s$ and $\hat p_s$, `[components, classes]`. */
  readonly labels: Float64Array;
  readonly predictions: Float64Array;
}

/** The E-step: writes the responsibilities and tells how much one of them has changed at most. Of weight 0 vectors alone count. */
export function* expected(
  data: MixtureData,
  components: Components,
  { responsibilities, weight }: { responsibilities: Float64Array; weight: number },
): Sliced<number> {
  const { count, width, classes } = data;
  const normalizers = normalizersOf(components, width);
  const row = new Float64Array(normalizers.length);
  let change = 0;
  yield* forEachOf(count, row.length * (5 * width + classes + 40), (i) => {
    normalizers.forEach((normalizer, s) => {
      const outcome = weight === 0 ? 0 : weight * logOutcome(data, components, i, s);
      row[s] = normalizer + logDensity(data, components, i, s) + outcome;
    });
    softmax(row);
    row.forEach((value, s) => {
      const at = i * row.length + s;
      change = Math.max(change, Math.abs(value - (responsibilities[at] as number)));
      responsibilities[at] = value;
    });
  });
  return change;
}

/** What the density of a component has in common for all vectors. */
function normalizersOf({ logShares, variances }: Components, width: number): Float64Array {
  return logShares.map((share, s) => {
    let sum = share;
    for (let k = 0; k < width; k++) sum -= Math.log(variances[s * width + k] as number) / 2;
    return sum;
  });
}

function logDensity({ vectors, width }: MixtureData, { means, variances }: Components, i: number, s: number): number {
  let sum = 0;
  for (let k = 0, at = s * width, from = i * width; k < width; k++, at++, from++) {
    sum += ((vectors[from] as number) - (means[at] as number)) ** 2 / (variances[at] as number);
  }
  return -sum / 2;
}

/** log p(y) + log p̂ · ŷ. */
function logOutcome(data: MixtureData, components: Components, i: number, s: number): number {
  const { labels, probabilities, classes } = data;
  let alike = 0;
  for (let k = 0; k < classes; k++) {
    alike += (components.predictions[s * classes + k] as number) * (probabilities[i * classes + k] as number);
  }
  const own = components.labels[s * classes + (labels[i] as number)] as number;
  return Math.log(own + 1e-12) + Math.log(alike + 1e-12);
}

function softmax(row: Float64Array): void {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of row) most = Math.max(most, value);
  let sum = 0;
  for (let s = 0; s < row.length; s++) {
    row[s] = Math.exp((row[s] as number) - most);
    sum += row[s] as number;
  }
  for (let s = 0; s < row.length; s++) row[s]! /= sum;
}
