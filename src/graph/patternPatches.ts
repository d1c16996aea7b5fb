import type { FieldBox } from '../network/fields/fieldBox.ts';
import { layerAddress } from '../network/runChecks.ts';
import { assertChoice, assertInteger } from '../numeric/check.ts';
import { assertOptions, integer, listOf, type OptionChecks, required } from '../numeric/options.ts';
import type { PatternInference } from './inference.ts';
import { inferenceOf } from './inference.ts';
import { assertExplanatoryGraph } from './parseExplanatoryGraph.ts';
import type { ExplanatoryGraph, GraphLayer } from './types.ts';

/** Options of {@link patternPatches}. */
export interface PatternPatchesOptions {
  /** A layer of the graph. */
  readonly layer: string;
  /** Some nodes of the layer; all by default. */
  readonly nodes?: readonly number[];
  /** How many images of each; 9 by default. */
  readonly count?: number;
  /** The side of a patch in pixels; 70 by default. */
  readonly size?: number;
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

const checks: OptionChecks<PatternPatchesOptions> = {
  layer: required(layerAddress),
  nodes: listOf(integer(0)),
  count: integer(1),
  size: integer(1),
};

/**
 * The parts of images in which nodes are seen best: what a pattern looks like.
 *
 * Patches are squares about $\hat p_V$, smaller where they would reach over the border of the image.
 *
 * Source: Zhang et al. 2018, "Interpreting CNN knowledge via an explanatory graph", the image patches of patterns.
 *
 * @param graph of `fitExplanatoryGraph`.
 * @param inference of `inferPatterns`.
 * @param options `layer`; `nodes`, `count`, `size`.
 * @returns for each node its patches, the one of the greatest score first, the earlier image of equals; fewer than
 * `count` where the unit is silent on images.
 * @throws {VitrineError} if the layer or a node is not of the graph, the inference is of another, or `count` or `size` < 1.
 * @example
 * ```ts
 * import { fitExplanatoryGraph, inferPatterns } from 'vitrine';
 * import { patternPatches } from 'vitrine/graph';
 * const graph = await fitExplanatoryGraph(model, [x], { layers: ['conv3'], patternsPerFilter: 2 });
 * const [patches] = patternPatches(graph, await inferPatterns(graph, model, [x]), { layer: 'conv3', nodes: [0], size: 6 });
 * for (const { image, box } of patches) console.log(image, box.rows, box.columns);
 * ```
 */
export function patternPatches(
  graph: ExplanatoryGraph,
  inference: PatternInference,
  options: PatternPatchesOptions,
): readonly (readonly PatternPatch[])[] {
  assertOptions(options, checks);
  assertExplanatoryGraph(graph);
  const { layer, nodes, count = 9, size = 70 } = options;
  assertChoice(
    'layer',
    layer,
    graph.layers.map(({ name }) => name),
  );
  const own = graph.layers.find(({ name }) => name === layer) as GraphLayer;
  const { positions, scores } = inferenceOf(own, inference);
  const all = own.nodes.length;
  return (nodes ?? [...own.nodes.keys()]).map((one) => {
    assertInteger('nodes', one, [0, all - 1]);
    const found = Array.from({ length: scores.shape[0] as number }, (_, image): PatternPatch => {
      const k = image * all + one;
      const position = [positions.data[2 * k] as number, positions.data[2 * k + 1] as number] as const;
      return { image, score: scores.data[k] as number, position, box: boxAbout(position, size, graph.imageSize) };
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
