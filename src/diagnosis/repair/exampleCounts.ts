import { assertIndex, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';

interface Counting {
  readonly count: number;
  readonly classes: number;
  readonly counts?: readonly number[];
  readonly groups?: readonly (number | string)[];
}

/** How much each image counts, 1 on average: as the caller says, and all groups alike. Refuses classes without any. */
export function exampleCounts(
  labels: readonly number[] | Int32Array,
  { count, classes, counts, groups }: Counting,
): Float64Array {
  assertLabels(labels, count, classes);
  const given = Float64Array.from(assertCounts(counts, count) ?? new Array<number>(count).fill(1));
  const own = groups ? balanced(given, assertLength('groups', groups, count)) : given;
  const sum = own.reduce((total, value) => total + value, 0);
  const ofClass = new Float64Array(classes);
  own.forEach((value, i) => {
    ofClass[labels[i] as number]! += value;
  });
  const missing = ofClass.findIndex((value) => !(value > 0));
  if (missing >= 0)
    throw new VitrineError(
      'bad-argument',
      `"labels" expected images that count of each of the ${classes} classes, got none of class ${missing}`,
    );
  return own.map((value) => (value * count) / sum);
}

/** The same, with the sum of each group made the same. */
function balanced(counts: Float64Array, groups: readonly (number | string)[]): Float64Array {
  const sums = new Map<number | string, number>();
  groups.forEach((group, i) => {
    sums.set(group, (sums.get(group) ?? 0) + (counts[i] as number));
  });
  return counts.map((value, i) => {
    const sum = sums.get(groups[i] as number | string) as number;
    return sum > 0 ? value / sum : 0;
  });
}

function assertLabels(labels: readonly number[] | Int32Array, count: number, classes: number): void {
  if (!(Array.isArray(labels) || labels instanceof Int32Array))
    throw new VitrineError('bad-argument', `"labels" expected a list of classes, got ${describe(labels)}`);
  assertLength('labels', labels, count);
  labels.forEach((label: number, i: number) => assertIndex(label, classes, `labels[${i}]`));
}

function assertCounts(counts: readonly number[] | undefined, count: number): readonly number[] | undefined {
  if (!counts) return undefined;
  assertLength('counts', counts, count);
  const wrong = counts.findIndex((value) => !(Number.isFinite(value) && value >= 0));
  if (wrong < 0) return counts;
  throw new VitrineError(
    'bad-argument',
    `"counts[${wrong}]" expected a finite number of at least 0, got ${describe(counts[wrong])}`,
  );
}

function assertLength<T extends ArrayLike<unknown>>(argument: string, list: T, count: number): T {
  if (list.length === count) return list;
  throw new VitrineError('bad-shape', `"${argument}" expected one of each of the ${count} images, got ${list.length}`);
}
