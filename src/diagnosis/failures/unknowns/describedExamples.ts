import { assertFiniteArray } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { NdArray, TypedArray } from '../../../numeric/ndarray.ts';
import { object } from '../../../numeric/options.ts';
import { assertCountOf, assertNames, assertTable, labelsOf, numbersOf, type PerExample } from '../../classified.ts';

/** Examples with what is known of them. */
export interface DescribedExamples {
  /** Concepts, activations of units or any attributes, `[n, d]`. A column of zeros and ones says what is there. */
  readonly features: NdArray<TypedArray>;
  /** How sure the network is of each; of each of `examples` where those are given. */
  readonly confidence: PerExample;
  /** Rows of the features that are looked at; all by default. */
  readonly examples?: PerExample;
  /** Names of the features; `feature 0`, `feature 1` … by default. */
  readonly names?: readonly string[];
}

/** Examples whose arrays are known to fit. */
export interface CheckedExamples {
  readonly features: NdArray<TypedArray>;
  readonly examples: Int32Array;
  readonly confidence: Float64Array;
  readonly names: readonly string[];
}

/** Refuses examples whose arrays do not fit each other. */
export function describedExamples(given: DescribedExamples): CheckedExamples {
  object('examples', given);
  const { features } = given;
  assertTable('features', features);
  const [count, width] = features.shape as readonly [number, number];
  const { names = Array.from({ length: width }, (_, feature) => `feature ${feature}`) } = given;
  assertNames('names', names, width);
  return { features, names, ...chosenExamples(given, count) };
}

/** The rows that are looked at, and the confidence in each. */
export function chosenExamples(
  { examples, confidence }: Pick<DescribedExamples, 'examples' | 'confidence'>,
  count: number,
): Pick<CheckedExamples, 'examples' | 'confidence'> {
  const values = numbersOf('confidence', confidence);
  const rows = examples === undefined ? Int32Array.from({ length: count }, (_, row) => row) : rowsOf(examples, count);
  if (rows.length === 0) throw new VitrineError('bad-argument', '"examples" expected at least one example, got none');
  assertCountOf('confidence', values.length, rows.length);
  const data = Float64Array.from(values);
  assertFiniteArray('confidence', { shape: [data.length], data });
  return { examples: rows, confidence: data };
}

function rowsOf(examples: PerExample, count: number): Int32Array {
  const list = numbersOf('examples', examples);
  const rows = labelsOf('examples', list, list.length, count);
  if (new Set(rows).size === rows.length) return rows;
  throw new VitrineError('bad-argument', '"examples" expected each example once, got one several times');
}
