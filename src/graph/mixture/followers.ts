/** How well the displacements of candidates, `[candidates, images, 2]`, follow a node's own: $\sum_I s_I e^{-D_I / 2 \bar D}$ (§1.4 c). */
export function followers(own: Float64Array, scores: Float64Array, candidates: Float64Array): Float64Array {
  const images = scores.length;
  const count = candidates.length / (2 * images);
  const distances = new Float64Array(count * images);
  let total = 0;
  for (let i = 0; i < count; i++) {
    for (let image = 0; image < images; image++) {
      const at = 2 * (i * images + image);
      const rows = (own[2 * image] as number) - (candidates[at] as number);
      const columns = (own[2 * image + 1] as number) - (candidates[at + 1] as number);
      const distance = rows * rows + columns * columns;
      distances[i * images + image] = distance;
      total += distance;
    }
  }
  // Where nothing moves, all follow equally well.
  const scale = total > 0 ? -distances.length / (2 * total) : 0;
  const sums = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let image = 0; image < images; image++) {
      const score = scores[image] as number;
      if (score > 0) sum += score * Math.exp(scale * (distances[i * images + image] as number));
    }
    sums[i] = sum;
  }
  return sums;
}

/** The places of the greatest values, the greatest first, the earlier of equals. */
export function greatestFirst(values: Float64Array, count: number): readonly number[] {
  const order = Array.from(values, (_, i) => i);
  return order.sort((a, b) => (values[b] as number) - (values[a] as number) || a - b).slice(0, count);
}
