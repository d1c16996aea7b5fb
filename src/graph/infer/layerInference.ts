import { joined } from '../../numeric/ndarray.ts';
import type { Sliced } from '../../numeric/sliced.ts';
import type { Mixture } from '../mixture/mixture.ts';
import { type NodePeaks, peaksOf } from '../mixture/peaksOf.ts';
import { type Product, productOf, writeProduct } from '../mixture/product.ts';
import { responsesOf } from '../mixture/responses.ts';
import type { ExplanatoryGraph, GraphLayer, PatternNode } from '../types.ts';

/** Finds the nodes of a layer on one image: of its maps `[h, w, u]`, and the positions of the nodes above. */
export type InferLayer = (maps: Float32Array, above: Float64Array | undefined) => Sliced<NodePeaks>;

/** What is the same for all images is made once. */
export function layerInference(
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

/** A filter with its nodes. */
interface Group {
  readonly filter: number;
  readonly deviation: number;
  readonly nodes: readonly PatternNode[];
  /** Where no neighbour has moved. */
  readonly mixture: Mixture;
  /** Of each node, none in the top layer. */
  readonly products: readonly Product[];
}

/** The nodes of each filter, which lie one after the other. */
function groupsOf(
  { filters, deviations, nodes }: GraphLayer,
  { above, noneDensity }: { above: GraphLayer | undefined; noneDensity: number },
): readonly Group[] {
  const ofFilter = new Map<number, PatternNode[]>();
  for (const node of nodes) {
    const group = ofFilter.get(node.filter);
    if (group) group.push(node);
    else ofFilter.set(node.filter, [node]);
  }
  const sigmas = above?.nodes.map(({ deformation }) => deformation) ?? [];
  return Array.from(ofFilter, ([filter, own]) => ({
    filter,
    deviation: deviations[filters.indexOf(filter)] as number,
    nodes: own,
    mixture: {
      positions: Float64Array.from(own.flatMap(({ position }) => position)),
      variances: Float64Array.from(own, ({ width }) => width ** 2),
      noneDensity,
    },
    products: own.every(({ neighbours }) => neighbours.length > 0)
      ? own.map(({ neighbours }) => productOf(neighbours.map((k) => sigmas[k] as number)))
      : [],
  }));
}

/** A unit of maps `[h, w, u]`, in deviations. */
function planeOf(maps: Float32Array, { size, units }: GraphLayer, { filter, deviation }: Group): Float64Array {
  const plane = new Float64Array(size[0] * size[1]);
  for (let k = 0; k < plane.length; k++) plane[k] = (maps[k * units + filter] as number) / deviation;
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
