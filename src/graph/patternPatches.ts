import type { FieldBox } from '../network/fields/fieldBox.ts';
import { assertChoice, assertInteger } from '../numeric/check.ts';
import { assertGraph } from './assertGraph.ts';
import type { PatternInference } from './inferPatterns.ts';
import { inferenceOf } from './parts/inferenceOf.ts';
import type { ExplanatoryGraph, GraphLayer } from './types.ts';

/** Options of {@link patternPatches}. */
export interface PatternPatchesOptions {
  readonly layer: string;
  /** One node of the layer, or some; all by default. */
  readonly node?: number | readonly number[];
  /** How many images of each; 9 by default. */
  readonly count?: number;
  /** The side of a patch in pixels; 70 by default. */
  readonly side?: number;
}

/** A part of an image in which a node was found. */
export interface PatternPatch {
  readonly image: number;
  readonly score: number;
  /** $\hat p_V$ in pixels. */
  readonly position: readonly [row: number, column: number];
  /** First and last pixel along rows and columns, within the image. */
  readonly box: FieldBox;
}

/**
 * The parts of images in which nodes are seen best: what a pattern looks like.
 *
 * Patches are squares about $\hat p_V$, smaller where they would reach over the border of the image.
 *
 * Source: Zhang et al. 2018, "Interpreting CNN knowledge via an explanatory graph", the image patches of patterns.
 *
 * @param graph of `fitExplanatoryGraph`.
 * @param inference of `inferPatterns`.
 * @param options `layer`; `node`, `count`, `side`.
 * @returns for each node its patches, the one of the greatest score first, the earlier image of equals; fewer than
 * `count` where the filter is silent on images.
 * @throws {VitrineError} if the layer or a node is not of the graph, the inference is of another, or `count` or `side` < 1.
 * @example
 * ```ts
 * import { fitExplanatoryGraph, inferPatterns, patternPatches } from 'vitrine';
 * const graph = await fitExplanatoryGraph(model, [x], { layers: ['conv3'], patternsPerFilter: 2 });
 * const [patches] = patternPatches(graph, await inferPatterns(graph, model, [x]), { layer: 'conv3', node: 0, side: 6 });
 * for (const { image, box } of patches) console.log(image, box.rows, box.columns);
 * ```
 */
export function patternPatches(
  graph: ExplanatoryGraph,
  inference: PatternInference,
  { layer, node, count = 9, side = 70 }: PatternPatchesOptions,
): readonly (readonly PatternPatch[])[] {
  assertGraph(graph);
  assertInteger('count', count, [1, Number.POSITIVE_INFINITY]);
  assertInteger('side', side, [1, Number.POSITIVE_INFINITY]);
  assertChoice(
    'layer',
    layer,
    graph.layers.map(({ name }) => name),
  );
  const own = graph.layers.find(({ name }) => name === layer) as GraphLayer;
  const { positions, scores } = inferenceOf(own, inference);
  const all = own.nodes.length;
  const chosen = node === undefined ? [...own.nodes.keys()] : typeof node === 'number' ? [node] : node;
  return chosen.map((one) => {
    assertInteger('node', one, [0, all - 1]);
    const found = Array.from({ length: scores.shape[0] as number }, (_, image): PatternPatch => {
      const k = image * all + one;
      const position = [positions.data[2 * k] as number, positions.data[2 * k + 1] as number] as const;
      return { image, score: scores.data[k] as number, position, box: boxAbout(position, side, graph.imageSize) };
    });
    const seen = found.filter(({ score }) => score > 0);
    return seen.sort((a, b) => b.score - a.score || a.image - b.image).slice(0, count);
  });
}

function boxAbout(position: readonly [number, number], side: number, imageSize: readonly [number, number]): FieldBox {
  const along = (axis: 0 | 1): readonly [number, number] => {
    const last = imageSize[axis] - 1;
    const first = Math.round(position[axis] - (side - 1) / 2);
    return [Math.min(Math.max(first, 0), last), Math.max(Math.min(first + side - 1, last), 0)];
  };
  return { rows: along(0), columns: along(1) };
}
