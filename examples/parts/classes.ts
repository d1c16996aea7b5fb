/** The classes of ImageNet-1k that are kinds of an annotated category, by their place in the output; ends included. */
const ranges = {
  antelope: [[351, 353]],
  bird: [
    [7, 24],
    [80, 100],
    [127, 146],
  ],
  dog: [[151, 268]],
  'domestic cat': [[281, 285]],
  elephant: [
    [101, 101],
    [385, 386],
  ],
  fox: [[277, 280]],
  frog: [[30, 32]],
  'giant panda': [[388, 388]],
  horse: [[339, 339]],
  koala: [[105, 105]],
  lizard: [[38, 48]],
  lobster: [[122, 122]],
  monkey: [[370, 382]],
  sheep: [[348, 349]],
  squirrel: [[335, 335]],
  tiger: [[292, 292]],
} as const satisfies Record<string, readonly (readonly [first: number, last: number])[]>;

/** Whether each of the thousand classes is a kind of a category. */
export function kindsOf(category: string): readonly boolean[] {
  const own = Object.entries(ranges).find(([name]) => name === category)?.[1];
  if (!own) throw new RangeError(`"category" expected one of ${Object.keys(ranges).join(', ')}, got "${category}"`);
  return Array.from({ length: 1000 }, (_, place) => own.some(([first, last]) => place >= first && place <= last));
}
