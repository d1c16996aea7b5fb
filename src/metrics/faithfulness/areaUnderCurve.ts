import { isPlaced } from '../../attribution/perturbation/imageInput.ts';
import type { Input, Model, Scale } from '../../network/types.ts';
import type { Baseline, ExplainOptions } from '../../network/types2.ts';
import { assertChoice, assertInteger } from '../../numeric/check.ts';
import { sizeOf } from '../../numeric/shape.ts';
import { trapezoid } from '../../numeric/trapezoid.ts';
import { examplesOf, perElement, perPosition } from '../givenMap.ts';
import { type Measurement, measure } from '../measure.ts';
import type { AttributionOption, MetricResult } from '../types.ts';
import { removalScores } from './removal.ts';
import { type Order, stepsByValue } from './steps.ts';

/** The options of deletion and insertion curves. */
export interface CurveOptions extends AttributionOption {
  /** What a hidden pixel looks like. */
  readonly baseline?: Baseline;
  /**
   * How many pixels go or come in a step; by default as many as the picture is wide, as in the paper; of volumes so many
   * that there are as many steps as the longest side has voxels.
   */
  readonly perStep?: number;
  /** `'morf'` (default) begins with the most relevant pixels, `'lerf'` with the least. */
  readonly order?: Order;
}

/** What sets one curve apart from another. */
export interface CurveMetric {
  readonly metric: string;
  readonly rows: 'hide' | 'show';
  readonly baseline: Baseline;
  readonly scale: Scale;
  readonly elements?: boolean;
}

/** The score as a function of the share of the input that is gone or there, and the area under it. */
export async function areaUnderCurve(
  model: Model,
  x: Input,
  options: ExplainOptions & CurveOptions,
  { metric, rows, scale, elements = false, ...defaults }: CurveMetric,
): Promise<MetricResult> {
  const { order = 'morf' } = options;
  assertChoice('order', order, ['morf', 'lerf']);
  return measure(
    model,
    x,
    options,
    async (measurement, { baseline = defaults.baseline, perStep: wanted }) => {
      const values = (elements ? perElement : perPosition)(measurement.map, measurement.changed);
      const perStep = checkedPerStep(measurement, wanted, elements);
      const steps = examplesOf(values, measurement.count).map((own) => stepsByValue(own, { order, perStep }));
      const curve = await removalScores(measurement, { stage: metric, steps, rows, baseline, elements });
      const length = curve.shape[1] as number;
      const score = Float32Array.from(steps, (_, i) => trapezoid(curve.data.subarray(i * length, (i + 1) * length)));
      return { metric, score, curve, higherIsBetter: (rows === 'show') === (order === 'morf') };
    },
    scale,
  );
}

/** The number of positions in a step: a row of the picture where nothing else is said, of volumes as many steps as their longest side. */
export function checkedPerStep({ changed }: Measurement, perStep: number | undefined, elements = false): number {
  const places = perStepOf(changed.shape);
  const row = elements ? places * (changed.shape.at(-1) as number) : places;
  const checked = perStep ?? row;
  assertInteger('perStep', checked, [1, Number.POSITIVE_INFINITY]);
  return checked;
}

function perStepOf(shape: readonly number[]): number {
  const lengths = shape.slice(1, -1);
  if (!isPlaced(shape)) return 1;
  return lengths.length === 2 ? (lengths[1] as number) : Math.ceil(sizeOf(lengths) / Math.max(...lengths));
}
