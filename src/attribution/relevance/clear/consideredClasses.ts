import type { OutputHead } from '../../../network/graph/graph.ts';
import { assertClasses } from '../../../network/heads/classLogits.ts';
import { classScores } from '../../../network/predict.ts';
import { topClasses } from '../../../network/topClasses.ts';
import { assertInteger } from '../../../numeric/check.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import type { Session } from '../../../scoring/session.ts';

/** Which classes are compared: the k best of each example, all of them, or the same list for each. */
export type ConsideredClasses = number | 'all' | readonly number[];

/** The classes of each example, `[n, k]`: the best first, or as listed. */
export async function consideredClasses(
  { network, head: explained, inputs, count, options }: Session,
  considered: ConsideredClasses | undefined,
): Promise<NdArray<Int32Array>> {
  const head = explained as OutputHead;
  const units = assertClasses(head, 'output');
  const listed = listOf(considered, units);
  if (listed) return asRows(Array.from({ length: count }, () => listed));
  const k = typeof considered === 'number' ? considered : Math.min(units, 20);
  assertInteger('classes', k, [1, units]);
  const { batchSize, signal } = options;
  const scores = await classScores(network, inputs, {
    head,
    ...(batchSize && { batchSize }),
    ...(signal && { signal }),
  });
  return asRows(topClasses(scores, k).map((row) => row.map(({ index }) => index)));
}

function listOf(considered: ConsideredClasses | undefined, units: number): readonly number[] | undefined {
  if (considered === 'all') return Array.from({ length: units }, (_, index) => index);
  if (considered === undefined || typeof considered === 'number') return undefined;
  considered.forEach((index, i) => assertInteger(`classes[${i}]`, index, [0, units - 1]));
  return considered;
}

function asRows(rows: readonly (readonly number[])[]): NdArray<Int32Array> {
  return { shape: [rows.length, (rows[0] as readonly number[]).length], data: Int32Array.from(rows.flat()) };
}
