/** A part of an image plane. */
export interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** A part in one of the surroundings in which it can be added, with the score without and with it. */
interface Part {
  readonly rectangle: Rectangle;
  readonly halves: readonly [Rectangle, Rectangle];
  /** What is shown besides. */
  readonly shown: readonly Rectangle[];
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
  /** The share of each pixel. */
  map(): Float64Array;
}

/** Starts with the whole plane, hidden and shown. */
export function createPartition([height, width]: readonly [number, number], hidden: number, shown: number): Partition {
  const whole: Rectangle = { top: 0, left: 0, height, width };
  const open = new Set<Part>();
  const settled = new Float64Array(height * width);
  const spread = (map: Float64Array, rectangle: Rectangle, share: number): void => {
    const each = share / (rectangle.height * rectangle.width);
    for (let r = rectangle.top; r < rectangle.top + rectangle.height; r++) {
      for (let c = rectangle.left; c < rectangle.left + rectangle.width; c++) {
        map[r * width + c] = (map[r * width + c] as number) + each;
      }
    }
  };
  const add = (rectangle: Rectangle, rest: Omit<Part, 'rectangle' | 'halves'>): void => {
    const halves = halvesOf(rectangle);
    if (halves) open.add({ rectangle, halves, ...rest });
    else spread(settled, rectangle, (rest.within - rest.without) * rest.weight);
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
      for (const { rectangle, within, without, weight } of open) spread(map, rectangle, (within - without) * weight);
      return map;
    },
  };
}

function shareOf({ within, without, weight }: Part): number {
  return Math.abs(within - without) * weight;
}

/** Both halves across the longer side; none of a single pixel. */
function halvesOf({ top, left, height, width }: Rectangle): readonly [Rectangle, Rectangle] | undefined {
  if (height * width === 1) return undefined;
  if (height >= width) {
    const upper = Math.floor(height / 2);
    return [
      { top, left, height: upper, width },
      { top: top + upper, left, height: height - upper, width },
    ];
  }
  const before = Math.floor(width / 2);
  return [
    { top, left, height, width: before },
    { top, left: left + before, height, width: width - before },
  ];
}
