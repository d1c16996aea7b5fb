/** For how long, in milliseconds, the event loop had no turn. */
export interface Stretch {
  readonly wall: number;
  /** What the process itself worked, all threads together: steadier on a busy machine. */
  readonly cpu: number;
}

/**
 * The longest stretches without a turn of the event loop while something ran. A busy machine makes stretches longer: the
 * least of several runs tells most.
 */
export async function longestStretch(run: () => Promise<unknown>): Promise<Stretch> {
  let isOver = false;
  let longest: Stretch = { wall: 0, cpu: 0 };
  let last = now();
  const turn = (): void => {
    const { wall, cpu } = now();
    longest = { wall: Math.max(longest.wall, wall - last.wall), cpu: Math.max(longest.cpu, cpu - last.cpu) };
    last = { wall, cpu };
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await run();
  isOver = true;
  turn();
  return longest;
}

function now(): Stretch {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now(), cpu: (user + system) / 1000 };
}
