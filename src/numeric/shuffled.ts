/** The numbers below `count` in a random order (Fisher and Yates), of a source of integers below a bound. */
export function shuffled(count: number, integer: (below: number) => number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = integer(i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}
