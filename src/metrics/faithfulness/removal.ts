import type { NdArray } from '../../numeric/ndarray.ts';
import { hiddenInput } from '../../scoring/baselines.ts';
import { allPerturbedScores } from '../../scoring/perturbedRuns.ts';
import type { Baseline } from '../../scoring/types.ts';
import type { Measurement } from '../measure.ts';
import { maskedRows } from '../rows.ts';
import type { Steps } from './steps.ts';

/** What happens in the rows of a curve. */
export interface Removal {
  readonly stage: string;
  /** For each example, in which step each position (or element) goes. */
  readonly steps: readonly Steps[];
  /** Whether row k hides the steps before k, shows only those, or hides step k alone. */
  readonly rows: 'hide' | 'show' | 'hideAlone';
  /** What a hidden position looks like. */
  readonly baseline: Baseline;
  /** Whether each channel of a pixel goes by itself. */
  readonly elements?: boolean;
}

/**
 * The scores of an example as more and more of it goes (or comes): `[n, steps + 1]`, the start first; `[n, steps]` where
 * each step goes alone. NaN for examples without an order, and after the last step of those that have fewer.
 */
export async function removalScores(
  measurement: Measurement,
  { stage, steps, rows, baseline, elements = false }: Removal,
): Promise<NdArray> {
  const { scorer } = measurement;
  const hidden = await hiddenInput(measurement, measurement.index, baseline);
  const longest = Math.max(...steps.map(({ count }) => count));
  const samples = rows === 'hideAlone' ? longest : longest + 1;
  const keeps = keptBy[rows];
  const fill = (mask: Float32Array, example: number, row: number): void => {
    steps[example]?.of.forEach((step, i) => {
      mask[i] = keeps(step, row) ? 1 : 0;
    });
  };
  const curve = await allPerturbedScores(measurement, {
    stage,
    samples,
    scorer,
    rows: maskedRows(measurement, { hidden, elements, fill }),
  });
  steps.forEach(({ count, ordered }, example) => {
    const known = ordered ? samples - (longest - count) : 0;
    curve.data.fill(Number.NaN, example * samples + known, (example + 1) * samples);
  });
  return curve;
}

const keptBy: Readonly<Record<Removal['rows'], (step: number, row: number) => boolean>> = {
  hide: (step, row) => step >= row,
  show: (step, row) => step < row,
  hideAlone: (step, row) => step !== row,
};
