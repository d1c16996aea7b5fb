/** A partition that grows coarser by joining (union–find with path halving). */
export interface DisjointSets {
  /** The element that stands for the set of another. */
  find(element: number): number;
  /** Joins the sets of two representatives and returns the representative of the union. */
  join(a: number, b: number): number;
  /** The number of elements in the set of a representative. */
  size(representative: number): number;
}

/** Starts with every element in a set of its own. */
export function disjointSets(count: number): DisjointSets {
  const parents = Int32Array.from({ length: count }, (_, i) => i);
  const sizes = new Int32Array(count).fill(1);
  return {
    find(element) {
      let at = element;
      while (parents[at] !== at) {
        parents[at] = parents[parents[at] as number] as number;
        at = parents[at] as number;
      }
      return at;
    },
    join(a, b) {
      const [root, child] = (sizes[a] as number) >= (sizes[b] as number) ? [a, b] : [b, a];
      parents[child] = root;
      sizes[root] = (sizes[root] as number) + (sizes[child] as number);
      return root;
    },
    size: (representative) => sizes[representative] as number,
  };
}
