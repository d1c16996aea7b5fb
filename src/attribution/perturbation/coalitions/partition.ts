import type { Span } from '../../../network/incremental/reading.ts';
import { type Box, boxRows, volumeOf, wholeOf } from '../../../scoring/boxes.ts';

/** A part in one of the surroundings in which it can be added, with the score without and with it. */
interface Part {
  readonly box: Box;
  readonly halves: readonly [Box, Box];
  /** What is shown besides. */
  readonly shown: readonly Box[];
  readonly without: number;
  readonly within: number;
  /** The weight of this surrounding; those of all surroundings of a part sum to 1. */
  readonly weight: number;
}

/** A hierarchy of halves that is divided where most is to be divided. */
export interface Partition {
  /** At most so many parts that can be divided, those with the greatest shares first. */
  greatest(count: number): readonly Part[];
  /** Replaces a part by its halves, given the scores with either half alone added. */
  divide(part: Part, scores: readonly [first: number, second: number]): void;
  /** The share of each place. */
  map(): Float64Array;
}

/** Starts with the whole image or volume, hidden and shown. */
export function createPartition(lengths: readonly number[], hidden: number, shown: number): Partition {
  const whole = wholeOf(lengths);
  const open = new Set<Part>();
  const settled = new Float64Array(volumeOf(whole));
  const spread = (map: Float64Array, box: Box, share: number): void => {
    const each = share / volumeOf(box);
    for (const { from, to } of boxRows(box, lengths)) {
      for (let place = from; place < to; place++) map[place] = (map[place] as number) + each;
    }
  };
  const add = (box: Box, rest: Omit<Part, 'box' | 'halves'>): void => {
    const halves = halvesOf(box);
    if (halves) open.add({ box, halves, ...rest });
    else spread(settled, box, (rest.within - rest.without) * rest.weight);
  };
  add(whole, { shown: [], without: hidden, within: shown, weight: 1 });
  return {
    greatest: (count) => [...open].sort((a, b) => shareOf(b) - shareOf(a)).slice(0, count),
    divide(part, [first, second]) {
      const { halves, shown: around, without, within } = part;
      const weight = part.weight / 2;
      open.delete(part);
      // A game of two: each half is added before the other, and after it.
      add(halves[0], { shown: around, without, within: first, weight });
      add(halves[0], { shown: [...around, halves[1]], without: second, within, weight });
      add(halves[1], { shown: around, without, within: second, weight });
      add(halves[1], { shown: [...around, halves[0]], without: first, within, weight });
    },
    map() {
      const map = settled.slice();
      for (const { box, within, without, weight } of open) spread(map, box, (within - without) * weight);
      return map;
    },
  };
}

function shareOf({ within, without, weight }: Part): number {
  return Math.abs(within - without) * weight;
}

/** Both halves across the longest side, the first of those that are as long; none of a single place. */
function halvesOf(box: Box): readonly [Box, Box] | undefined {
  if (volumeOf(box) === 1) return undefined;
  const sides = box.map(([start, end]) => end - start);
  const axis = sides.indexOf(Math.max(...sides));
  const [start, end] = box[axis] as Span;
  const middle = start + Math.floor((end - start) / 2);
  const along = (span: Span): Box => box.map((own, i) => (i === axis ? span : own));
  return [along([start, middle]), along([middle, end])];
}
