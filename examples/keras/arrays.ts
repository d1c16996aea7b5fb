import { readFile } from 'node:fs/promises';
import { parse } from 'npyjs';
import type { NdArray } from 'vitrine';

/** Reads a `.npy` file of float32 numbers. */
export async function readArray(path: string): Promise<NdArray> {
  const { data, shape } = parse((await readFile(path)).slice().buffer);
  if (!(data instanceof Float32Array)) throw new Error(`"${path}" expected float32`);
  return { shape, data };
}

/** Differences relative to the largest expected number. */
export interface Difference {
  readonly largest: number;
  /** What 95% of all numbers keep: single units at a kink of a ReLU or a maximum move the others. */
  readonly most: number;
}

export function difference(found: NdArray, expected: NdArray): Difference {
  if (found.data.length !== expected.data.length) throw new Error(`got [${found.shape}], expected [${expected.shape}]`);
  const scale = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const all = expected.data.map((value, i) => Math.abs((found.data[i] as number) - value) / scale).sort();
  return { largest: all.at(-1) as number, most: all[Math.ceil(0.95 * all.length) - 1] as number };
}
