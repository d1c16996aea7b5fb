import { assertIndex, assertList } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { NdArray, TypedArray } from '../../../numeric/ndarray.ts';
import { assertOptions, integer, type OptionChecks, object } from '../../../numeric/options.ts';
import { differenceInterval, falseDiscoveryRates, fisherTest, type Interval } from '../../../numeric/proportions.ts';
import { assertNames, assertTable, numbersOf, type PerExample } from '../../classified.ts';

/** What is known of examples by name. */
export interface NamedFeatures {
  /** 1 where an example has it, 0 where not, `[n, d]`. */
  readonly features: NdArray<TypedArray>;
  /** `[d]`. */
  readonly names: readonly string[];
}

/** Options of {@link describeSlices}. */
export interface DescribeSlicesOptions {
  /** How many features of each slice at most; all by default. */
  readonly count?: number;
}

/** How often a feature is inside of a slice and outside of it. */
export interface SliceDescription {
  readonly feature: number;
  readonly name: string;
  /** The share of the members that have it. */
  readonly inside: number;
  /** The share of all others that have it. */
  readonly outside: number;
  /** Of the first share less the second, 95 %. */
  readonly difference: Interval;
  /** How likely chance alone makes them differ so much: Fisher's exact test, two-sided. */
  readonly pValue: number;
  /** The share of chance findings among all descriptions with so small a p-value, over all slices and features. */
  readonly falseDiscoveryRate: number;
}

const checks: OptionChecks<DescribeSlicesOptions> = { count: integer(1) };

/**
 * What the members of slices have more often, or more rarely, than all other examples: concepts that dissection found, or any
 * attributes.
 *
 * Source: Fisher's exact test; Newcombe 1998, method 10, for intervals; Benjamini and Hochberg 1995 for the rate of false
 * findings.
 *
 * @param slices of {@link findSlices}, partitions of {@link unknownUnknowns}, or any with `members`.
 * @param examples `features` of zeros and ones `[n, d]` and their `names`, as {@link detectedConcepts} gives them.
 * @param options `count`.
 * @returns for each slice the features, the surest difference first.
 * @throws {VitrineError} if a feature is neither 0 nor 1, there are more or fewer names, or a member is no example.
 * @example
 * ```ts
 * import { describeSlices } from 'vitrine/diagnosis';
 * const features = { shape: [6, 2], data: Uint8Array.of(1, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 1) };
 * const [described] = describeSlices([{ members: [0, 1, 2] }], { features, names: ['grass', 'leash'] }, { count: 1 });
 * console.log(described[0].name, described[0].inside, described[0].outside, described[0].pValue); // grass, 1, 0, 0.1
 * ```
 */
export function describeSlices(
  slices: readonly { readonly members: PerExample }[],
  examples: NamedFeatures,
  options: DescribeSlicesOptions = {},
): readonly (readonly SliceDescription[])[] {
  assertOptions(options, checks);
  assertList('slices', slices);
  assertNamedFeatures(examples);
  const { count = Number.POSITIVE_INFINITY } = options;
  const all = countsOf(examples, Array.from({ length: examples.features.shape[0] as number }).keys());
  const found = slices.map((slice, i) => comparisons(examples, membersOf(slice, i, examples), all));
  const rates = falseDiscoveryRates(found.flat().map(({ pValue }) => pValue));
  let at = 0;
  return found.map((compared) =>
    compared
      .map((one): SliceDescription => ({ ...one, falseDiscoveryRate: rates[at++] as number }))
      .sort((a, b) => a.pValue - b.pValue || gap(b) - gap(a) || a.feature - b.feature)
      .slice(0, count),
  );
}

function gap({ inside, outside }: { readonly inside: number; readonly outside: number }): number {
  return Math.abs(inside - outside);
}

function comparisons(
  examples: NamedFeatures,
  members: ReadonlySet<number>,
  all: Float64Array,
): readonly Omit<SliceDescription, 'falseDiscoveryRate'>[] {
  const inside = countsOf(examples, members);
  const outsiders = (examples.features.shape[0] as number) - members.size;
  return examples.names.map((name, feature) => {
    const own = { count: inside[feature] as number, total: members.size };
    const others = { count: (all[feature] as number) - own.count, total: outsiders };
    return {
      feature,
      name,
      inside: shareOf(own),
      outside: shareOf(others),
      difference: differenceInterval(own, others),
      pValue: fisherTest(own, others),
    };
  });
}

/** How many of some examples have each feature. */
function countsOf({ features: { shape, data } }: NamedFeatures, rows: Iterable<number>): Float64Array {
  const counts = new Float64Array(shape[1] as number);
  for (const row of rows) {
    for (let k = 0; k < counts.length; k++) counts[k]! += data[row * counts.length + k] as number;
  }
  return counts;
}

/** 0 of nothing. */
function shareOf({ count, total }: { readonly count: number; readonly total: number }): number {
  return total > 0 ? count / total : 0;
}

function membersOf(
  slice: { readonly members: PerExample },
  i: number,
  { features }: NamedFeatures,
): ReadonlySet<number> {
  object(`slices[${i}]`, slice);
  const members = Array.from(numbersOf(`slices[${i}].members`, slice.members));
  members.forEach((member, k) => assertIndex(member, features.shape[0] as number, `slices[${i}].members[${k}]`));
  return new Set(members);
}

function assertNamedFeatures(examples: NamedFeatures): void {
  object('examples', examples);
  const { features, names } = examples;
  assertTable('features', features);
  assertNames('names', names, features.shape[1] as number);
  const wrong = features.data.findIndex((value) => value !== 0 && value !== 1);
  if (wrong < 0) return;
  throw new VitrineError('bad-argument', `"features" expected zeros and ones, got ${features.data[wrong]}`);
}
