import type { Input, Model } from '../../network/types.ts';
import { anything, count, integer, type OptionChecks, oneOf } from '../../numeric/options.ts';
import type { Baseline, ExplainOptions } from '../../scoring/types.ts';
import { examplesOf, perPosition } from '../givenMap.ts';
import { mapChecks, measure } from '../measure.ts';
import type { AttributionOption, MetricResult } from '../types.ts';
import { lengthsOf, patches } from './patches.ts';
import { removalScores } from './removal.ts';
import { type RemovalOrder, stepsByGroup } from './steps.ts';

/** What {@link regionPerturbation} removes. */
export interface RegionPerturbationOptions extends AttributionOption {
  /** The side of the square (in volumes cubic) patches in pixels; 9 by default. They are cut off at the border. */
  readonly patch?: number;
  /** How many patches go; 100 by default, all where there are fewer. */
  readonly regions?: number;
  /** What a removed pixel looks like; `'uniform'` by default. */
  readonly baseline?: Baseline;
  /** `'morf'` (default) begins with the most relevant patches, `'lerf'` with the least. */
  readonly order?: RemovalOrder;
}

const checks: OptionChecks<ExplainOptions & RegionPerturbationOptions> = {
  ...mapChecks,
  patch: integer(1),
  regions: count(1),
  baseline: anything,
  order: oneOf(['morf', 'lerf']),
};

/**
 * Region perturbation: how far the score falls as patches go, those with the largest sum of relevance first.
 *
 * $\mathrm{AOPC} = \frac{1}{L + 1} \sum_{k=0}^{L} F(x) - F(x^{(k)})$ with $k$ patches gone in $x^{(k)}$.
 *
 * Source: Samek et al. 2017, "Evaluating the visualization of what a deep neural network has learned", Eq. (12).
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one picture or a batch `[n, h, w, c]`.
 * @param options `attribution` (required), `input`, `patch`, `regions`, `baseline`, `order`, `target`, `scale` (`'logit'` by
 * default).
 * @returns the AOPC per example, NaN where all patches have the same sum; `curve` `[n, L + 1]` has $F(x^{(k)})$.
 * @throws as {@link deletion}.
 * @example
 * ```ts
 * import { gradCam, regionPerturbation } from 'vitrine';
 * const { score } = await regionPerturbation(model, x, { attribution: await gradCam(model, x), patch: 4 });
 * ```
 */
export async function regionPerturbation(
  model: Model,
  x: Input,
  options: ExplainOptions & RegionPerturbationOptions,
): Promise<MetricResult> {
  return measure(model, x, options, { checks }, async (measurement, options) => {
    const { patch = 9, regions = 100, order = 'morf', baseline = 'uniform' } = options;
    const { map, changed, count, score: whole } = measurement;
    const groups = patches(lengthsOf(changed), patch);
    const steps = examplesOf(perPosition(map, changed), count)
      .map((values) => stepsByGroup(values, { groups, order, value: 'sum' }))
      .map((all) => ({ ...all, count: Math.min(all.count, regions) }));
    const curve = await removalScores(measurement, { stage: 'regionPerturbation', steps, rows: 'hide', baseline });
    const length = curve.shape[1] as number;
    const score = whole.map((value, i) => {
      const points = curve.data.subarray(i * length, (i + 1) * length);
      return points.reduce((sum, point) => sum + value - point, 0) / length;
    });
    return { metric: 'regionPerturbation', score, curve, higherIsBetter: order === 'morf' };
  });
}
