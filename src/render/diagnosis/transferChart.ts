import type { TransferCurve } from '../../diagnosis/index.ts';
import { assertNumber } from '../../numeric/check.ts';
import { assertOptions, listOf, object, text } from '../../numeric/options.ts';
import { assertCurve } from '../curveChart/assertCurve.ts';
import { curveChart } from '../curveChart/curveChart.ts';

/** What is shown of a transfer curve. */
export type ShownTransfer = Pick<TransferCurve, 'layers' | 'base' | 'curves'>;

/** Options of {@link transferChart}. */
export interface TransferChartOptions {
  /** Above the chart; none by default. */
  readonly title?: string;
  /** What the scores are; `'accuracy'` by default. */
  readonly yLabel?: string;
}

/**
 * A chart of a transfer curve: the score of each kind by the last layer that is copied, with the base, where none is.
 *
 * Error bars go from the least to the greatest score over seeds.
 *
 * Source: Yosinski et al. 2014, "How transferable are features in deep neural networks?", Fig. 2.
 *
 * @param curve what `transferCurve` gives.
 * @param options `title`, `yLabel`.
 * @returns an SVG element as text, as `curveChart` makes it.
 * @throws {VitrineError} if it is no transfer curve.
 * @example
 * ```ts
 * import { transferChart } from 'vitrine/render';
 * const one = { mean: Float64Array.of(0.8), low: Float64Array.of(0.78), high: Float64Array.of(0.82) };
 * const base = { mean: 0.81, low: 0.8, high: 0.82 };
 * const svg = transferChart({ layers: ['conv1'], base, curves: [{ kind: 'AnB', ...one }] });
 * console.log(svg.startsWith('<svg'));
 * ```
 */
export function transferChart(curve: ShownTransfer, options: TransferChartOptions = {}): string {
  assertOptions(options, { title: text, yLabel: text });
  assertTransfer(curve);
  const { layers, base, curves } = curve;
  const places = layers.map((_, i) => i + 1);
  const drawn = curves.map(({ kind, mean, low, high }) => ({ name: kind, x: places, y: mean, low, high }));
  const first = { name: 'base', x: [0], y: [base.mean], low: [base.low], high: [base.high] };
  return curveChart([first, ...drawn], {
    yLabel: 'accuracy',
    xLabel: 'last layer that is copied',
    ...options,
    xNames: ['none', ...layers],
  });
}

function assertTransfer(curve: ShownTransfer): void {
  object('curve', curve);
  const { layers, base, curves } = curve;
  listOf(text)('curve.layers', layers);
  object('curve.base', base);
  for (const name of ['mean', 'low', 'high'] as const) assertNumber(`curve.base.${name}`, base[name]);
  listOf(object)('curve.curves', curves);
  curves.forEach((one, i) => {
    assertCurve(`curve.curves[${i}]`, { ...one, name: one.kind, x: layers.map((_, k) => k), y: one.mean });
  });
}
