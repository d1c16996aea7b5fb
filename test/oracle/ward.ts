/** Ward's clustering by looking through all pairs each time; of equals the first pair. */
export function naiveWard(
  rows: readonly ArrayLike<number>[],
): { readonly children: readonly [number, number]; readonly height: number }[] {
  const members = new Map<number, readonly number[]>(rows.map((_, i) => [i, [i]]));
  const merges: { readonly children: readonly [number, number]; readonly height: number }[] = [];
  while (members.size > 1) {
    const pairs = [...members.keys()].flatMap((a, i) => [...members.keys()].slice(i + 1).map((b) => [a, b] as const));
    const heights = pairs.map(([a, b]) => heightOf(members.get(a) ?? [], members.get(b) ?? []));
    const least = heights.indexOf(Math.min(...heights));
    const children = pairs[least] as readonly [number, number];
    merges.push({ children, height: heights[least] as number });
    members.set(
      rows.length + merges.length - 1,
      children.flatMap((child) => members.get(child) ?? []),
    );
    for (const child of children) members.delete(child);
  }
  return merges;

  function heightOf(a: readonly number[], b: readonly number[]): number {
    const [one, other] = [meanOf(a), meanOf(b)];
    const square = one.reduce((sum, value, k) => sum + (value - (other[k] as number)) ** 2, 0);
    return Math.sqrt((2 * a.length * b.length * square) / (a.length + b.length));
  }

  function meanOf(own: readonly number[]): readonly number[] {
    const width = rows[0]?.length ?? 0;
    return Array.from(
      { length: width },
      (_, k) => own.reduce((sum, i) => sum + (rows[i]?.[k] as number), 0) / own.length,
    );
  }
}
