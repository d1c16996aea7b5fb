/** What the geometric mean of some Gaussians is, as far as it does not depend on where they are. */
export interface Product {
  /** $w_i = 1 / (M \sigma_i^2)$. */
  readonly precisions: Float64Array;
  /** $\bar\sigma^2 = 1 / \sum_i w_i$. */
  readonly variance: number;
  /** $\bar\sigma^2 / \prod_i \sigma_i^{2/M}$: Λ where all agree. */
  readonly height: number;
}

/** $\prod_i \mathcal N(p; \mu + \delta_i, \sigma_i^2)^{1/M}$ in closed form (§1.2), for any displacements. */
export function productOf(sigmas: readonly number[]): Product {
  const count = sigmas.length;
  const precisions = Float64Array.from(sigmas, (sigma) => 1 / (count * sigma ** 2));
  const variance = 1 / precisions.reduce((sum, precision) => sum + precision, 0);
  // ∏ σ^(2/M) as a sum of logarithms: a product of many widths could overflow.
  const logWidths = sigmas.reduce((sum, sigma) => sum + (2 / count) * Math.log(sigma), 0);
  return { precisions, variance, height: variance * Math.exp(-logWidths) };
}

/** Where the shifts and weights of a node begin, and what they are made of. */
export interface Displaced {
  /** Of all nodes that can be neighbours, `[nodes, images, 2]`. */
  readonly moves: Float64Array;
  /** Which of them are. */
  readonly neighbours: readonly number[];
  readonly images: number;
  /** The row of `shifts` and `weights` that is written. */
  readonly node: number;
}

/** Writes the shift and Λ of each image for one node. */
export function writeProduct(
  { shifts, weights }: { readonly shifts: Float64Array; readonly weights: Float64Array },
  { precisions, variance, height }: Product,
  { moves, neighbours, images, node }: Displaced,
): void {
  for (let image = 0; image < images; image++) {
    let [rows, columns] = [0, 0];
    for (let i = 0; i < neighbours.length; i++) {
      const at = 2 * ((neighbours[i] as number) * images + image);
      const share = variance * (precisions[i] as number);
      rows += share * (moves[at] as number);
      columns += share * (moves[at + 1] as number);
    }
    let disagreement = 0;
    for (let i = 0; i < neighbours.length; i++) {
      const at = 2 * ((neighbours[i] as number) * images + image);
      const distance = (rows - (moves[at] as number)) ** 2 + (columns - (moves[at + 1] as number)) ** 2;
      disagreement += (precisions[i] as number) * distance;
    }
    const k = node * images + image;
    shifts[2 * k] = rows;
    shifts[2 * k + 1] = columns;
    weights[k] = height * Math.exp(-disagreement / 2);
  }
}
