/**
 * The places of some values from the greatest to the least, of equals the first one first: a heap, since those who ask
 * seldom need all of them.
 */
export function* bestFirst(values: Float64Array, places: Int32Array): Generator<number> {
  const heap = places.slice();
  for (let at = (heap.length >> 1) - 1; at >= 0; at--) sink(heap, values, { at, size: heap.length });
  for (let size = heap.length; size > 0; size--) {
    yield heap[0] as number;
    heap[0] = heap[size - 1] as number;
    sink(heap, values, { at: 0, size: size - 1 });
  }
}

function sink(
  heap: Int32Array,
  values: Float64Array,
  { at, size }: { readonly at: number; readonly size: number },
): void {
  const own = heap[at] as number;
  let hole = at;
  for (let child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
    if (child + 1 < size && isBefore(values, heap[child + 1] as number, heap[child] as number)) child++;
    if (!isBefore(values, heap[child] as number, own)) break;
    heap[hole] = heap[child] as number;
    hole = child;
  }
  heap[hole] = own;
}

function isBefore(values: Float64Array, a: number, b: number): boolean {
  const difference = (values[a] as number) - (values[b] as number);
  return difference > 0 || (difference === 0 && a < b);
}
