import type { ShownDictionary } from './assertDictionary.ts';
import type { SpriteIndex } from './spriteSheet.ts';

/** Where the icons of units lie in their sheet. */
interface IconPlaces {
  readonly columns: number;
  readonly rows: number;
  /** Column and row of the icon of each unit. */
  readonly places: Readonly<Record<number, readonly [column: number, row: number]>>;
}

/** What the page of a dictionary works on. */
export interface DictionaryData {
  readonly layer: string;
  readonly rows: number;
  readonly columns: number;
  /** How many units each position has. */
  readonly count: number;
  /** Position by position. */
  readonly units: readonly number[];
  readonly values: readonly number[];
  /** The greatest of all values. */
  readonly most: number;
  readonly start: readonly [row: number, column: number];
  /** By unit. */
  readonly names: readonly string[];
  readonly icons?: IconPlaces;
}

/** One example of a dictionary for its page. */
export function dictionaryData(
  { layer, units, values, start }: ShownDictionary,
  {
    example,
    labels,
    icons,
  }: {
    readonly example: number;
    readonly labels: readonly string[];
    readonly icons?: SpriteIndex<{ readonly unit: number }>;
  },
): DictionaryData {
  const [, rows, columns, count] = units.shape as [number, number, number, number];
  const size = rows * columns * count;
  const own = Array.from(values.data.subarray(example * size, (example + 1) * size), (value) =>
    Number(value.toPrecision(4)),
  );
  return {
    layer,
    rows,
    columns,
    count,
    units: Array.from(units.data.subarray(example * size, (example + 1) * size)),
    values: own,
    most: own.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
    start: start[example] as readonly [number, number],
    names: labels,
    ...(icons && { icons: placesOf(icons) }),
  };
}

function placesOf({
  columns,
  width,
  height,
  spriteWidth,
  spriteHeight,
  sprites,
}: SpriteIndex<{ unit: number }>): IconPlaces {
  const places = sprites.map(({ unit, left, top }) => [unit, [left / spriteWidth, top / spriteHeight]] as const);
  return {
    columns: Math.max(columns, width / spriteWidth),
    rows: height / spriteHeight,
    places: Object.fromEntries(places),
  };
}
