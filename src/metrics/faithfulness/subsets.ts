import { inSlices } from '../../backend/inTurn.ts';
import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, sameShape, sizeOf, type TypedArray } from '../../numeric/ndarray.ts';
import { forEachOf, type Sliced } from '../../numeric/sliced.ts';
import { hiddenInput } from '../../scoring/baselines.ts';
import { allPerturbedScores } from '../../scoring/perturbedRuns.ts';
import type { Baseline } from '../../scoring/types.ts';
import { examplesOf, perPosition, positionsOf } from '../givenMap.ts';
import type { Measurement } from '../measure.ts';
import { maskedRows } from '../rows.ts';
import type { AttributionOption } from '../types.ts';

/** The options of metrics that hide subsets of the pixels. */
export interface SubsetOptions extends AttributionOption {
  /** What a hidden pixel looks like; `'zero'` by default. */
  readonly baseline?: Baseline;
}

/** Subsets of the positions of each example. */
export interface Subsets {
  /** The positions that are hidden in a row of an example; the same whenever it is asked. */
  readonly of: (example: number, row: number) => Iterable<number>;
  /** The number of rows, on one axis or several. */
  readonly counts: readonly number[];
}

/** Per row, the relevance of the hidden positions and what the score loses without them, `[n, rows]` each. */
export interface SubsetEffects {
  readonly relevance: readonly Float64Array[];
  readonly losses: readonly Float64Array[];
}

/** Hides subsets of the positions and compares the relevance that goes with the score that is lost. */
export async function subsetEffects(
  measurement: Measurement,
  { stage, subsets, baseline }: { stage: string; subsets: Subsets; baseline: Baseline },
): Promise<SubsetEffects> {
  const { changed, map, count, score, scorer } = measurement;
  const rows = sizeOf(subsets.counts);
  const hidden = await hiddenInput(measurement, measurement.index, baseline);
  const fill = (mask: Float32Array, example: number, row: number): void => {
    mask.fill(1);
    for (const position of subsets.of(example, row)) mask[position] = 0;
  };
  const scores = await allPerturbedScores(measurement, {
    stage,
    samples: rows,
    scorer,
    rows: maskedRows(measurement, { hidden, fill }),
  });
  const values = examplesOf(perPosition(map, changed), count);
  const relevance = await inSlices(sumsOver(values, subsets, rows), measurement.options);
  const losses = relevance.map((sums, example) =>
    sums.map((_, row) => (score[example] as number) - (scores.data[example * rows + row] as number)),
  );
  return { relevance, losses };
}

/** About how many operations a position takes to be drawn. */
const DRAWN = 50;

function* sumsOver(values: readonly Float64Array[], { of }: Subsets, rows: number): Sliced<readonly Float64Array[]> {
  const sums = values.map(() => new Float64Array(rows));
  for (const [example, own] of values.entries()) {
    yield* forEachOf(rows, DRAWN * own.length, (row) => {
      for (const position of of(example, row)) sums[example]![row]! += own[position] as number;
    });
  }
  return sums;
}

/** Subsets that were given as masks, `leading` axes before those of the positions: what is not zero is hidden. */
export function givenSubsets(
  subsets: NdArray<TypedArray>,
  { changed }: Pick<Measurement, 'changed'>,
  leading: readonly string[],
): Subsets {
  const positions = positionsOf(changed);
  assertArray('subsets', subsets, [leading.length + positions.length]);
  assertFiniteArray('subsets', subsets);
  const counts = subsets.shape.slice(0, leading.length);
  if (!sameShape(subsets.shape.slice(leading.length), positions)) {
    throw new VitrineError(
      'bad-shape',
      `"subsets" expected shape [${[...leading, ...positions].join(', ')}], got [${subsets.shape.join(', ')}]`,
    );
  }
  const size = sizeOf(positions);
  const rows = Array.from({ length: sizeOf(counts) }, (_, row) =>
    Array.from({ length: size }, (_, i) => i).filter((i) => subsets.data[row * size + i] !== 0),
  );
  return { of: (_example, row) => rows[row] as number[], counts };
}
