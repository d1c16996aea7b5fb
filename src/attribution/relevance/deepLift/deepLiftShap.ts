import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Input, Model } from '../../../network/types.ts';
import { forEachBatch } from '../../../network/walk/batches.ts';
import { readInputs, rowsOf } from '../../../network/walk/inputs.ts';
import { addTo, type NdArray } from '../../../numeric/ndarray.ts';
import { type OptionChecks, required } from '../../../numeric/options.ts';
import { exampleSums } from '../../../numeric/running.ts';
import { completenessGap } from '../../../scoring/completenessError.ts';
import { examplesCheck } from '../../../scoring/explainChecks.ts';
import { repeated } from '../../../scoring/masking.ts';
import { attributionOf, explain, type Session } from '../../../scoring/session.ts';
import type { Attribution, ExplainOptions } from '../../../scoring/types.ts';
import { type Comparison, compareRuns, comparisonOf, type DeepLiftVariant, variantChecks } from './comparison.ts';

/** The options of {@link deepLiftShap}. */
export interface DeepLiftShapOptions extends DeepLiftVariant {
  /** Examples `[m, …]`, each a baseline; at least one. */
  readonly background: Input;
}

const checks: OptionChecks<ExplainOptions & DeepLiftShapOptions> = {
  ...variantChecks,
  background: required(examplesCheck),
};

/**
 * DeepLIFT-SHAP: DeepLIFT averaged over the baselines of a background.
 *
 * $R = \frac{1}{m} \sum_b (x - b) \odot m_b$. The sum of the map is $F(x)$ less the mean score of the background, up to
 * rounding, which `delta` shows. It takes one pass for each example and baseline, `batchSize` of them at a time.
 *
 * Source: Lundberg and Lee 2017, "A unified approach to interpreting model predictions", §4.2.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `background` (required), and `rule`, `layer`, `target`, `rules`, `composite` as of {@link deepLift}.
 * @returns `values` in the shape of the input (or the layer), and `delta` per example.
 * @throws {VitrineError} if the background is empty or of another shape; else as {@link deepLift}.
 * @example
 * ```ts
 * import { deepLiftShap } from 'vitrine';
 * const { values, delta } = await deepLiftShap(model, x, { background: x });
 * console.log(values.shape, delta);
 * ```
 */
export async function deepLiftShap(
  model: Model,
  x: Input,
  options: ExplainOptions & DeepLiftShapOptions,
): Promise<Attribution> {
  return explain(model, x, options, { checks }, async (session, options) => {
    const { background, layer } = options;
    const backgrounds = await readInputs(session.network, background, 'background');
    const { comparison, at } = await comparisonOf(session, options);
    const { maps, origins } = await meanOver(session, comparison, backgrounds);
    return attributionOf(session, {
      method: 'deepLiftShap',
      score: at.score,
      classes: at.classes,
      maps,
      delta: completenessGap(maps, at.score.data, origins),
      layer,
    });
  });
}

/** The mean of the maps and of the scores at the baselines, per example. */
async function meanOver(
  { network, inputs, count, options }: Session,
  comparison: Comparison,
  backgrounds: readonly NdArray[],
): Promise<{ maps: readonly NdArray[]; origins: Float32Array }> {
  const total = backgrounds[0]?.shape[0] as number;
  const maps = exampleSums(count);
  const origins = new Float64Array(count);
  const share = (rows: Tensor): Tensor => tf.div(tf.sum(rows, 0), total);
  await forEachBatch(
    { ...options, stage: 'deepLiftShap', total, groups: count },
    ({ group, start, end }) => {
      const compared = compareRuns(network, comparison, {
        rows: inputs.map((input) => repeated(input, group, end - start)),
        baselines: backgrounds.map((values) => rowsOf(values, start, end)),
        example: new Int32Array(end - start).fill(group),
      });
      const named = compared.maps.map((map, i): [string, Tensor] => [String(i), share(map)]);
      return { origin: share(compared.origin), ...Object.fromEntries(named) } as Record<string, Tensor>;
    },
    (part, { group }) => {
      addTo(origins, (part['origin'] as NdArray).data, group);
      comparison.ends.forEach((_, i) => void maps.add(i, group, part[i] as NdArray));
    },
  );
  return { maps: maps.arrays(), origins: Float32Array.from(origins) };
}
