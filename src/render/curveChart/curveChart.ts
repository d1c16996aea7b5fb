import { assertList } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertOptions, kind, listOf, oneOf, text } from '../../numeric/options.ts';
import { distinctColors } from '../drawing/colors.generated.ts';
import { chart, labelWidth, legend, svgText } from '../drawing/svg.ts';
import { formatNumber } from '../formatNumber.ts';
import { assertCurve, type Curve, type DrawnCurve } from './assertCurve.ts';
import { type Axis, boundedAxis, linearAxis, logarithmicAxis } from './axes.ts';
import { curveSvg, gridSvg, type Plot, spokenPoint } from './plot.ts';

/** Options of {@link curveChart}. */
export interface CurveChartOptions {
  /** Above the chart; none by default. */
  readonly title?: string;
  /** What runs along the chart, below it; nothing by default. */
  readonly xLabel?: string;
  /** What runs up the chart, above it; nothing by default. */
  readonly yLabel?: string;
  /** Whether equal differences along the chart are equally long, `'linear'`, by default, or equal ratios, `'log'`. */
  readonly xScale?: 'linear' | 'log';
  /** Names of 0, 1, 2 … along the chart, in place of numbers; the numbers by default. */
  readonly xNames?: readonly string[];
  /** The ends of the axis that runs up; beyond the numbers that are shown by default. */
  readonly range?: readonly [number, number];
}

const [plotWidth, plotHeight] = [400, 220];

/**
 * A chart of curves over one axis, such as accuracies by ε or by the number of copied layers, with error bars where they
 * are given.
 *
 * @param curves each with a `name`, the places `x` of its points in any order and their heights `y`, and with `low` and
 *   `high`, the ends of their error bars, where there are some.
 * @param options `title`, `xLabel`, `yLabel`, `xScale`, `xNames`, `range`.
 * @returns an SVG element as text, which takes the colour of its text from the page around it and says in words what it
 *   shows.
 * @throws {VitrineError} if there is no curve, or one without points or with lists of different lengths, or if a number is
 *   not finite, or not above 0 on a logarithmic axis.
 * @example
 * ```ts
 * import { curveChart } from 'vitrine/render';
 * const curves = [
 *   { name: 'PGD', x: [0, 0.1, 0.2], y: [0.9, 0.5, 0.1] },
 *   { name: 'noise', x: [0, 0.1, 0.2], y: [0.9, 0.88, 0.85], low: [0.87, 0.85, 0.82], high: [0.92, 0.9, 0.88] },
 * ];
 * const svg = curveChart(curves, { xLabel: 'ε', yLabel: 'accuracy', range: [0, 1] });
 * console.log(svg.startsWith('<svg'));
 * ```
 */
export function curveChart(curves: readonly Curve[], options: CurveChartOptions = {}): string {
  assertOptions(options, {
    title: text,
    xLabel: text,
    yLabel: text,
    xScale: oneOf(['linear', 'log']),
    xNames: listOf(text),
    range: kind('two rising numbers', isRange),
  });
  const drawn = drawnCurves(curves, options);
  const plot = { width: plotWidth, height: plotHeight, x: axisAlong(drawn, options), y: axisUp(drawn, options) };
  const { title = '', xLabel = '', yLabel = '' } = options;
  const left = Math.max(widest(plot.y) + 16, widest(plot.x) / 2);
  const colored = drawn.map((curve, i) => ({ ...curve, color: distinctColors[i % distinctColors.length] as string }));
  const names = legend(colored, left);
  const [start, faint] = [title === '' ? 0 : 22, 'fill-opacity="0.7"'];
  const top = start + names.height + (yLabel === '' ? 6 : 22);
  const height = top + plotHeight + (xLabel === '' ? 24 : 44);
  const width = Math.max(left + plotWidth + widest(plot.x) / 2 + 4, names.width, 1.1 * labelWidth(title));
  return chart(width, height, spoken(drawn, options, plot), [
    ...(title === '' ? [] : [svgText(title, [0, 14], 'font-weight="600"')]),
    `<g transform="translate(0 ${start})">`,
    ...names.parts,
    '</g>',
    ...(yLabel === '' ? [] : [svgText(yLabel, [left - 8, top - 10], faint)]),
    `<g transform="translate(${left} ${top})">`,
    ...gridSvg(plot),
    ...colored.map((curve) => curveSvg(curve, curve.color, plot)),
    '</g>',
    ...(xLabel === '' ? [] : [svgText(xLabel, [left + plotWidth / 2, height - 6], `text-anchor="middle" ${faint}`)]),
  ]);
}

/** The width of the longest name of a tick. */
function widest({ ticks }: Axis): number {
  return Math.max(0, ...ticks.map(({ label }) => labelWidth(label)));
}

function drawnCurves(curves: readonly Curve[], { xScale }: CurveChartOptions): readonly DrawnCurve[] {
  assertList('curves', curves);
  if (curves.length === 0) throw new VitrineError('bad-argument', '"curves" expected at least one curve, got none');
  const drawn = curves.map((curve, i) => assertCurve(`curves[${i}]`, curve));
  const least = Math.min(...drawn.map(({ points }) => points[0]?.x as number));
  if (xScale === 'log' && least <= 0) {
    throw new VitrineError('bad-argument', `"curves" expected numbers above 0 along a logarithmic axis, got ${least}`);
  }
  return drawn;
}

function axisAlong(curves: readonly DrawnCurve[], { xScale, xNames }: CurveChartOptions): Axis {
  const places = curves.flatMap(({ points }) => points.map(({ x }) => x));
  if (xScale === 'log') return logarithmicAxis(places);
  if (xNames === undefined) return linearAxis(places);
  const ticks = xNames.map((label, value) => ({ value, label }));
  return { ...boundedAxis([Math.min(0, ...places), Math.max(1, xNames.length - 1, ...places)]), ticks };
}

function axisUp(curves: readonly DrawnCurve[], { range }: CurveChartOptions): Axis {
  if (range !== undefined) return boundedAxis(range);
  return linearAxis(curves.flatMap(({ points }) => points.flatMap(({ y, low, high }) => [y, low, high])));
}

/** The whole chart in words; of long curves where they begin and end. */
function spoken(curves: readonly DrawnCurve[], { title, xLabel, yLabel }: CurveChartOptions, { x }: Plot): string {
  const nameOf = (place: number): string => x.ticks.find(({ value }) => value === place)?.label ?? formatNumber(place);
  const subject = [title, yLabel && `${yLabel}${xLabel ? ` by ${xLabel}` : ''}`].filter(Boolean).join('. ');
  const sentences = curves.map(({ name, points }) => {
    const told =
      points.length > 12 ? [points[0] as (typeof points)[number], points.at(-1) as (typeof points)[number]] : points;
    return `${name}: ${told.map((point) => `${spokenPoint(point)} at ${nameOf(point.x)}`).join(', ')}.`;
  });
  return [subject === '' ? [] : `${subject}.`, ...sentences].flat().join(' ');
}

function isRange(value: unknown): boolean {
  const [low, high, ...more] = Array.isArray(value) ? value : [];
  return Number.isFinite(low) && Number.isFinite(high) && low < high && more.length === 0;
}
