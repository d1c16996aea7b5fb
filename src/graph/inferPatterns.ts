import { owned } from '../backend/owned.ts';
import { runChecks } from '../network/runChecks.ts';
import type { Model, RunOptions } from '../network/types.ts';
import { withNetwork } from '../network/withNetwork.ts';
import { describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import { joined } from '../numeric/ndarray.ts';
import { assertOptions } from '../numeric/options.ts';
import type { Sliced } from '../numeric/sliced.ts';
import { type ImageSource, imagesOf } from '../readings/imageSource.ts';
import { arrayMaps, type FeatureMaps, isFeatureMaps, type MapReader, networkMaps } from '../readings/mapSource.ts';
import type { PatternInference } from './inference.ts';
import type { Mixture } from './mixture/densities.ts';
import { type NodePeaks, peaksOf } from './mixture/peaksOf.ts';
import { responsesOf } from './mixture/responses.ts';
import { gaussianProduct, type Product, writeProduct } from './neighbours.ts';
import { assertExplanatoryGraph } from './parseExplanatoryGraph.ts';
import type { ExplanatoryGraph, GraphLayer, PatternNode } from './types.ts';

/**
 * Finds the part patterns of a graph in images.
 *
 * From the top layer down, each node is put where the response of its unit times its density is greatest,
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
  images: ImageSource,
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
  images?: ImageSource | Pick<RunOptions, 'signal'>,
  options?: RunOptions,
): Promise<PatternInference> {
  const isMaps = isFeatureMaps(source);
  if (!isMaps && !isModel(source)) {
    const got = describe(source);
    throw new VitrineError('bad-argument', `"model" expected a model, or maps {imageSize, layers}, got ${got}`);
  }
  assertOptions(isMaps ? (images as RunOptions | undefined) : options, runChecks);
  assertExplanatoryGraph(graph);
  return isMaps
    ? inferInMaps(graph, source, images as Pick<RunOptions, 'signal'> | undefined)
    : inferInImages({ graph, model: source, images: images as ImageSource }, options);
}

// Without images after it, what is no model would be said of the images.
function isModel(source: unknown): boolean {
  return typeof source === 'object' && source !== null && ('predict' in source || 'graph' in source);
}

async function inferInMaps(
  given: ExplanatoryGraph,
  source: FeatureMaps,
  { signal }: Pick<RunOptions, 'signal'> = {},
): Promise<PatternInference> {
  const [graph, maps] = await owned(given, source);
  return inferred(graph, arrayMaps(maps, layersOf(graph), signal));
}

async function inferInImages(
  given: { readonly graph: ExplanatoryGraph; readonly model: Model; readonly images: ImageSource },
  options: RunOptions | undefined,
): Promise<PatternInference> {
  const [[graph], images] = await Promise.all([owned(given.graph), imagesOf(given.images)]);
  return withNetwork(given.model, (network) =>
    inferred(graph, networkMaps(network, images, { ...options, layers: layersOf(graph), stage: 'infer' })),
  );
}

function layersOf({ layers }: ExplanatoryGraph): readonly string[] {
  return layers.map(({ name }) => name);
}

async function inferred(graph: ExplanatoryGraph, source: MapReader): Promise<PatternInference> {
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

/** Refuses maps of other layers than those that a graph was fitted to. */
function assertFits(graph: ExplanatoryGraph, source: MapReader): void {
  assertSame('image size', graph.imageSize, source.imageSize);
  graph.layers.forEach((layer, i) => {
    const other = source.layers[i] as MapReader['layers'][number];
    assertSame(`size of layer "${layer.name}"`, sizesOf(layer), [...other.size, other.units]);
    assertSame(`centre of layer "${layer.name}"`, layer.centre, other.centre);
    assertSame(`jump of layer "${layer.name}"`, layer.jump, other.jump);
  });
}

function sizesOf({ size, unitCount }: Pick<GraphLayer, 'size' | 'unitCount'>): readonly number[] {
  return [...size, unitCount];
}

function assertSame(what: string, expected: readonly number[], got: readonly number[]): void {
  if (expected.every((number, i) => number === got[i])) return;
  throw new VitrineError(
    'bad-argument',
    `"graph" expected the model that it was fitted to, with ${what} [${expected.join(', ')}], got [${got.join(', ')}]`,
  );
}

/** Finds the nodes of a layer on one image: of its maps `[h, w, u]`, and the positions of the nodes above. */
type InferLayer = (maps: Float32Array, above: Float64Array | undefined) => Sliced<NodePeaks>;

/** What is the same for all images is made once. */
function layerInference(
  layer: GraphLayer,
  { imageSize, tau, peaks: kind }: Pick<ExplanatoryGraph, 'imageSize' | 'tau' | 'peaks'>,
  above: GraphLayer | undefined,
): InferLayer {
  const noneDensity = tau / (imageSize[0] * imageSize[1]);
  const groups = groupsOf(layer, { above, noneDensity });
  return function* (maps, found) {
    const moves = above && found && movesOf(above, found);
    const peaks: NodePeaks[] = [];
    for (const group of groups) {
      const own = planeOf(maps, layer, group);
      peaks.push(yield* peaksOf(responsesOf(own, 1, layer), moves ? shifted(group, moves) : group.mixture, kind));
      yield 10 * own.length;
    }
    return {
      positions: joined(peaks.map(({ positions }) => positions)),
      scores: joined(peaks.map(({ scores }) => scores)),
    };
  };
}

/** A unit with its nodes. */
interface Group {
  readonly unit: number;
  readonly deviation: number;
  readonly nodes: readonly PatternNode[];
  /** Where no neighbour has moved. */
  readonly mixture: Mixture;
  /** Of each node, none in the top layer. */
  readonly products: readonly Product[];
}

/** The nodes of each unit, which lie one after the other. */
function groupsOf(
  { units, deviations, nodes }: GraphLayer,
  { above, noneDensity }: { above: GraphLayer | undefined; noneDensity: number },
): readonly Group[] {
  const ofUnit = new Map<number, PatternNode[]>();
  for (const node of nodes) {
    const group = ofUnit.get(node.unit);
    if (group) group.push(node);
    else ofUnit.set(node.unit, [node]);
  }
  const sigmas = above?.nodes.map(({ deformation }) => deformation) ?? [];
  return Array.from(ofUnit, ([unit, own]) => ({
    unit,
    deviation: deviations[units.indexOf(unit)] as number,
    nodes: own,
    mixture: {
      positions: Float64Array.from(own.flatMap(({ position }) => position)),
      variances: Float64Array.from(own, ({ width }) => width ** 2),
      noneDensity,
    },
    products: own.every(({ neighbours }) => neighbours.length > 0)
      ? own.map(({ neighbours }) => gaussianProduct(neighbours.map((k) => sigmas[k] as number)))
      : [],
  }));
}

/** A unit of maps `[h, w, u]`, in deviations. */
function planeOf(maps: Float32Array, { size, unitCount }: GraphLayer, { unit, deviation }: Group): Float64Array {
  const plane = new Float64Array(size[0] * size[1]);
  for (let k = 0; k < plane.length; k++) plane[k] = (maps[k * unitCount + unit] as number) / deviation;
  return plane;
}

/** How far each node is from its mean position, `[nodes, 2]`. */
function movesOf({ nodes }: GraphLayer, found: Float64Array): Float64Array {
  const moves = new Float64Array(found.length);
  nodes.forEach(({ meanPosition }, i) => {
    moves[2 * i] = (found[2 * i] as number) - meanPosition[0];
    moves[2 * i + 1] = (found[2 * i + 1] as number) - meanPosition[1];
  });
  return moves;
}

function shifted({ mixture, nodes, products }: Group, moves: Float64Array): Mixture {
  if (products.length === 0) return mixture;
  const prior = { shifts: new Float64Array(2 * nodes.length), weights: new Float64Array(nodes.length) };
  products.forEach((product, node) => {
    writeProduct(prior, product, { moves, neighbours: (nodes[node] as PatternNode).neighbours, images: 1, node });
  });
  return { ...mixture, ...prior };
}
