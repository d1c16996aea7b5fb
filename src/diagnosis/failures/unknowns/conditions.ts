import type { NdArray, TypedArray } from '../../../numeric/ndarray.ts';
import { forEachOf, type Sliced } from '../../../numeric/sliced.ts';
import type { FeatureCondition } from './types.ts';

/** A condition with the examples for which it holds, a bit to each. */
export interface Item {
  readonly condition: FeatureCondition;
  readonly rows: Uint32Array;
}

/** All conditions that hold for some of the chosen examples and not for all of them: a constant feature has none. */
export function* conditionItems(
  { shape, data }: NdArray<TypedArray>,
  names: readonly string[],
  examples: Int32Array,
): Sliced<readonly Item[]> {
  const width = shape[1] as number;
  const items: Item[] = [];
  yield* forEachOf(width, 40 * examples.length, (feature) => {
    const values = Float64Array.from(examples, (row) => data[row * width + feature] as number);
    for (const condition of conditionsOf(values, { feature, name: names[feature] as string })) {
      const rows = bitsOf(values, condition);
      const held = bitCount(rows);
      if (held > 0 && held < values.length) items.push({ condition, rows });
    }
  });
  return items;
}

function conditionsOf(
  values: Float64Array,
  named: Pick<FeatureCondition, 'feature' | 'name'>,
): readonly FeatureCondition[] {
  if (values.every((value) => value === 0 || value === 1)) {
    return [
      { ...named, kind: 'present', from: 0, to: Number.POSITIVE_INFINITY },
      { ...named, kind: 'absent', from: Number.NEGATIVE_INFINITY, to: 0 },
    ];
  }
  const sorted = values.slice().sort();
  const [first, second] = [1, 2].map((third) => sorted[Math.ceil((third * sorted.length) / 3) - 1]) as [number, number];
  return [
    { ...named, kind: 'low', from: Number.NEGATIVE_INFINITY, to: first },
    { ...named, kind: 'middle', from: first, to: second },
    { ...named, kind: 'high', from: second, to: Number.POSITIVE_INFINITY },
  ];
}

function bitsOf(values: Float64Array, { from, to }: FeatureCondition): Uint32Array {
  const rows = new Uint32Array(Math.ceil(values.length / 32));
  values.forEach((value, i) => {
    if (value > from && value <= to) rows[i >> 5]! |= 1 << (i & 31);
  });
  return rows;
}

/** How many bits are set. */
export function bitCount(words: Uint32Array): number {
  let count = 0;
  for (let word of words) {
    // Warren 2012, "Hacker's delight", fig. 5-2.
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    count += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}

/** Whether a bit is set. */
export function hasBit(words: Uint32Array, i: number): boolean {
  return ((words[i >> 5] as number) & (1 << (i & 31))) !== 0;
}

/** A pattern in words. */
export function inWords(conditions: readonly FeatureCondition[]): string {
  return conditions
    .map(({ name, kind }) => (kind === 'present' ? name : kind === 'absent' ? `not ${name}` : `${name} ${kind}`))
    .join(' and ');
}
