/** How many of `count` values may lie above the threshold: ⌊τ count⌋, whatever rounding τ count suffered. */
export function tailLength(quantile: number, count: number): number {
  return Math.floor(quantile * count + 1e-9);
}
