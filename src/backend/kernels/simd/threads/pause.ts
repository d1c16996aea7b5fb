/** When the one that calls does without the other threads, since it has waited longer for them than they have saved. */
export interface Pause {
  isOn(): boolean;
  /** Takes down how many milliseconds a job has saved; less than 0 if it was waited for. */
  note(saved: number): void;
}

/** The most that threads may have cost before a pause, and the most of what they have saved that counts then. */
const DEBT = 2;
const CREDIT = 20;

/** How long a pause is in milliseconds: the first, and the longest of those that follow soon, which is within so long. */
const SHORTEST = 10;
const LONGEST = 1000;
const SOON = 500;

/** Pauses, each twice as long as the one before if that has ended only lately. */
export function newPause(now: () => number = () => performance.now()): Pause {
  let balance = 0;
  let length = 0;
  let until = Number.NEGATIVE_INFINITY;
  return {
    isOn: () => now() < until,
    note(saved) {
      balance = Math.min(CREDIT, balance + saved);
      if (balance >= -DEBT) return;
      balance = 0;
      length = now() - until < SOON ? Math.min(LONGEST, 2 * length) : SHORTEST;
      until = now() + length;
    },
  };
}
