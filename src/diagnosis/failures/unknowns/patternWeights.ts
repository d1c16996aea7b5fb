import type { NdArray, TypedArray } from '../../../numeric/ndarray.ts';
import { forEachOf, type Sliced } from '../../../numeric/sliced.ts';
import { rangeOf } from '../../../numeric/statistics.ts';
import { hasBit } from './conditions.ts';
import type { Pattern } from './frequentPatterns.ts';

/** What patterns are weighed by. */
export interface Weighed {
  readonly features: NdArray<TypedArray>;
  /** The rows that are partitioned, and the confidence in each. */
  readonly examples: Int32Array;
  readonly confidence: Float64Array;
  /** The most conditions of a pattern. */
  readonly length: number;
}

/** The price of each pattern, above 0: low where its examples are like each other, unlike all others, and few conditions say so. */
export function* patternWeights(patterns: readonly Pattern[], weighed: Weighed): Sliced<Float64Array> {
  const scaled = yield* scaledFeatures(weighed);
  const confidence = { width: 1, data: weighed.confidence };
  const terms = Array.from({ length: 4 }, () => new Float64Array(patterns.length));
  yield* forEachOf(patterns.length, 8 * scaled.data.length, (i) => {
    const { rows } = patterns[i] as Pattern;
    const found = [...distances(scaled, rows), ...distances(confidence, rows)];
    found.forEach((value, term) => {
      (terms[term] as Float64Array)[i] = value;
    });
  });
  const [within, beyond, likeConfidence, otherConfidence] = terms.map(fromZeroToOne) as Float64Array[];
  // λ₁g₁ − λ₂g₂ + λ₃g₃ − λ₄g₄ + λ₅g₅, Lakkaraju et al. 2017, with every λ = 1.
  const weights = Float64Array.from(patterns, ({ items }, i) => {
    const likeness = (within?.[i] as number) - (beyond?.[i] as number);
    const surety = (likeConfidence?.[i] as number) - (otherConfidence?.[i] as number);
    return likeness + surety + items.length / weighed.length;
  });
  const { low } = rangeOf(weights);
  return weights.map((weight) => weight - low + LEAST);
}

/** The smallest price: a cover divides by it. */
const LEAST = 0.01;

interface Vectors {
  readonly width: number;
  readonly data: Float64Array;
}

/** The features of the examples, each with the range 0 to 1, so that none counts more for its unit. */
function* scaledFeatures({ features: { shape, data }, examples }: Weighed): Sliced<Vectors> {
  const width = shape[1] as number;
  const scaled = new Float64Array(examples.length * width);
  yield* forEachOf(width, 40 * examples.length, (feature) => {
    const values = fromZeroToOne(Float64Array.from(examples, (row) => data[row * width + feature] as number));
    values.forEach((value, i) => {
      scaled[i * width + feature] = value;
    });
  });
  return { width, data: scaled };
}

/** Values with the range 0 to 1; zeros where all are equal. */
function fromZeroToOne(values: Float64Array): Float64Array {
  const { low, high } = rangeOf(values);
  return values.map((value) => (high > low ? (value - low) / (high - low) : 0));
}

/** The mean distance of those that a pattern covers from their mean, and that of all others from the same mean. */
function distances({ width, data }: Vectors, rows: Uint32Array): readonly [inside: number, outside: number] {
  const count = data.length / width;
  const mean = new Float64Array(width);
  const sums = [0, 0];
  let held = 0;
  for (let i = 0; i < count; i++) {
    if (!hasBit(rows, i)) continue;
    held++;
    for (let k = 0; k < width; k++) mean[k]! += data[i * width + k] as number;
  }
  for (let i = 0; i < count; i++) {
    let square = 0;
    for (let k = 0; k < width; k++) square += ((data[i * width + k] as number) - (mean[k] as number) / held) ** 2;
    sums[hasBit(rows, i) ? 0 : 1]! += Math.sqrt(square);
  }
  return [(sums[0] as number) / held, (sums[1] as number) / (count - held)];
}
