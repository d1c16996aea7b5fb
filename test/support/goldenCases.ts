import type { NdArray } from '../../src/numeric/ndarray.ts';
import { readJson, readNumbers } from './fixtures.ts';

/** A reference case, as the `index.json` of its folder describes it. */
export interface GoldenCase {
  readonly id: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly expected: Readonly<Record<string, unknown>>;
}

/** The reference cases of a folder of `goldens/`, and how to read their arrays. */
export interface GoldenCases {
  /** The cases of a method. */
  ofMethod(method: string): readonly GoldenCase[];
  /** An array of a case. */
  arrayOf(file: string | undefined): Promise<NdArray<Float32Array | Int32Array>>;
}

/** The reference cases of a folder of `goldens/`. */
export async function goldenCases(folder: string): Promise<GoldenCases> {
  const { cases } = await readJson<{ cases: readonly GoldenCase[] }>(`goldens/${folder}/index.json`);
  return {
    ofMethod: (method) => cases.filter((golden) => golden.method === method),
    arrayOf: (file) => readNumbers(`goldens/${folder}/${file}`),
  };
}
