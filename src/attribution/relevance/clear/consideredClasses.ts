import type { Head } from '../../../network/graph.ts';
import { predict } from '../../../network/predict.ts';
import { topClasses } from '../../../network/topClasses.ts';
import type { ExplainOptions } from '../../../network/types.ts';
import { assertInteger, describe } from '../../../numeric/check.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import type { Session } from '../../session.ts';

/** Which classes are compared: the k best of each example, all of them, or the same list for each. */
export type Considered = number | 'all' | readonly number[];

/** The classes of each example, `[n, k]`: the best first, or as listed. */
export async function consideredClasses(
  session: Session,
  head: Head,
  considered: Considered | undefined,
): Promise<NdArray<Int32Array>> {
  const units = head.link === 'binary' ? 2 : (head.site.shape.at(-1) as number);
  const listed = listOf(considered, units);
  if (listed) return asRows(Array.from({ length: session.count }, () => listed));
  const k = typeof considered === 'number' ? considered : Math.min(units, 20);
  assertInteger('classes', k, [1, units]);
  const scores = await logitsOf(session, head);
  return asRows(topClasses(scores, k).map((row) => row.map(({ index }) => index)));
}

function listOf(considered: Considered | undefined, units: number): readonly number[] | undefined {
  if (considered === 'all') return Array.from({ length: units }, (_, index) => index);
  if (considered === undefined || typeof considered === 'number') return undefined;
  if (!Array.isArray(considered) || considered.length === 0) {
    throw new TypeError(`"classes" expected a number of classes, 'all' or a list of them, got ${describe(considered)}`);
  }
  considered.forEach((index: number) => assertInteger('classes', index, [0, units - 1]));
  return considered;
}

async function logitsOf({ network, inputs, options }: Session, { site, link }: Head): Promise<NdArray> {
  const { batchSize, signal } = options;
  const run: ExplainOptions = { ...(batchSize && { batchSize }), ...(signal && { signal }) };
  const { values } = await predict(network, inputs, { ...run, scale: 'logit', output: site.address });
  if (link !== 'binary') return values;
  // The one unit speaks for class 1 and against class 0.
  const data = Float32Array.from({ length: 2 * values.data.length }, (_, i) => {
    const logit = values.data[Math.floor(i / 2)] as number;
    return i % 2 === 0 ? -logit : logit;
  });
  return { shape: [values.shape[0] as number, 2], data };
}

function asRows(rows: readonly (readonly number[])[]): NdArray<Int32Array> {
  return { shape: [rows.length, (rows[0] as readonly number[]).length], data: Int32Array.from(rows.flat()) };
}
