/** The geometric mean of Gaussians about the same place, moved by the displacements of each image. */
export interface Product {
  /** `[images, 2]`. */
  readonly shifts: Float64Array;
  readonly variance: number;
  /** Λ, `[images]`. */
  readonly weights: Float64Array;
}

/** $\prod_i \mathcal N(p; \mu + \delta_i, \sigma_i^2)^{1/M}$ in closed form (§1.2), δ being `[images, 2]` of each i. */
export function product(displaced: readonly Float64Array[], sigmas: readonly number[]): Product {
  const count = sigmas.length;
  const precisions = sigmas.map((sigma) => 1 / (count * sigma ** 2));
  const variance = 1 / precisions.reduce((sum, precision) => sum + precision, 0);
  const length = displaced[0]?.length as number;
  const shifts = new Float64Array(length);
  displaced.forEach((own, i) => {
    const share = variance * (precisions[i] as number);
    for (let k = 0; k < length; k++) shifts[k] = (shifts[k] as number) + share * (own[k] as number);
  });
  const exponents = new Float64Array(length / 2);
  displaced.forEach((own, i) => {
    const half = (precisions[i] as number) / 2;
    for (let k = 0; k < length; k++) {
      exponents[k >> 1] = (exponents[k >> 1] as number) - half * ((shifts[k] as number) - (own[k] as number)) ** 2;
    }
  });
  // ∏ σ^(2/M) as a sum of logarithms: a product of many widths could overflow.
  const logWidths = sigmas.reduce((sum, sigma) => sum + (2 / count) * Math.log(sigma), 0);
  return { shifts, variance, weights: exponents.map((exponent) => variance * Math.exp(exponent - logWidths)) };
}
