import { descendingOrder, isConstant } from '../../numeric/correlation.ts';

/** Most relevant first, or the exact reverse. */
export type RemovalOrder = 'morf' | 'lerf';

/** In which step each position of an example goes. */
export interface Steps {
  readonly of: Int32Array;
  /** The number of steps. */
  readonly count: number;
  /** False where all values are the same: any order would be arbitrary. */
  readonly ordered: boolean;
}

/** The steps of positions by their values, `perStep` at a time; of equal values the lower index is taken for larger. */
export function stepsByValue(
  values: Float64Array,
  { order, perStep }: { readonly order: RemovalOrder; readonly perStep: number },
): Steps {
  const descending = descendingOrder(values);
  const of = new Int32Array(values.length);
  descending.forEach((position, rank) => {
    of[position] = Math.floor((order === 'morf' ? rank : values.length - 1 - rank) / perStep);
  });
  return { of, count: Math.ceil(values.length / perStep), ordered: isOrdered(values) };
}

/** The steps of positions that go group by group, a group's value being the sum or the mean of its positions'. */
export function stepsByGroup(
  values: Float64Array,
  {
    groups,
    order,
    value,
  }: { readonly groups: Int32Array; readonly order: RemovalOrder; readonly value: 'sum' | 'mean' },
): Steps {
  const count = groups.reduce((most, group) => Math.max(most, group), 0) + 1;
  const sums = sumPerStep(values, { of: groups, count });
  const sizes = sumPerStep(new Float64Array(values.length).fill(1), { of: groups, count });
  const totals = value === 'sum' ? sums : sums.map((sum, group) => sum / (sizes[group] as number));
  const { of, ordered } = stepsByValue(totals, { order, perStep: 1 });
  return { of: groups.map((group) => of[group] as number), count, ordered };
}

/** The sum of the values in each step. */
export function sumPerStep(values: Float64Array, { of, count }: Pick<Steps, 'of' | 'count'>): Float64Array {
  const sums = new Float64Array(count);
  of.forEach((step, i) => {
    sums[step]! += values[i] as number;
  });
  return sums;
}

function isOrdered(values: Float64Array): boolean {
  return values.length === 1 || !isConstant(values);
}
