import { owned } from '../backend/owned.ts';
import type { Input, Model, RunOptions } from '../network/types.ts';
import { withNetwork } from '../network/withNetwork.ts';
import { joined, type NdArray } from '../numeric/ndarray.ts';
import type { Dataset } from '../readings/dataset.ts';
import { assertGraph } from './assertGraph.ts';
import { assertFits } from './infer/assertFits.ts';
import { layerInference } from './infer/layerInference.ts';
import { arraySource } from './maps/arraySource.ts';
import type { MapSource } from './maps/mapSource.ts';
import { networkSource } from './maps/networkSource.ts';
import type { ExplanatoryGraph, FeatureMaps } from './types.ts';

/** Where the nodes of a layer are on images. */
export interface LayerInference {
  /** $\hat p_V$ in pixels, row and column, `[n, nodes, 2]`. */
  readonly positions: NdArray<Float64Array>;
  /** $S_V = F(\hat p_V)\,P(\hat p_V | V)$, `[n, nodes]`; 0 where the filter is silent: the position is then where it is expected. */
  readonly scores: NdArray<Float64Array>;
}

/** Where the nodes of a graph are on images, by layer. */
export type PatternInference = Readonly<Record<string, LayerInference>>;

/**
 * Finds the part patterns of a graph in images.
 *
 * From the top layer down, each node is put where the response of its filter times its density is greatest,
 * $$ \hat p_V = \operatorname{argmax}_x F(x)\,P(p_x | V, R, \theta), $$
 * with the density moved by what its neighbours in the layer above were found at. Only single positions of maps are
 * compared: it costs less than the forward pass before it.
 *
 * Source: Zhang et al. 2018, "Interpreting CNN knowledge via an explanatory graph", the inference score $S_{V \to x}$.
 *
 * @param graph of `fitExplanatoryGraph`, or parsed from JSON.
 * @param model the model that the graph was fitted to, a `LayersModel` or a compiled one; or maps of the graph's layers.
 * @param images as the model takes them; left out with maps.
 * @param options `batchSize`, `signal`, `onProgress`.
 * @returns by layer the positions `[n, nodes, 2]` in pixels and scores `[n, nodes]`, in the order of the layer's nodes.
 * @throws {VitrineError} if the graph is of another version or of a model with other layers, an activation is not finite,
 * or there is no image, or if the graph is none.
 * @example
 * ```ts
 * import { fitExplanatoryGraph, inferPatterns } from 'vitrine';
 * const graph = await fitExplanatoryGraph(model, [x], { layers: ['conv2', 'conv3'], patternsPerFilter: 2 });
 * const { conv3 } = await inferPatterns(graph, model, [x]);
 * console.log(conv3.positions.shape, conv3.scores.shape);
 * ```
 */
export async function inferPatterns(
  graph: ExplanatoryGraph,
  model: Model,
  images: Dataset<Input>,
  options?: RunOptions,
): Promise<PatternInference>;
export async function inferPatterns(
  graph: ExplanatoryGraph,
  maps: FeatureMaps,
  options?: Pick<RunOptions, 'signal'>,
): Promise<PatternInference>;
export async function inferPatterns(
  graph: ExplanatoryGraph,
  source: Model | FeatureMaps,
  images?: Dataset<Input> | Pick<RunOptions, 'signal'>,
  options?: RunOptions,
): Promise<PatternInference> {
  assertGraph(graph);
  const [own, maps] = await owned(graph, isMaps(source) ? source : undefined);
  const layers = own.layers.map(({ name }) => name);
  if (maps) {
    return inferred(own, arraySource(maps, layers, (images as Pick<RunOptions, 'signal'> | undefined)?.signal));
  }
  return withNetwork(source as Model, (network) =>
    inferred(own, networkSource(network, images as Dataset<Input>, { ...options, layers, stage: 'infer' })),
  );
}

/** Whether maps were given rather than a model. */
function isMaps(source: Model | FeatureMaps): source is FeatureMaps {
  return typeof source === 'object' && source !== null && 'imageSize' in source;
}

async function inferred(graph: ExplanatoryGraph, source: MapSource): Promise<PatternInference> {
  assertFits(graph, source);
  const workers = graph.layers.map((layer, i) => layerInference(layer, graph, graph.layers[i + 1]));
  const found = graph.layers.map(() => ({ positions: [] as Float64Array[], scores: [] as Float64Array[] }));
  const all = graph.layers.map((_, i) => i);
  await source.read(all, function* (maps) {
    let above: Float64Array | undefined;
    for (let i = workers.length - 1; i >= 0; i--) {
      const { positions, scores } = yield* (workers[i] as (typeof workers)[number])(maps[i] as Float32Array, above);
      found[i]?.positions.push(positions);
      found[i]?.scores.push(scores);
      above = positions;
    }
  });
  return Object.fromEntries(
    graph.layers.map(({ name, nodes }, i) => {
      const { positions, scores } = found[i] as (typeof found)[number];
      const images = positions.length;
      return [
        name,
        {
          positions: { shape: [images, nodes.length, 2], data: joined(positions) },
          scores: { shape: [images, nodes.length], data: joined(scores) },
        },
      ];
    }),
  );
}
