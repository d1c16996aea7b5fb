/**
 * The longest stretch, in milliseconds, for which the event loop had no turn while something ran. A busy machine makes
 * stretches longer: the least of several runs tells most.
 */
export async function longestStretch(run: () => Promise<unknown>): Promise<number> {
  let isOver = false;
  let longest = 0;
  let last = performance.now();
  const turn = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await run();
  isOver = true;
  turn();
  return longest;
}
