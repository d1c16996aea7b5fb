import { assertNumber } from '../numeric/check.ts';
import { assertGraph } from './assertGraph.ts';
import { standsStill } from './fit/candidates.ts';
import type { LayerInference, PatternInference } from './inferPatterns.ts';
import { agreeing } from './parts/agreeing.ts';
import { inferenceOf } from './parts/inferenceOf.ts';
import { type NodeMoments, nodeMoments } from './parts/nodeMoments.ts';
import { stillNodes } from './parts/stillNodes.ts';
import type { ExplanatoryGraph, GraphLayer } from './types.ts';

/** Options of {@link filterParts}. */
export interface FilterPartsOptions {
  /** The least mean score of a node, as a share of that of the filter's best; 0.2 by default. */
  readonly alive?: number;
  /** Nodes found within so many pixels of each other on most images are one part; a step of the layer by default. */
  readonly distance?: number;
  /** The least deviation of a node's position in pixels per axis; a quarter of a step by default, 0 keeps all. */
  readonly deviation?: number;
}

/** A part that a filter responds to. */
export interface FilterPart {
  /** Places in the layer's nodes, the one of the greatest mean score first. */
  readonly nodes: readonly number[];
  /** The mean score of the first. */
  readonly meanScore: number;
  /** The mean position of the first over the images, in pixels. */
  readonly meanPosition: readonly [row: number, column: number];
  /** Where the first is on the images, the greatest score first. */
  readonly peaks: readonly PartPeak[];
}

/** A part in an image. */
export interface PartPeak {
  readonly image: number;
  readonly position: readonly [row: number, column: number];
  readonly score: number;
}

/** What a filter is made of. */
export interface DisentangledFilter {
  readonly filter: number;
  readonly parts: readonly FilterPart[];
  /** Nodes that stay at one place whatever the image shows: not parts. */
  readonly still: readonly number[];
  /** Nodes that are hardly ever seen. */
  readonly faint: readonly number[];
}

/**
 * Takes filters apart: the parts that each responds to, and where each part is.
 *
 * A filter has more nodes than parts. Nodes of mean scores under a share of the filter's best are faint; nodes that stay
 * where they are, whatever the image shows, respond to no part; and nodes found at the same place on most images are one
 * part. How many parts are left says how many things the filter mixes.
 *
 * Source: Zhang et al. 2018, "Interpreting CNN knowledge via an explanatory graph", the disentangling of filters.
 *
 * @param graph of `fitExplanatoryGraph`.
 * @param inference of `inferPatterns`, on images of the fit or others; several, since means are taken over them.
 * @param options `alive`, `distance`, `deviation`.
 * @returns by layer, for each filter in the graph, its parts, the one of the greatest mean score first.
 * @throws {VitrineError} if the inference is of another graph or an option is negative, or if the graph is none.
 * @example
 * ```ts
 * import { filterParts, fitExplanatoryGraph, inferPatterns, syntheticPatterns } from 'vitrine';
 * const { maps, truth } = syntheticPatterns({ layers: [{ name: 'top', positions: 10, filters: 2 }] });
 * const graph = await fitExplanatoryGraph(maps, { layers: ['top'], patternsPerFilter: 6 });
 * const { top } = filterParts(graph, await inferPatterns(graph, maps));
 * for (const { filter, parts } of top) console.log(filter, parts.length, truth.top[filter].parts.length);
 * ```
 */
export function filterParts(
  graph: ExplanatoryGraph,
  inference: PatternInference,
  options: FilterPartsOptions = {},
): Readonly<Record<string, readonly DisentangledFilter[]>> {
  assertGraph(graph);
  for (const [name, value] of Object.entries(options)) assertNumber(name, value, 0);
  return Object.fromEntries(
    graph.layers.map((layer) => [layer.name, partsOf(layer, inferenceOf(layer, inference), options)]),
  );
}

function partsOf(
  layer: GraphLayer,
  inference: LayerInference,
  {
    alive = 0.2,
    distance = Math.sqrt(layer.jump[0] * layer.jump[1]),
    deviation = standsStill(layer),
  }: FilterPartsOptions,
): readonly DisentangledFilter[] {
  const still = stillNodes(inference);
  const nodes = layer.nodes.map(({ filter }, node): Seen => {
    const moments = nodeMoments(inference, node);
    return { node, filter, ...moments, isStill: moments.deviation < deviation || (still[node] as boolean) };
  });
  const ofFilter = new Map(layer.filters.map((filter) => [filter, [] as Seen[]]));
  for (const node of nodes) ofFilter.get(node.filter)?.push(node);
  return layer.filters.map((filter) => {
    const own = (ofFilter.get(filter) as Seen[]).sort((a, b) => b.meanScore - a.meanScore || a.node - b.node);
    const moving = own.filter(({ isStill }) => !isStill);
    const least = alive * (moving[0]?.meanScore ?? 0);
    const isAlive = ({ meanScore }: Seen): boolean => meanScore >= least && meanScore > 0;
    const parts = grouped(moving.filter(isAlive), (one, other) =>
      agreeing(inference, [one.node, other.node], distance),
    );
    return {
      filter,
      parts: parts.map((group) => partOf(group, inference)),
      still: own.filter(({ isStill }) => isStill).map(({ node }) => node),
      faint: moving.filter((node) => !isAlive(node)).map(({ node }) => node),
    };
  });
}

interface Seen extends NodeMoments {
  readonly node: number;
  readonly filter: number;
  readonly isStill: boolean;
}

/** Each joins the first group whose first element it agrees with. */
function grouped<T>(items: readonly T[], agree: (one: T, other: T) => boolean): readonly (readonly T[])[] {
  const groups: T[][] = [];
  for (const item of items) {
    const group = groups.find(([first]) => agree(first as T, item));
    if (group) group.push(item);
    else groups.push([item]);
  }
  return groups;
}

function partOf(group: readonly Seen[], { positions, scores }: LayerInference): FilterPart {
  const [{ node, meanScore, meanPosition }] = group as [Seen];
  const [images, nodes] = scores.shape as [number, number];
  const peaks = Array.from({ length: images }, (_, image): PartPeak => {
    const k = image * nodes + node;
    return {
      image,
      position: [positions.data[2 * k] as number, positions.data[2 * k + 1] as number],
      score: scores.data[k] as number,
    };
  });
  return {
    nodes: group.map((own) => own.node),
    meanScore,
    meanPosition,
    peaks: peaks.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score || a.image - b.image),
  };
}
