/** Items in their order, each with what is loaded for it; the next `ahead` ones are loaded while one is used. */
export function* prefetched<T, R>(
  items: Iterable<T>,
  ahead: number,
  load: (item: T) => Promise<R>,
): Generator<readonly [item: T, loading: Promise<R>]> {
  const waiting: (readonly [T, Promise<R>])[] = [];
  for (const item of items) {
    const loading = load(item);
    // What fails before its turn is told of in its turn.
    loading.catch(() => {});
    waiting.push([item, loading]);
    if (waiting.length > ahead) yield waiting.shift() as readonly [T, Promise<R>];
  }
  yield* waiting;
}
