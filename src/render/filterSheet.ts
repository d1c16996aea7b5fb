import { type FilterPart, filterParts } from '../graph/filterParts.ts';
import type { PatternInference } from '../graph/inferPatterns.ts';
import { type PatternPatch, patternPatches } from '../graph/patternPatches.ts';
import type { ExplanatoryGraph } from '../graph/types.ts';
import { assertPicture } from '../image/assertPicture.ts';
import { cropPicture } from '../image/crop.ts';
import { resize } from '../image/resize.ts';
import type { Picture } from '../image/types.ts';
import { assertChoice, assertInteger } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import { contactSheet, type SheetCell } from './contactSheet.ts';

/** Options of {@link filterSheet}. */
export interface FilterSheetOptions {
  readonly layer: string;
  /** The unit. */
  readonly filter: number;
  /** The images of the inference, in its order and as large as those of the fit. */
  readonly pictures: readonly Picture[];
  /** Patches of each part; 6 by default. */
  readonly count?: number;
  /** Their side in pixels of the images; 70 by default. */
  readonly side?: number;
}

/**
 * Draws a filter taken apart: a row for each part that it responds to, with the patches in which the part is seen best.
 *
 * Source: Zhang et al. 2018, "Interpreting CNN knowledge via an explanatory graph", the disentangling of filters.
 *
 * @param graph of `fitExplanatoryGraph`.
 * @param inference of `inferPatterns`.
 * @param options `layer`, `filter`, `pictures`; `count`, `side`.
 * @returns a sheet with a row for each part, the one of the greatest mean score first.
 * @throws {VitrineError} if the layer or filter is not of the graph, the filter has no parts, there are fewer pictures than
 * images of the inference, or one is of another size than the images of the fit, or if one is none.
 * @example
 * ```ts
 * import { filterSheet } from 'vitrine';
 * const pictures = Array.from({ length: 24 }, () => ({ width: 160, height: 160, data: new Uint8ClampedArray(102400) }));
 * const sheet = filterSheet(graph, inference, { layer: 'lower', filter: 0, pictures, count: 3 });
 * console.log(sheet.width, sheet.height);
 * ```
 */
export function filterSheet(
  graph: ExplanatoryGraph,
  inference: PatternInference,
  { layer, filter, pictures, count = 6, side = 70 }: FilterSheetOptions,
): Picture {
  const names = graph.layers.map(({ name }) => name);
  assertChoice('layer', layer, names);
  assertInteger('count', count, [1, Number.POSITIVE_INFINITY]);
  const own = filterParts(graph, inference)[layer]?.find((one) => one.filter === filter);
  if (!own)
    throw new VitrineError('bad-argument', `"filter" expected a filter of "${layer}" in the graph, got ${filter}`);
  if (own.parts.length === 0)
    throw new VitrineError('bad-argument', `"filter" expected one with parts, got ${filter}, which has none`);
  assertPictures(pictures, { count: inference[layer]?.scores.shape[0] as number, size: graph.imageSize });
  const nodes = own.parts.map(({ nodes: [node] }) => node as number);
  const patches = patternPatches(graph, inference, { layer, node: nodes, count, side });
  const cells = own.parts.flatMap((part, i) => rowOf(part, patches[i] ?? [], { pictures, count, side, number: i + 1 }));
  const title = `${layer}, filter ${filter}: ${own.parts.length === 1 ? 'one part' : `${own.parts.length} parts`}`;
  return contactSheet(cells, { columns: count, cellWidth: Math.max(side, 96), title });
}

/** The cells of a part, as many as a row has. */
function rowOf(
  { meanPosition: [row, column] }: FilterPart,
  patches: readonly PatternPatch[],
  { pictures, count, side, number }: { pictures: readonly Picture[]; count: number; side: number; number: number },
): readonly SheetCell[] {
  return Array.from({ length: count }, (_, place): SheetCell => {
    const patch = patches[place];
    const picture = patch ? resize(cut(patch, pictures), side) : blank(side);
    if (place > 0) return { picture };
    return { picture, title: `part ${number}`, subtitle: `about ${Math.round(row)}, ${Math.round(column)}` };
  });
}

function cut({ image, box: { rows, columns } }: PatternPatch, pictures: readonly Picture[]): Picture {
  const [height, width] = [rows[1] - rows[0] + 1, columns[1] - columns[0] + 1];
  return cropPicture(pictures[image] as Picture, { top: rows[0], left: columns[0], height, width });
}

function blank(side: number): Picture {
  return { width: side, height: side, data: new Uint8ClampedArray(4 * side * side).fill(255) };
}

function assertPictures(
  pictures: readonly Picture[],
  { count, size: [height, width] }: { count: number; size: readonly [number, number] },
): void {
  if (pictures.length < count) {
    throw new VitrineError(
      'bad-argument',
      `"pictures" expected the ${count} images of the inference, got ${pictures.length}`,
    );
  }
  pictures.forEach((picture, i) => {
    assertPicture(`pictures[${i}]`, picture);
    if (picture.height === height && picture.width === width) return;
    throw new VitrineError(
      'bad-argument',
      `"pictures[${i}]" expected ${height}×${width} pixels as in the fit, got ${picture.height}×${picture.width}`,
    );
  });
}
