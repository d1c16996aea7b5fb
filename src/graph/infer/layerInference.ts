import { joined } from '../../numeric/joined.ts';
import { planesOf } from '../maps/readMaps.ts';
import type { Mixture } from '../mixture/mixture.ts';
import { type NodePeaks, peaksOf } from '../mixture/peaksOf.ts';
import { product } from '../mixture/product.ts';
import { responsesOf } from '../mixture/responses.ts';
import type { ExplanatoryGraph, GraphLayer, PatternNode } from '../types.ts';

/** Finds the nodes of a layer on one image: of its maps `[h, w, u]`, and the positions of the nodes above. */
export type InferLayer = (maps: Float32Array, above: Float64Array | undefined) => NodePeaks;

/** What is the same for all images is made once. */
export function layerInference(
  layer: GraphLayer,
  { imageSize, tau, peaks: kind }: Pick<ExplanatoryGraph, 'imageSize' | 'tau' | 'peaks'>,
  above: GraphLayer | undefined,
): InferLayer {
  const positions = layer.size[0] * layer.size[1];
  const noneDensity = tau / (imageSize[0] * imageSize[1]);
  const groups = groupsOf(layer);
  return (maps, found) => {
    const moves = above && found ? movesOf(above, found) : undefined;
    const peaks = groups.map(({ filter, deviation, nodes }) => {
      const own = planesOf(maps, { filters: [filter], positions, units: layer.units });
      const responses = responsesOf(
        Float64Array.from(own, (value) => value / deviation),
        1,
        layer,
      );
      return peaksOf(responses, { ...mixtureOf(nodes, above, moves), noneDensity }, kind);
    });
    return {
      positions: joined(peaks.map((own) => own.positions)),
      scores: joined(peaks.map((own) => own.scores)),
    };
  };
}

interface Group {
  readonly filter: number;
  readonly deviation: number;
  readonly nodes: readonly PatternNode[];
}

/** The nodes of each filter, which lie one after the other. */
function groupsOf({ filters, deviations, nodes }: GraphLayer): readonly Group[] {
  const own = new Map<number, PatternNode[]>();
  for (const node of nodes) {
    const group = own.get(node.filter);
    if (group) group.push(node);
    else own.set(node.filter, [node]);
  }
  return Array.from(own, ([filter, group]) => ({
    filter,
    deviation: deviations[filters.indexOf(filter)] as number,
    nodes: group,
  }));
}

/** How far each node is from its mean position. */
function movesOf({ nodes }: GraphLayer, found: Float64Array): readonly Float64Array[] {
  return nodes.map(({ meanPosition }, i) =>
    Float64Array.of((found[2 * i] as number) - meanPosition[0], (found[2 * i + 1] as number) - meanPosition[1]),
  );
}

function mixtureOf(
  nodes: readonly PatternNode[],
  above: GraphLayer | undefined,
  moves: readonly Float64Array[] | undefined,
): Omit<Mixture, 'noneDensity'> {
  const own = {
    positions: Float64Array.from(nodes.flatMap(({ position }) => position)),
    variances: Float64Array.from(nodes, ({ width }) => width ** 2),
  };
  if (!moves || !above || nodes.every(({ neighbours }) => neighbours.length === 0)) return own;
  const products = nodes.map(({ neighbours }) =>
    product(
      neighbours.map((k) => moves[k] as Float64Array),
      neighbours.map((k) => (above.nodes[k] as PatternNode).deformation),
    ),
  );
  return {
    ...own,
    shifts: joined(products.map(({ shifts }) => shifts)),
    weights: joined(products.map(({ weights }) => weights)),
  };
}
