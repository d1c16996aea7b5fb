import type { ExplanatoryGraph, GraphLayer, PatternNode } from '../types.ts';

/** A node and one of its neighbours in the layer above. */
export interface GraphEdge {
  /** The layer of the node. */
  readonly layer: number;
  readonly node: number;
  readonly neighbour: number;
  /** From the neighbour's mean position to the node's place, in pixels. */
  readonly offset: readonly [rows: number, columns: number];
}

/** All edges of a graph, layer by layer. */
export function edgesOf({ layers }: ExplanatoryGraph): readonly GraphEdge[] {
  return layers.flatMap(({ nodes }, layer) =>
    nodes.flatMap(({ neighbours, position }, node) =>
      neighbours.map((neighbour): GraphEdge => {
        const above = layers[layer + 1] as GraphLayer;
        const { meanPosition } = above.nodes[neighbour] as PatternNode;
        const offset = [position[0] - meanPosition[0], position[1] - meanPosition[1]] as const;
        return { layer, node, neighbour, offset };
      }),
    ),
  );
}
