import type { Tensor } from '@tensorflow/tfjs-core';
import type { Input, Model } from '../../../network/types.ts';
import { mapBatches } from '../../../network/walk/batches.ts';
import { rowsOf } from '../../../network/walk/inputs.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { anything, type OptionChecks } from '../../../numeric/options.ts';
import { baselinesOf } from '../../../scoring/baselines.ts';
import { completenessGap } from '../../../scoring/completenessError.ts';
import { attributionOf, exampleRange, explain } from '../../../scoring/session.ts';
import type { Attribution, Baseline, ExplainOptions } from '../../../scoring/types.ts';
import { compareRuns, comparisonOf, type DeepLiftVariant, variantChecks } from './comparison.ts';

/** The options of {@link deepLift}. */
export interface DeepLiftOptions extends DeepLiftVariant {
  /** What x is compared with; `'zero'` by default. One for all inputs of the model, or a list. */
  readonly baseline?: Baseline | readonly Baseline[];
}

const checks: OptionChecks<ExplainOptions & DeepLiftOptions> = { ...variantChecks, baseline: anything };

/**
 * DeepLIFT: the difference of the score to that at a baseline, divided among the inputs by multipliers.
 *
 * $R = (x - x') \odot m$. A multiplier is a gradient in which the slope of each activation is
 * $\Delta y / \Delta x$ between the two runs (Rescale), or one slope for what raises and one for what lowers its input
 * (RevealCancel). Of products, maxima and minima of tensors each gets its Shapley value, and of a pooled maximum the
 * places that hold it in either run. The sum of the map is $F(x) - F(x')$ up to rounding, which `delta` shows, as long
 * as the target is linear in the outputs it is made of. With `layer` the layer goes from its value at the baseline to
 * that at x, and what bypasses it stays as at x.
 *
 * Source: Shrikumar, Greenside and Kundaje 2017, "Learning important features through propagating activation
 * differences", §3.5; for products Lundberg and Lee 2017, "A unified approach to interpreting model predictions", §4.2.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `baseline`, `rule`, `layer`, `target`, `rules` for layers that have none, and `composite` for all. A
 * predicted class is the one at x.
 * @returns `values` in the shape of the input (or the layer), and `delta` per example.
 * @throws {VitrineError} if a softmax, a layer normalisation or an opaque layer is on the way and no rule is given for it.
 * @throws {VitrineError} if the scale of a class is not `'logit'`, or the baseline has another shape; else as
 * {@link gradient}.
 * @example
 * ```ts
 * import { deepLift } from 'vitrine';
 * const { values, delta } = await deepLift(model, x, { baseline: 'mean', rule: 'revealCancel' });
 * console.log(values.shape, delta); // rounding errors
 * ```
 */
export async function deepLift(
  model: Model,
  x: Input,
  options: ExplainOptions & DeepLiftOptions = {},
): Promise<Attribution> {
  return explain(model, x, options, { checks }, async (session, options) => {
    const { baseline = 'zero', layer } = options;
    const { network, count, rows } = session;
    const baselines = await baselinesOf(session, baseline);
    const { comparison, at } = await comparisonOf(session, options);
    const found = await mapBatches({ ...options, stage: 'deepLift', total: count }, (start, end) => {
      const { maps, score, origin } = compareRuns(network, comparison, {
        rows: rows(start, end),
        baselines: baselines.map((values) => rowsOf(values, start, end)),
        example: exampleRange(start, end),
      });
      const named = maps.map((map, i): [string, Tensor] => [String(i), map]);
      return { score, origin, ...Object.fromEntries(named) } as Record<string, Tensor>;
    });
    const maps = comparison.ends.map((_, i) => found[i] as NdArray);
    const [score, origin] = [found['score'] as NdArray, found['origin'] as NdArray];
    return attributionOf(session, {
      method: 'deepLift',
      score,
      classes: at.classes,
      maps,
      delta: completenessGap(maps, score.data, origin.data),
      layer,
    });
  });
}
