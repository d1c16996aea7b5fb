import { type FilterPart, filterParts } from '../graph/filterParts.ts';
import type { PatternInference } from '../graph/inference.ts';
import { assertExplanatoryGraph } from '../graph/parseExplanatoryGraph.ts';
import { type PatternPatch, patternPatches } from '../graph/patternPatches.ts';
import type { ExplanatoryGraph } from '../graph/types.ts';
import { assertPicture } from '../image/assertPicture.ts';
import { cropPicture } from '../image/crop.ts';
import { resize } from '../image/resize.ts';
import type { Picture } from '../image/types.ts';
import { layerAddress } from '../network/runChecks.ts';
import { assertChoice } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import { assertOptions, integer, listOf, type OptionChecks, object, required } from '../numeric/options.ts';
import { contactSheet, type SheetCell } from './contactSheet.ts';

/** Options of {@link filterSheet}. */
export interface FilterSheetOptions {
  /** A layer of the graph. */
  readonly layer: string;
  /** A unit of the layer that is in the graph. */
  readonly unit: number;
  /** The images of the inference, in its order and as large as those of the fit. */
  readonly pictures: readonly Picture[];
  /** Patches of each part, at most 1024; 6 by default. */
  readonly count?: number;
  /** Their side in pixels of the images; 70 by default. */
  readonly size?: number;
}

const checks: OptionChecks<FilterSheetOptions> = {
  layer: required(layerAddress),
  unit: required(integer(0)),
  pictures: required(listOf(object)),
  count: integer(1, 1024),
  size: integer(1),
};

/**
 * Draws a unit taken apart, which the literature calls a filter: a row for each part that it responds to, with the patches in which the part is seen best.
 *
 * Source: Zhang et al. 2018, "Interpreting CNN knowledge via an explanatory graph", the disentangling of filters.
 *
 * @param graph of `fitExplanatoryGraph`.
 * @param inference of `inferPatterns`.
 * @param options `layer`, `unit`, `pictures`; `count`, `size`.
 * @returns a `Picture` with a row for each part, the one of the greatest mean score first.
 * @throws {VitrineError} if the layer or unit is not of the graph, the unit has no parts, there are fewer pictures than
 * images of the inference, or one is of another size than the images of the fit, or if one is none.
 * @example
 * ```ts
 * import { filterSheet } from 'vitrine/render';
 * const pictures = Array.from({ length: 24 }, () => ({ width: 160, height: 160, data: new Uint8ClampedArray(102400) }));
 * const sheet = filterSheet(graph, inference, { layer: 'lower', unit: 0, pictures, count: 3 });
 * console.log(sheet.width, sheet.height);
 * ```
 */
export function filterSheet(
  graph: ExplanatoryGraph,
  inference: PatternInference,
  options: FilterSheetOptions,
): Picture {
  assertOptions(options, checks);
  assertExplanatoryGraph(graph);
  const { layer, unit, pictures, count = 6, size = 70 } = options;
  const names = graph.layers.map(({ name }) => name);
  assertChoice('layer', layer, names);
  const own = filterParts(graph, inference)[layer]?.find((one) => one.unit === unit);
  if (!own) throw new VitrineError('bad-argument', `"unit" expected a unit of "${layer}" in the graph, got ${unit}`);
  if (own.parts.length === 0)
    throw new VitrineError('bad-argument', `"unit" expected one with parts, got ${unit}, which has none`);
  assertPictures(pictures, { count: inference[layer]?.scores.shape[0] as number, size: graph.imageSize });
  const nodes = own.parts.map(({ nodes: [node] }) => node as number);
  const patches = patternPatches(graph, inference, { layer, nodes, count, size });
  const cells = own.parts.flatMap((part, i) => rowOf(part, patches[i] ?? [], { pictures, count, size, number: i + 1 }));
  const title = `${layer}, filter ${unit}: ${own.parts.length === 1 ? 'one part' : `${own.parts.length} parts`}`;
  return contactSheet(cells, { columns: count, cellWidth: Math.max(size, 96), title });
}

/** The cells of a part, as many as a row has. */
function rowOf(
  { meanPosition: [row, column] }: FilterPart,
  patches: readonly PatternPatch[],
  { pictures, count, size, number }: { pictures: readonly Picture[]; count: number; size: number; number: number },
): readonly SheetCell[] {
  return Array.from({ length: count }, (_, place): SheetCell => {
    const patch = patches[place];
    const picture = patch ? resize(cut(patch, pictures), size) : empty(size);
    if (place > 0) return { picture };
    return { picture, title: `part ${number}`, subtitle: `about ${Math.round(row)}, ${Math.round(column)}` };
  });
}

function cut({ image, box: { rows, columns } }: PatternPatch, pictures: readonly Picture[]): Picture {
  const [height, width] = [rows[1] - rows[0] + 1, columns[1] - columns[0] + 1];
  return cropPicture(pictures[image] as Picture, { top: rows[0], left: columns[0], height, width });
}

function empty(side: number): Picture {
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
