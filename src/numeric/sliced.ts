/**
 * Long mathematics that can be left and taken up again: yields how much it has done since it last did, in operations of
 * about the cost of a multiplication and an addition.
 */
export type Sliced<T> = Generator<number, T, void>;

/** The least work that is worth a yield. */
export const GRAIN = 100_000;

/** Does all of it at once. */
export function atOnce<T>(work: Sliced<T>): T {
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value;
}

/** Does a job for each of the numbers 0 … count − 1, of so many operations each. */
export function* forEachOf(count: number, cost: number, job: (i: number) => void): Sliced<void> {
  const together = Math.max(1, Math.floor(GRAIN / cost));
  for (let start = 0; start < count; start += together) {
    const end = Math.min(start + together, count);
    for (let i = start; i < end; i++) job(i);
    yield (end - start) * cost;
  }
}

/** Whether what a function returned is work that is still to be done: one that returns nothing may return anything. */
export function isSliced(returned: unknown): returned is Sliced<void> {
  return typeof returned === 'object' && returned !== null && 'next' in returned;
}
