import { inSlices } from '../../backend/inTurn.ts';
import type { Input, Model } from '../../network/types.ts';
import { rowOf } from '../../numeric/ndarray.ts';
import { kind, listOf, number, type OptionChecks, oneOf } from '../../numeric/options.ts';
import { allPerturbedScores } from '../../scoring/perturbedRuns.ts';
import type { ExplainOptions } from '../../scoring/types.ts';
import { examplesOf, perPosition } from '../givenMap.ts';
import { type Measurement, mapChecks, measure } from '../measure.ts';
import { changedRows } from '../rows.ts';
import type { AttributionOption, MetricResult } from '../types.ts';
import { imputing } from './noisyLinearImputation.ts';
import { planeOf } from './patches.ts';
import { type RemovalOrder, stepsByValue } from './steps.ts';

/** What {@link road} removes. */
export interface RoadOptions extends AttributionOption {
  /** The shares of the pixels that are removed, between 0 and 1; 0.1, 0.2 … 0.9 by default. */
  readonly shares?: readonly number[];
  /** `'morf'` removes the most relevant pixels, `'lerf'` the least, `'combined'` (default) is half their difference. */
  readonly order?: RemovalOrder | 'combined';
  /** The standard deviation of the noise on imputed pixels as a share of each picture's range; 0.01 by default. */
  readonly noise?: number;
}

const partly = kind('a number between 0 and 1', (value) => typeof value === 'number' && value > 0 && value < 1);

const checks: OptionChecks<ExplainOptions & RoadOptions> = {
  ...mapChecks,
  shares: listOf(partly),
  order: oneOf(['morf', 'lerf', 'combined']),
  noise: number(0),
};

/**
 * ROAD, remove and debias: the class's probability after pixels were replaced by what their neighbours tell.
 *
 * Pixels are imputed by {@link noisyLinearImputation}, so that the shape of what was removed does not show. `'morf'`
 * and `'lerf'` are the mean of $F$ over the shares, `'combined'` is the mean of
 * $(F_\mathrm{LeRF} - F_\mathrm{MoRF}) / 2$.
 *
 * Source: Rong et al. 2022, "A consistent and efficient evaluation strategy for attribution methods", §4.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one picture or a batch `[n, h, w, c]`.
 * @param options `attribution` (required), `input`, `shares`, `order`, `noise`, `seed`, `target`, `scale` (`'probability'`
 * by default; an output that holds none is measured as it is).
 * @returns the mean per example, NaN for a map that is the same everywhere; `curve` `[n, shares]`. `'morf'` is
 * better if low, the others if high.
 * @throws {VitrineError} if a fraction is not between 0 and 1, or leaves no pixel; else as {@link deletion}.
 * @example
 * ```ts
 * import { gradCam, road } from 'vitrine';
 * const attribution = await gradCam(model, x);
 * const { score, curve } = await road(model, x, { attribution, shares: [0.25, 0.5, 0.75] });
 * ```
 */
export async function road(model: Model, x: Input, options: ExplainOptions & RoadOptions): Promise<MetricResult> {
  return measure(model, x, options, { checks, scale: 'probability' }, async (measurement, options) => {
    const { shares = tenths, order = 'combined', noise = 0.01, seed = 0 } = options;
    const orders = order === 'combined' ? (['lerf', 'morf'] as const) : [order];
    const curves = [];
    for (const one of orders)
      curves.push(await imputedScores(measurement, { order: one, shares, noise, seed, signal: options.signal }));
    const [first, second] = curves as [Float32Array, Float32Array | undefined];
    const data = second ? first.map((value, i) => (value - (second[i] as number)) / 2) : first;
    const length = shares.length;
    const score = Float32Array.from({ length: measurement.count }, (_, i) =>
      data.subarray(i * length, (i + 1) * length).reduce((sum, value) => sum + value / length, 0),
    );
    const curve = { shape: [measurement.count, length], data };
    return { metric: 'road', score, curve, higherIsBetter: order !== 'morf' };
  });
}

const tenths = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

interface Imputation {
  readonly order: RemovalOrder;
  readonly shares: readonly number[];
  readonly noise: number;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
}

/** The scores of the imputed pictures, `[n, shares]`; NaN without an order. */
async function imputedScores(
  measurement: Measurement,
  { order, shares, noise, seed, signal }: Imputation,
): Promise<Float32Array> {
  const { map, changed, count, scorer } = measurement;
  const plane = planeOf(changed);
  const steps = examplesOf(perPosition(map, changed), count).map((values) =>
    stepsByValue(values, { order, perStep: 1 }),
  );
  const imputed: Float32Array[][] = [];
  for (const [example, { of, ordered }] of steps.entries()) {
    const own: Float32Array[] = [];
    for (const [index, share] of shares.entries()) {
      const picture = rowOf(changed, example).slice();
      const removed = Math.round(share * of.length);
      const gone = of.map((step) => Number(step < removed));
      if (ordered)
        await inSlices(imputing(picture, { plane, gone, noise, stream: [seed, example, index] }), { signal });
      own.push(picture);
    }
    imputed.push(own);
  }
  const rows = changedRows(measurement, (row, example, index) => row.set(imputed[example]?.[index] as Float32Array));
  const { data } = await allPerturbedScores(measurement, { stage: 'road', samples: shares.length, scorer, rows });
  steps.forEach(({ ordered }, i) => {
    if (!ordered) data.fill(Number.NaN, i * shares.length, (i + 1) * shares.length);
  });
  return data;
}
