import { layerAddress } from '../network/runChecks.ts';
import { assertChoice, assertInteger, assertNumbers, assertRoom } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { assertOptions, integer, listOf, number, type OptionChecks, oneOf } from '../numeric/options.ts';
import type { PatternInference } from './inference.ts';
import { inferenceOf } from './inference.ts';
import { assertExplanatoryGraph } from './parseExplanatoryGraph.ts';
import type { ExplanatoryGraph, GraphLayer } from './types.ts';

/** Options of {@link patternHeatmap}. */
export interface PatternHeatmapOptions {
  /** One layer of the graph; all by default. */
  readonly layer?: string;
  /** Some nodes of that layer; all by default. */
  readonly nodes?: readonly number[];
  /** Rows and columns of the map; those of the images of the fit by default. */
  readonly size?: readonly [rows: number, columns: number];
  /** The width of a node's Gaussian in pixels of the image; 15 by default. */
  readonly sigma?: number;
  /** What the height of a node's Gaussian is: its `'score'` by default, or 1 of each, `'equal'`. */
  readonly weight?: 'score' | 'equal';
}

const checks: OptionChecks<PatternHeatmapOptions> = {
  layer: layerAddress,
  nodes: listOf(integer(0)),
  size: (argument, size) => {
    assertNumbers(argument, size, 2);
    for (const length of size) assertInteger(argument, length, [1, Number.POSITIVE_INFINITY]);
  },
  sigma: number(Number.MIN_VALUE),
  weight: oneOf(['score', 'equal']),
};

/**
 * Draws where the part patterns of images are, as one map per image.
 *
 * $$ M(p) = \sum_V S_V \exp\big(-\lVert p - \hat p_V \rVert^2 / 2\sigma^2\big) $$
 *
 * Source: Zhang et al. 2018, "Interpreting CNN knowledge via an explanatory graph", the heat maps of patterns.
 *
 * @param graph of `fitExplanatoryGraph`.
 * @param inference of `inferPatterns`.
 * @param options `layer`, `nodes`, `size`, `sigma`, `weight`.
 * @returns `[n, rows, columns]`, not normalised; `heatmap` and `overlay` draw it.
 * @throws {VitrineError} if the layer or a node is not of the graph, the inference is of another, or a number is out of
 * its range, or if `nodes` come without a layer.
 * @example
 * ```ts
 * import { fitExplanatoryGraph, heatmap, inferPatterns, patternHeatmap } from 'vitrine';
 * import { syntheticPatterns } from 'vitrine/graph';
 * const { maps } = syntheticPatterns({ imageCount: 6, layers: [{ name: 'top', positions: 10, unitCount: 2 }] });
 * const graph = await fitExplanatoryGraph(maps, { layers: ['top'], patternsPerFilter: 4 });
 * const map = patternHeatmap(graph, await inferPatterns(graph, maps), { size: [80, 80] });
 * const picture = heatmap(map, { example: 0 });
 * ```
 */
export function patternHeatmap(
  graph: ExplanatoryGraph,
  inference: PatternInference,
  options: PatternHeatmapOptions = {},
): NdArray {
  assertOptions(options, checks);
  assertExplanatoryGraph(graph);
  const { layer, nodes, size = graph.imageSize, sigma = 15, weight = 'score' } = options;
  if (nodes && layer === undefined)
    throw new VitrineError('bad-argument', '"nodes" expected to come with "layer", got none');
  const names = graph.layers.map(({ name }) => name);
  if (layer !== undefined) assertChoice('layer', layer, names);
  const chosen = graph.layers.filter(({ name }) => layer === undefined || name === layer);
  const images = inferenceOf(chosen[0] as GraphLayer, inference).scores.shape[0] as number;
  assertRoom('size', [images, ...size]);
  const map = { shape: [images, ...size], data: new Float32Array(images * size[0] * size[1]) };
  for (const own of chosen) {
    const { positions, scores } = inferenceOf(own, inference);
    for (const node of nodes ?? own.nodes.keys()) {
      assertInteger('nodes', node, [0, own.nodes.length - 1]);
      for (let image = 0; image < images; image++) {
        const k = image * own.nodes.length + node;
        const score = scores.data[k] as number;
        const place = [positions.data[2 * k] as number, positions.data[2 * k + 1] as number] as const;
        addGaussian(map, { image, place, sigma, height: weight === 'score' ? score : Number(score > 0), graph });
      }
    }
  }
  return map;
}

interface Gaussian {
  readonly image: number;
  readonly place: readonly [row: number, column: number];
  readonly sigma: number;
  readonly height: number;
  readonly graph: ExplanatoryGraph;
}

/** Adds a Gaussian, which is the product of one along rows and one along columns. */
function addGaussian({ shape, data }: NdArray, { image, place, sigma, height, graph }: Gaussian): void {
  const [, rows, columns] = shape as [number, number, number];
  const along = (axis: 0 | 1, length: number): Float64Array => {
    // A pixel of the map covers `step` pixels of the image, about its centre.
    const step = graph.imageSize[axis] / length;
    return Float64Array.from({ length }, (_, i) =>
      Math.exp(-((((i + 0.5) * step - 0.5 - place[axis]) / sigma) ** 2) / 2),
    );
  };
  const [down, across] = [along(0, rows), along(1, columns)];
  for (let row = 0; row < rows; row++) {
    const factor = height * (down[row] as number);
    const start = (image * rows + row) * columns;
    for (let column = 0; column < columns; column++) {
      data[start + column] = (data[start + column] as number) + factor * (across[column] as number);
    }
  }
}
