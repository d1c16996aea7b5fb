import type { Dissection } from '../../dissection/types.ts';
import { assertOptions, oneOf } from '../../numeric/options.ts';
import { bar, chart, counted, labelWidth, legend, shortened, svgText } from '../drawing/svg.ts';
import { assertLayers, categoryColors, detectedConcepts, orderedCategories } from './concepts.ts';

/** Options of {@link layerChart}. */
export interface LayerChartOptions {
  /** What is counted: the units that are `'detectors'`, by default, or the different `'concepts'` that they find. */
  readonly kind?: 'detectors' | 'concepts';
}

const rowHeight = 26;
const plotWidth = 320;
const nameLength = 28;

/**
 * A chart of how many detectors, or different concepts, each layer has: a bar per layer, divided by category.
 *
 * Each unit counts once, for the concept of its greatest IoU.
 *
 * Source: Bau et al. 2017, "Network Dissection", Fig. 5 and 7.
 *
 * @param layers by name what `dissect` gives: layers of a network, or one layer of several networks.
 * @param options `kind`.
 * @returns an SVG element as text, which takes the colour of its text from the page around it.
 * @throws {VitrineError} if there is no layer, or `kind` is neither of the two.
 * @example
 * ```ts
 * import { dissect } from 'vitrine';
 * import { layerChart } from 'vitrine/render';
 * const layers = await dissect(model, labelledImages, { layers: ['conv2', 'conv3'], concepts });
 * const svg = layerChart(layers, { kind: 'concepts' });
 * console.log(svg.startsWith('<svg'));
 * ```
 */
export function layerChart(layers: Readonly<Record<string, Dissection>>, options: LayerChartOptions = {}): string {
  assertOptions(options, { kind: oneOf(['detectors', 'concepts']) });
  const { kind = 'detectors' } = options;
  assertLayers(layers);
  const categories = orderedCategories(Object.values(layers).flatMap((layer) => layer.categories));
  const colors = categoryColors(categories);
  const rows = Object.entries(layers).map(([name, layer]) => rowOf(name, layer, kind));
  const most = Math.max(1, ...rows.map(({ total }) => total));
  const left = Math.max(...rows.map(({ name }) => labelWidth(shortened(name, nameLength)))) + 12;
  const key = legend(
    categories.map((name) => ({ name, color: colors[name] as string })),
    left,
  );
  const label = `${kind === 'detectors' ? 'Detectors' : 'Different concepts'} by layer. ${rows.map(spoken).join(' ')}`;
  const width = Math.max(left + plotWidth + 90, key.width);
  return chart(width, key.height + rows.length * rowHeight + 4, label, [
    ...key.parts,
    ...rows.flatMap((row, i) => rowSvg(row, { top: key.height + i * rowHeight, left, most, categories, colors })),
  ]);
}

interface Row {
  readonly name: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly total: number;
  readonly units: number;
  readonly noun: string;
}

function rowOf(name: string, layer: Dissection, kind: 'detectors' | 'concepts'): Row {
  const counts = Object.fromEntries(
    detectedConcepts(layer).map(({ category, concepts }) => [
      category,
      kind === 'concepts' ? concepts.length : concepts.reduce((sum, { detectors }) => sum + detectors, 0),
    ]),
  );
  const total = Object.values(counts).reduce((sum, own) => sum + own, 0);
  return { name, counts, total, units: layer.units.length, noun: kind === 'detectors' ? 'detector' : 'concept' };
}

interface Plot {
  readonly top: number;
  readonly left: number;
  readonly most: number;
  readonly categories: readonly string[];
  readonly colors: Readonly<Record<string, string>>;
}

function rowSvg({ name, counts, total, units, noun }: Row, plot: Plot): readonly string[] {
  const { top, left, most, categories, colors } = plot;
  let x = left;
  const bars = categories.flatMap((category) => {
    const count = counts[category] ?? 0;
    const place = { x, y: top + 4, width: (count / most) * plotWidth, height: rowHeight - 8 };
    x += place.width;
    return count > 0 ? [bar(place, `fill="${colors[category]}"`, `${name}, ${category}: ${counted(count, noun)}`)] : [];
  });
  const baseline = top + rowHeight / 2 + 4;
  return [
    svgText(shortened(name, nameLength), [left - 8, baseline], 'text-anchor="end"'),
    ...bars,
    svgText(noun === 'detector' ? `${total} of ${units}` : `${total}`, [x + 6, baseline], 'fill-opacity="0.75"'),
  ];
}

function spoken({ name, counts, total, units, noun }: Row): string {
  const parts = Object.entries(counts).map(([category, count]) => `${count} ${category}`);
  return `${name}, ${counted(units, 'unit')}: ${counted(total, noun)}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}.`;
}
