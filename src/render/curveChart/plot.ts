import { escaped } from '../../numeric/escaped.ts';
import { hundredths, svgText } from '../drawing/svg.ts';
import { formatNumber } from '../formatNumber.ts';
import type { CurvePoint, DrawnCurve } from './assertCurve.ts';
import type { Axis } from './axes.ts';

/** The place of curves: its upper left corner is 0, 0. */
export interface Plot {
  readonly width: number;
  readonly height: number;
  readonly x: Axis;
  readonly y: Axis;
}

/** More points than these are not marked one by one. */
const MARKED = 60;

/** Lines at the ticks of the axis that runs up, and the names of all ticks. */
export function gridSvg({ width, height, x, y }: Plot): readonly string[] {
  return [
    ...y.ticks.map(({ value, label }) => {
      const at = hundredths(height * (1 - y.placeOf(value)));
      const line = `<path d="M0 ${at}H${width}" stroke="currentColor" stroke-opacity="0.15"/>`;
      return `${line}\n${svgText(label, [-8, at + 4], 'text-anchor="end" fill-opacity="0.7"')}`;
    }),
    ...x.ticks.map(({ value, label }) => {
      const at = hundredths(width * x.placeOf(value));
      const line = `<path d="M${at} ${height}v4" stroke="currentColor" stroke-opacity="0.5"/>`;
      return `${line}\n${svgText(label, [at, height + 18], 'text-anchor="middle" fill-opacity="0.7"')}`;
    }),
    `<path d="M0 ${height}H${width}" stroke="currentColor" stroke-opacity="0.5"/>`,
  ];
}

/** A line through the points of a curve, their error bars, and a mark on each that says where it lies. */
export function curveSvg({ name, points }: DrawnCurve, color: string, plot: Plot): string {
  const line = points.map((point, i) => `${i === 0 ? 'M' : 'L'}${across(point, plot)} ${up(point.y, plot)}`).join('');
  const bars = points.filter(({ low, high }) => low !== high).map((point) => errorBar(point, plot));
  const marks = points.length > MARKED ? [] : points.map((point) => mark(name, point, plot));
  return [
    `<g stroke="${color}" fill="${color}">`,
    `<path d="${line}" fill="none" stroke-width="2" stroke-linejoin="round"/>`,
    ...(bars.length > 0 ? [`<path d="${bars.join('')}" fill="none" stroke-opacity="0.6"/>`] : []),
    ...marks,
    '</g>',
  ].join('\n');
}

/** A line from one end to the other, with a stroke across each. */
function errorBar(point: CurvePoint, plot: Plot): string {
  const at = across(point, plot);
  const [bottom, top] = [up(point.low, plot), up(point.high, plot)];
  return `M${at} ${bottom}V${top}M${hundredths(at - 3)} ${bottom}h6M${hundredths(at - 3)} ${top}h6`;
}

function mark(name: string, point: CurvePoint, plot: Plot): string {
  const title = `${name}, ${formatNumber(point.x)}: ${spokenPoint(point)}`;
  return `<circle cx="${across(point, plot)}" cy="${up(point.y, plot)}" r="3"><title>${escaped(title)}</title></circle>`;
}

/** The height of a point, with the ends of its error bar where it has one. */
export function spokenPoint({ y, low, high }: CurvePoint): string {
  return low === high ? formatNumber(y) : `${formatNumber(y)} (${formatNumber(low)} to ${formatNumber(high)})`;
}

function across({ x }: CurvePoint, plot: Plot): number {
  return hundredths(plot.width * plot.x.placeOf(x));
}

/** What lies beyond an axis is drawn at its end. */
function up(value: number, { height, y }: Plot): number {
  return hundredths(height * (1 - Math.max(0, Math.min(1, y.placeOf(value)))));
}
