import { chart, counted, hundredths, labelWidth, svgText } from '../drawing/svg.ts';
import { assertSlices, percent, type ShownRate, type ShownSlices } from './assertSlices.ts';

const rowHeight = 26;
const plotWidth = 360;
const top = 40;

/**
 * Error rates of slices with their 95 % intervals, beside the error rate of all examples, a line, and of held-out examples of each
 * slice, hollow, where there are some.
 *
 * @param found what `findSlices` gives.
 * @returns an SVG element as text, which takes the colour of its text from the page around it.
 * @throws {VitrineError} if these are no slices.
 * @example
 * ```ts
 * import { findSlices } from 'vitrine/diagnosis';
 * import { sliceChart } from 'vitrine/render';
 * const embeddings = { shape: [4, 1], data: Float32Array.of(0, 0.1, 5, 5.1) };
 * const probabilities = { shape: [4, 2], data: Float32Array.of(0.9, 0.1, 0.8, 0.2, 0.9, 0.1, 0.3, 0.7) };
 * const svg = sliceChart(await findSlices({ embeddings, labels: [0, 0, 1, 1], probabilities }));
 * ```
 */
export function sliceChart(found: ShownSlices): string {
  assertSlices(found);
  const { slices, all } = found;
  const names = slices.map(({ size }, i) => `${i + 1}: ${counted(size, 'example')}`);
  const left = Math.max(...names.map(labelWidth), 0) + 16;
  const height = top + rowHeight * slices.length + 8;
  const spoken = slices.map(({ errorRate }, i) => `Slice ${i + 1} ${percent(errorRate)}.`).join(' ');
  const label = `Error rates of slices, with 95 % intervals. ${spoken} All examples ${percent(all.errorRate)}.`;
  const x = (rate: number): number => left + rate * plotWidth;
  return chart(left + plotWidth + 60, height, label, [
    ...[0, 0.25, 0.5, 0.75, 1].map((tick) => tickSvg(tick, x(tick), height)),
    lineSvg(x(all.errorRate), height, all.errorRate),
    ...slices.flatMap((slice, i) => {
      const y = top + (i + 0.5) * rowHeight;
      return [
        svgText(names[i] as string, [left - 10, y + 4], 'text-anchor="end"'),
        ...(slice.heldOut && slice.heldOut.size > 0 ? [rateSvg(slice.heldOut, { x, y: y + 6, isHollow: true })] : []),
        rateSvg(slice, { x, y: slice.heldOut ? y - 3 : y, isHollow: false }),
      ];
    }),
  ]);
}

function tickSvg(tick: number, x: number, height: number): string {
  const line = `<path d="M${hundredths(x)} ${top}V${height}" stroke="currentColor" stroke-opacity="0.13"/>`;
  return `${line}\n${svgText(percent(tick), [x, top - 8], 'text-anchor="middle" fill-opacity="0.7"')}`;
}

function lineSvg(x: number, height: number, rate: number): string {
  const line = `<path d="M${hundredths(x)} ${top - 4}V${height}" stroke="#c2410c" stroke-dasharray="4 3"/>`;
  return `${line}\n${svgText(`all ${percent(rate)}`, [x, 14], 'text-anchor="middle" fill="#c2410c"')}`;
}

function rateSvg(
  { errorRate, interval, size }: ShownRate,
  { x, y, isHollow }: { x: (rate: number) => number; y: number; isHollow: boolean },
): string {
  const [low, high, middle] = [interval.low, interval.high, errorRate].map((rate) => hundredths(x(rate)));
  const opacity = isHollow ? 0.45 : 1;
  const fill = isHollow ? 'fill="none" stroke="currentColor" stroke-width="1.5"' : 'fill="#2563c9"';
  const title = `${percent(errorRate)} of ${counted(size, isHollow ? 'held-out example' : 'example')}, ${percent(interval.low)} to ${percent(interval.high)}`;
  const bar = `<path d="M${low} ${y}H${high}" stroke="currentColor" stroke-opacity="${opacity}" stroke-width="1.5"/>`;
  return `<g><title>${title}</title>${bar}<circle cx="${middle}" cy="${y}" r="4" ${fill}/></g>`;
}
