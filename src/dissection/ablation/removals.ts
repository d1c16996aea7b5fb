/** Units that are switched off, and the places of the tables `[counts, classes]` that they are for. */
export interface Removal {
  readonly off: readonly number[];
  readonly places: readonly number[];
}

/**
 * The first units of each order, for each count.
 *
 * @param orders one for each class, or one for all.
 * @param options the number of classes; the number of units of the layer, where all are switched off but the first.
 */
export function removalsOf(
  orders: readonly Int32Array[],
  counts: Int32Array,
  { columns, units }: { readonly columns: number; readonly units: number | undefined },
): readonly Removal[] {
  const width = columns / orders.length;
  return Array.from(counts).flatMap((count, row) =>
    orders.map((order, i) => {
      const first = [...order.subarray(0, count)];
      return {
        off: units === undefined ? first : others(units, new Set(first)),
        places: Array.from({ length: width }, (_, column) => row * columns + i * width + column),
      };
    }),
  );
}

function others(units: number, kept: ReadonlySet<number>): readonly number[] {
  return Array.from({ length: units }, (_, unit) => unit).filter((unit) => !kept.has(unit));
}
