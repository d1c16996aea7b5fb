import { inSlices } from '../../backend/inTurn.ts';
import { segmenting } from '../../image/segmentation/segmenting.ts';
import type { Segments } from '../../image/types.ts';
import type { Input, Model } from '../../network/types.ts';
import { anything, type OptionChecks, object, oneOf } from '../../numeric/options.ts';
import { trapezoid } from '../../numeric/statistics.ts';
import type { Baseline, ExplainOptions } from '../../scoring/types.ts';
import { examplesOf, perPosition } from '../givenMap.ts';
import { mapChecks, measure } from '../measure.ts';
import type { AttributionOption, MetricResult } from '../types.ts';
import { lengthsOf } from './patches.ts';
import { removalScores } from './removal.ts';
import { type RemovalOrder, stepsByGroup } from './steps.ts';

/** What {@link irof} removes. */
export interface IrofOptions extends AttributionOption {
  /** How the picture is divided; `{ slic: 50 }` by default, `{ grid: 4 }` of volumes. */
  readonly segments?: Segments;
  /** What a removed pixel looks like; by default `'mean'`, the mean colour of the picture. */
  readonly baseline?: Baseline;
  /** `'morf'` (default) begins with the most relevant segments, `'lerf'` with the least. */
  readonly order?: RemovalOrder;
}

const checks: OptionChecks<ExplainOptions & IrofOptions> = {
  ...mapChecks,
  segments: object,
  baseline: anything,
  order: oneOf(['morf', 'lerf']),
};

/**
 * IROF, iterative removal of features: the area over the curve as segments go, those of the largest mean relevance first.
 *
 * $1 - \int F_k / F_0$ by the trapezoid rule over $k / S$, $k = 0 \dots S$ segments gone.
 *
 * Source: Rieger and Hansen 2020, "IROF: a low resource evaluation metric for explanation methods", §3, here
 * divided by the number of segments.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one picture or a batch `[n, h, w, c]`.
 * @param options `attribution` (required), `input`, `segments`, `baseline`, `order`, `target`, `scale` (`'probability'` by
 * default; an output that holds none is measured as it is).
 * @returns the area per example, NaN where all segments have the same mean or $F_0$ is 0; `curve` `[n, S + 1]` has
 * $F_k / F_0$, with NaN after the last segment of an example that has fewer.
 * @throws {VitrineError} if the labels do not fit the picture; else as {@link deletion}.
 * @example
 * ```ts
 * import { gradCam, irof } from 'vitrine';
 * const { score } = await irof(model, x, { attribution: await gradCam(model, x), segments: { grid: 4 } });
 * ```
 */
export async function irof(model: Model, x: Input, options: ExplainOptions & IrofOptions): Promise<MetricResult> {
  return measure(
    model,
    x,
    options,
    { checks, scale: 'probability' },
    async (measurement, { segments, baseline = 'mean', order = 'morf', signal }) => {
      const { map, changed, count } = measurement;
      const division = segments ?? (lengthsOf(changed).length === 2 ? { slic: 50 } : { grid: 4 });
      const labels = (await inSlices(segmenting(changed, division), { signal })).data;
      const steps = examplesOf(perPosition(map, changed), count).map((values, i) => {
        const groups = labels.subarray(i * values.length, (i + 1) * values.length);
        return stepsByGroup(values, { groups, order, value: 'mean' });
      });
      const scores = await removalScores(measurement, { stage: 'irof', steps, rows: 'hide', baseline });
      const length = scores.shape[1] as number;
      const first = (i: number): number => scores.data[i - (i % length)] as number;
      const curve = { shape: scores.shape, data: scores.data.map((value, i) => value / first(i)) };
      const score = Float32Array.from(steps, ({ count: own }, i) => {
        const area = 1 - trapezoid(curve.data.subarray(i * length, i * length + own + 1));
        return Number.isFinite(area) ? area : Number.NaN;
      });
      return { metric: 'irof', score, curve, higherIsBetter: order === 'morf' };
    },
  );
}
