import { assertOptions, integer, text } from '../../numeric/options.ts';
import { bar, chart, hundredths, labelWidth, shortened, svgText } from '../drawing/svg.ts';
import { formatNumber } from '../formatNumber.ts';
import { assertRelations, type ShownPair, type ShownRelations } from './assertRelations.ts';

/** Options of {@link biasMatrix}. */
export interface BiasMatrixOptions {
  /** How many pairs are marked, the most surprising first; 3 by default. */
  readonly count?: number;
  /** Above the matrix; none by default. */
  readonly title?: string;
}

const cellSize = 52;
const nameLength = 20;

/**
 * The relations of attributes as a matrix: above the diagonal the mean cosine of what speaks for two attributes in the same
 * image, below it the same between one image and the next, which is chance.
 *
 * Orange is evidence for both, blue evidence for one against the other. The most surprising pairs carry their rank: in a solid
 * frame those that should be unrelated (failure modes), in a dashed one those that should be related (blind spots).
 *
 * @param relations what `attributeRelations` gives.
 * @param options `count`, `title`.
 * @returns an SVG element as text, which takes the colour of its text from the page around it.
 * @throws {VitrineError} if these are no relations, or an option is not as described.
 * @example
 * ```ts
 * import { attributeRelations } from 'vitrine/diagnosis';
 * import { biasMatrix } from 'vitrine/render';
 * const attributes = [0, 1, 2].map((target) => ({ name: `attribute ${target}`, target }));
 * const svg = biasMatrix(await attributeRelations(model, x, { layer: 'conv3', attributes }), { count: 1 });
 * ```
 */
export function biasMatrix(relations: ShownRelations, options: BiasMatrixOptions = {}): string {
  assertOptions(options, { count: integer(0), title: text });
  const { count = 3, title } = options;
  assertRelations(relations);
  const names = relations.attributes.map((name) => shortened(name, nameLength));
  const left = Math.max(...names.map(labelWidth), 0) + 16;
  const top = (title === undefined ? 8 : 32) + left * SLANT;
  const side = names.length * cellSize;
  const marked = relations.pairs.slice(0, count);
  const width = Math.max(left + side + left * SLANT, labelWidth(title ?? '') + 8, labelWidth(explanation) + 8);
  return chart(width, top + side + 44, spokenLabel(relations.attributes, marked), [
    ...(title === undefined ? [] : [svgText(title, [4, 18], 'font-weight="600"')]),
    ...names.flatMap((name, i) => nameSvg(name, { left, top, place: i })),
    ...cellsSvg(relations, { left, top }),
    ...marked.map((pair, i) => markSvg(pair, i + 1, { left, top })),
    svgText('above the diagonal: the same image', [4, top + side + 20], 'fill-opacity="0.7"'),
    svgText(explanation, [4, top + side + 36], 'fill-opacity="0.7"'),
  ]);
}

/** Names above columns rise at 45°. */
const SLANT = Math.SQRT1_2;
const explanation = 'below: an image and the next';

interface Corner {
  readonly left: number;
  readonly top: number;
}

function nameSvg(name: string, { left, top, place }: Corner & { readonly place: number }): readonly string[] {
  const middle = (place + 0.5) * cellSize;
  const [x, y] = [hundredths(left + middle), hundredths(top - 8)];
  return [
    svgText(name, [left - 8, top + middle + 4], 'text-anchor="end"'),
    svgText(name, [x, y], `transform="rotate(-45 ${x} ${y})"`),
  ];
}

function cellsSvg({ attributes, mean, chance }: ShownRelations, corner: Corner): readonly string[] {
  const k = attributes.length;
  return Array.from({ length: k * k }, (_, at) => [Math.floor(at / k), at % k] as const)
    .filter(([i, j]) => i !== j)
    .flatMap(([i, j]) => {
      const value = (i < j ? mean : chance).data[i * k + j] as number;
      const between = i < j ? 'in the same image' : 'from one image to the next';
      return cellSvg(value, {
        ...placeOf([i, j], corner),
        title: `${attributes[i]} and ${attributes[j]} ${between}: ${formatNumber(value)}`,
      });
    });
}

function cellSvg(
  value: number,
  { x, y, title }: { readonly x: number; readonly y: number; readonly title: string },
): readonly string[] {
  const fill = `fill="${value < 0 ? '#2563c9' : '#c2410c'}" fill-opacity="${hundredths(Math.min(1, Math.abs(value)) * STRONGEST)}"`;
  const outline = 'stroke="currentColor" stroke-opacity="0.13"';
  return [
    bar({ x, y, width: cellSize, height: cellSize }, `${fill} ${outline}`, title),
    svgText(shortNumber(value), [x + cellSize / 2, y + cellSize / 2 + 4], 'text-anchor="middle" pointer-events="none"'),
  ];
}

/** Beyond it the number could not be read on the colour. */
const STRONGEST = 0.6;

/** `.87`, `−.03`. */
function shortNumber(value: number): string {
  const digits = Math.abs(value).toFixed(2).replace(/^0/, '');
  return digits === '.00' ? '0' : `${value < 0 ? '−' : ''}${digits}`;
}

function markSvg({ places: [i, j], expected, divergence }: ShownPair, rank: number, corner: Corner): string {
  const { x, y } = placeOf([Math.min(i, j), Math.max(i, j)], corner);
  const dashes = expected === 'unrelated' ? '' : ' stroke-dasharray="5 3"';
  const frame = `<rect x="${x + 2}" y="${y + 2}" width="${cellSize - 4}" height="${cellSize - 4}" fill="none" stroke="currentColor" stroke-width="2"${dashes} pointer-events="none"/>`;
  const title = `<title>${kindOf(expected)}, rank ${rank}, ${formatNumber(divergence)} nats</title>`;
  return `<g>${title}${frame}${svgText(String(rank), [x + 7, y + 16], 'font-size="11" font-weight="600"')}</g>`;
}

function placeOf([row, column]: readonly [number, number], { left, top }: Corner): { x: number; y: number } {
  return { x: hundredths(left + column * cellSize), y: hundredths(top + row * cellSize) };
}

function kindOf(expected: ShownPair['expected']): string {
  return expected === 'unrelated' ? 'failure mode' : 'blind spot';
}

function spokenLabel(attributes: readonly string[], marked: readonly ShownPair[]): string {
  const spoken = marked.map(
    ({ places: [i, j], mean, expected }, rank) =>
      `${rank + 1}: ${attributes[i]} and ${attributes[j]}, cosine ${formatNumber(mean)}, ${kindOf(expected)}.`,
  );
  return `Relations of ${attributes.length} attributes. ${spoken.join(' ')}`.trim();
}
