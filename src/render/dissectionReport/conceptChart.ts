import { assertDissection } from '../../dissection/shared.ts';
import type { Dissection } from '../../dissection/types.ts';
import { bar, chart, counted, hundredths, labelWidth, shortened, svgText } from '../drawing/svg.ts';
import { categoryColors, type DetectedCategory, detectedConcepts } from './concepts.ts';

const step = 24;
const gap = 10;
const plotTop = 26;
const plotHeight = 150;
const axisWidth = 36;

/**
 * A bar chart of how many units of a layer detect each concept, the concepts grouped by category.
 *
 * Source: Bau et al. 2017, "Network Dissection", Fig. 7, as in the reports published with it.
 *
 * @param dissection what `dissect` gives for a layer.
 * @returns an SVG element as text, which takes the colour of its text from the page around it.
 * @throws {VitrineError} if it is no dissection.
 * @example
 * ```ts
 * import { dissectActivations } from 'vitrine';
 * import { conceptChart } from 'vitrine/render';
 * const svg = conceptChart(await dissectActivations(labelled, { concepts, quantile: 0.05 }));
 * console.log(svg.startsWith('<svg'));
 * ```
 */
export function conceptChart(dissection: Dissection): string {
  assertDissection('dissection', dissection);
  const found = detectedConcepts(dissection);
  const label = `Detectors by concept. ${found.map(spoken).join(' ') || 'There are none.'}`;
  if (found.length === 0) return chart(260, 40, label, [svgText('No unit is a detector.', [0, 24])]);
  const colors = categoryColors(dissection.categories);
  const most = Math.max(...found.flatMap(({ concepts }) => concepts.map(({ detectors }) => detectors)));
  const bands = bandsOf(found);
  const last = bands.at(-1) as Band;
  const longest = Math.max(...bands.flatMap(({ concepts }) => concepts.map(({ concept }) => slanted(concept))));
  const [width, height] = [last.left + last.width + 8, plotTop + plotHeight + longest + 16];
  const axis = bands[0]?.left as number;
  return chart(width, height, label, [
    ...bands.map((band) => bandSvg(band, colors[band.category] as string)),
    ...ticksOf(most).map((tick) => tickSvg(tick, { most, axis, end: width - 8 })),
    ...bands.flatMap((band) => band.concepts.map((_, i) => conceptSvg(band, i, { most, colors }))),
  ]);
}

interface Band extends DetectedCategory {
  readonly left: number;
  readonly width: number;
  readonly caption: string;
}

function bandsOf(found: readonly DetectedCategory[]): readonly Band[] {
  const bands: Band[] = [];
  // Slanted labels reach to the left of their bars, the first one beyond the axis.
  let left = axisWidth;
  found[0]?.concepts.forEach(({ concept }, i) => {
    left = Math.max(left, slanted(concept) - i * step);
  });
  for (const category of found) {
    const caption = counted(category.concepts.length, category.category);
    const width = Math.max(category.concepts.length * step + gap, labelWidth(caption) + 2 * gap);
    bands.push({ ...category, left, width, caption });
    left += width + gap / 2;
  }
  return bands;
}

function bandSvg({ left, width, caption }: Band, color: string): string {
  const place = { x: left, y: 0, width, height: plotTop + plotHeight };
  return `${bar(place, `rx="4" fill="${color}" fill-opacity="0.13"`, caption)}\n${svgText(caption, [left + gap, 17], 'font-weight="600"')}`;
}

/** 1, half and all of the greatest count, as far as they differ. */
function ticksOf(most: number): readonly number[] {
  return [...new Set([1, Math.round((1 + most) / 2), most])];
}

function tickSvg(tick: number, { most, axis, end }: { most: number; axis: number; end: number }): string {
  const y = hundredths(plotTop + plotHeight - heightOf(tick, most));
  const line = `<path d="M${hundredths(axis)} ${y}H${hundredths(end)}" stroke="currentColor" stroke-opacity="0.15"/>`;
  return `${line}\n${svgText(`${tick}`, [axis - 6, y + 4], 'text-anchor="end" fill-opacity="0.7"')}`;
}

function conceptSvg(
  { category, concepts, left, width }: Band,
  i: number,
  { most, colors }: { most: number; colors: Readonly<Record<string, string>> },
): string {
  const { concept, detectors } = concepts[i] as Band['concepts'][number];
  const first = left + (width - concepts.length * step) / 2;
  const centre = first + (i + 0.5) * step;
  const height = heightOf(detectors, most);
  const place = { x: centre - step / 2 + 3, y: plotTop + plotHeight - height, width: step - 6, height };
  const [x, y] = [hundredths(centre + 4), plotTop + plotHeight + 14];
  const name = svgText(shortened(concept, 24), [x, y], `text-anchor="end" transform="rotate(-45 ${x} ${y})"`);
  return `${bar(place, `fill="${colors[category]}"`, `${concept}: ${counted(detectors, 'unit')}`)}\n${name}`;
}

function heightOf(detectors: number, most: number): number {
  return (detectors / most) * (plotHeight - 12);
}

/** The height, and the width, of a label that is turned by 45°. */
function slanted(concept: string): number {
  return labelWidth(shortened(concept, 24)) * Math.SQRT1_2;
}

function spoken({ category, concepts }: DetectedCategory): string {
  return `${category}: ${concepts.map(({ concept, detectors }) => `${concept} ${detectors}`).join(', ')}.`;
}
