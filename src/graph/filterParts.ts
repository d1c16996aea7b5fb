import { assertOptions, number, type OptionChecks, share } from '../numeric/options.ts';
import { standsStill } from './fit/candidates.ts';
import type { LayerInference, PatternInference } from './inference.ts';
import { inferenceOf, stillNodes } from './inference.ts';
import { assertExplanatoryGraph } from './parseExplanatoryGraph.ts';
import type { ExplanatoryGraph, GraphLayer } from './types.ts';

/** Options of {@link filterParts}. */
export interface FilterPartsOptions {
  /** The least mean score of a node, as a share of that of the unit's best; 0.2 by default. */
  readonly share?: number;
  /** Nodes found within so many pixels of each other on most images are one part; a step of the layer by default. */
  readonly distance?: number;
  /** The least deviation of a node's position in pixels per axis; a quarter of a step by default, 0 keeps all. */
  readonly deviation?: number;
}

/** A part that a unit responds to. */
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

/** What a unit is made of. */
export interface DisentangledFilter {
  readonly unit: number;
  readonly parts: readonly FilterPart[];
  /** Nodes that stay at one place whatever the image shows: not parts. */
  readonly still: readonly number[];
  /** Nodes that are hardly ever seen. */
  readonly faint: readonly number[];
}

const checks: OptionChecks<FilterPartsOptions> = { share, distance: number(0), deviation: number(0) };

/**
 * Takes units apart, which the literature calls filters: the parts that each responds to, and where each part is.
 *
 * A unit has more nodes than parts. Nodes of mean scores under a share of the unit's best are faint; nodes that stay
 * where they are, whatever the image shows, respond to no part; and nodes found at the same place on most images are one
 * part. How many parts are left says how many things the unit mixes.
 *
 * Source: Zhang et al. 2018, "Interpreting CNN knowledge via an explanatory graph", the disentangling of filters.
 *
 * @param graph of `fitExplanatoryGraph`.
 * @param inference of `inferPatterns`, on images of the fit or others; several, since means are taken over them.
 * @param options `share`, `distance`, `deviation`.
 * @returns by layer, for each unit in the graph, its parts, the one of the greatest mean score first.
 * @throws {VitrineError} if the inference is of another graph, an option is negative or `share` above 1, or if the graph is none.
 * @example
 * ```ts
 * import { fitExplanatoryGraph, inferPatterns } from 'vitrine';
 * import { filterParts, syntheticPatterns } from 'vitrine/graph';
 * const { maps, truth } = syntheticPatterns({ layers: [{ name: 'top', positions: 10, unitCount: 2 }] });
 * const graph = await fitExplanatoryGraph(maps, { layers: ['top'], patternsPerFilter: 6 });
 * const { top } = filterParts(graph, await inferPatterns(graph, maps));
 * for (const { unit, parts } of top) console.log(unit, parts.length, truth.top[unit].parts.length);
 * ```
 */
export function filterParts(
  graph: ExplanatoryGraph,
  inference: PatternInference,
  options: FilterPartsOptions = {},
): Readonly<Record<string, readonly DisentangledFilter[]>> {
  assertOptions(options, checks);
  assertExplanatoryGraph(graph);
  return Object.fromEntries(
    graph.layers.map((layer) => [layer.name, partsOf(layer, inferenceOf(layer, inference), options)]),
  );
}

function partsOf(
  layer: GraphLayer,
  inference: LayerInference,
  {
    share = 0.2,
    distance = Math.sqrt(layer.jump[0] * layer.jump[1]),
    deviation = standsStill(layer),
  }: FilterPartsOptions,
): readonly DisentangledFilter[] {
  const still = stillNodes(inference);
  const nodes = layer.nodes.map(({ unit }, node): Seen => {
    const moments = nodeMoments(inference, node);
    return { node, unit, ...moments, isStill: moments.deviation < deviation || (still[node] as boolean) };
  });
  const ofUnit = new Map(layer.units.map((unit) => [unit, [] as Seen[]]));
  for (const node of nodes) ofUnit.get(node.unit)?.push(node);
  return layer.units.map((unit) => {
    const own = (ofUnit.get(unit) as Seen[]).sort((a, b) => b.meanScore - a.meanScore || a.node - b.node);
    const moving = own.filter(({ isStill }) => !isStill);
    const least = share * (moving[0]?.meanScore ?? 0);
    const isAlive = ({ meanScore }: Seen): boolean => meanScore >= least && meanScore > 0;
    const parts = grouped(moving.filter(isAlive), (one, other) =>
      agreeing(inference, [one.node, other.node], distance),
    );
    return {
      unit,
      parts: parts.map((group) => partOf(group, inference)),
      still: own.filter(({ isStill }) => isStill).map(({ node }) => node),
      faint: moving.filter((node) => !isAlive(node)).map(({ node }) => node),
    };
  });
}

interface Seen extends NodeMoments {
  readonly node: number;
  readonly unit: number;
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

/** Where a node is on the images, and how well it is seen. */
interface NodeMoments {
  readonly meanScore: number;
  readonly meanPosition: readonly [row: number, column: number];
  /** Per axis, in pixels. */
  readonly deviation: number;
}

/** Means over images of a node's scores and positions. */
function nodeMoments({ positions, scores }: LayerInference, node: number): NodeMoments {
  const [images, nodes] = scores.shape as [number, number];
  let score = 0;
  const mean: [number, number] = [0, 0];
  let squares = 0;
  for (let image = 0; image < images; image++) {
    const k = image * nodes + node;
    score += scores.data[k] as number;
    for (const axis of [0, 1] as const) {
      // Welford 1962.
      const value = positions.data[2 * k + axis] as number;
      const before = value - mean[axis];
      mean[axis] += before / (image + 1);
      squares += before * (value - mean[axis]);
    }
  }
  return { meanScore: score / images, meanPosition: mean, deviation: Math.sqrt(squares / (2 * images)) };
}

/** Whether two nodes are found within a distance of each other on more than half of the images. */
function agreeing({ positions }: LayerInference, [one, other]: readonly [number, number], distance: number): boolean {
  const [images, nodes] = positions.shape as [number, number, number];
  let near = 0;
  for (let image = 0; image < images; image++) {
    const [a, b] = [2 * (image * nodes + one), 2 * (image * nodes + other)];
    const rows = (positions.data[a] as number) - (positions.data[b] as number);
    const columns = (positions.data[a + 1] as number) - (positions.data[b + 1] as number);
    if (Math.hypot(rows, columns) <= distance) near++;
  }
  return 2 * near > images;
}
