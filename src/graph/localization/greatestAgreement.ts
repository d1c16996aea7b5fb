import type { Vote } from './votesOf.ts';

// From how many of the weightiest votes the search starts, and how many steps it takes.
const starts = 64;
const steps = 20;

/** Where votes agree most, and by how much; nothing without votes. */
export function greatestAgreement(
  votes: readonly Vote[],
): { readonly position: readonly [number, number]; readonly sum: number } | undefined {
  const weightiest = [...votes].sort((a, b) => b.weight - a.weight).slice(0, starts);
  let best: { position: readonly [number, number]; sum: number } | undefined;
  for (const { position } of weightiest) {
    const { sum } = agreement(votes, position);
    if (sum > (best?.sum ?? 0)) best = { position, sum };
  }
  for (let step = 0; best && step < steps; step++) {
    const { centre } = agreement(votes, best.position);
    const next = { position: centre, sum: agreement(votes, centre).sum };
    if (!(next.sum > best.sum)) break;
    best = next;
  }
  return best;
}

/** How much votes agree on a position, and the mean of those that do: the next step of the mean shift. */
function agreement(
  votes: readonly Vote[],
  [row, column]: readonly [number, number],
): { readonly sum: number; readonly centre: readonly [number, number] } {
  let [sum, pull, rows, columns] = [0, 0, 0, 0];
  for (const { position, weight, deviation } of votes) {
    const variance = deviation ** 2;
    const share = weight * Math.exp(-((position[0] - row) ** 2 + (position[1] - column) ** 2) / (2 * variance));
    sum += share;
    pull += share / variance;
    rows += (share / variance) * position[0];
    columns += (share / variance) * position[1];
  }
  return { sum, centre: [rows / pull, columns / pull] };
}
