import { escaped, printable } from '../numeric/escaped.ts';
import { assertExplanatoryGraph } from './parseExplanatoryGraph.ts';
import type { ExplanatoryGraph, GraphLayer, PatternNode } from './types.ts';

/**
 * Writes an explanatory graph in the DOT language of Graphviz: layers as rows, the top layer first.
 *
 * @param graph of `fitExplanatoryGraph`; one of some hundreds of nodes can still be looked at.
 * @returns the text; names are escaped.
 * @throws {VitrineError} if it is no graph of this version.
 * @example
 * ```ts
 * import { fitExplanatoryGraph } from 'vitrine';
 * import { graphDot } from 'vitrine/graph';
 * const graph = await fitExplanatoryGraph(model, [x], { layers: ['conv2', 'conv3'], patternsPerFilter: 2 });
 * console.log(graphDot(graph));
 * ```
 */
export function graphDot(graph: ExplanatoryGraph): string {
  assertExplanatoryGraph(graph);
  const rows = graph.layers.map(({ name, nodes }, layer) => {
    const own = nodes.map(({ unit, position }, node) => {
      const place = position.map((pixel) => pixel.toFixed(0)).join(', ');
      return `    l${layer}n${node} [label="${escapedDot(`${name} ${unit}`)}\\n(${place})"];`;
    });
    return [`  subgraph layer${layer} {`, '    rank=same;', ...own, '  }'].join('\n');
  });
  const edges = edgesOf(graph).map(
    ({ layer, node, neighbour }) => `  l${layer + 1}n${neighbour} -> l${layer}n${node};`,
  );
  return ['digraph explanatory {', '  node [shape=box];', ...rows.reverse(), ...edges, '}', ''].join('\n');
}

function escapedDot(text: string): string {
  return printable(text).replace(/[\\"]/g, '\\$&').replace(/\s+/g, ' ');
}

const keys = [
  ['layer', 'node', 'string'],
  ['unit', 'node', 'int'],
  ['row', 'node', 'double'],
  ['column', 'node', 'double'],
  ['width', 'node', 'double'],
  ['deformation', 'node', 'double'],
  ['meanScore', 'node', 'double'],
  ['rows', 'edge', 'double'],
  ['columns', 'edge', 'double'],
] as const;

/**
 * Writes an explanatory graph as GraphML, for Gephi, yEd, Cytoscape, networkx or igraph.
 *
 * Edges go from a node to its neighbours in the layer above and carry how far below and to the right of the neighbour
 * the node lies, in pixels.
 *
 * @param graph of `fitExplanatoryGraph`.
 * @returns an XML document; names are escaped.
 * @throws {VitrineError} if it is no graph of this version.
 * @example
 * ```ts
 * import { fitExplanatoryGraph } from 'vitrine';
 * import { graphMl } from 'vitrine/graph';
 * const graph = await fitExplanatoryGraph(model, [x], { layers: ['conv2', 'conv3'], patternsPerFilter: 2 });
 * const xml = graphMl(graph);
 * ```
 */
export function graphMl(graph: ExplanatoryGraph): string {
  assertExplanatoryGraph(graph);
  const declared = keys.map(
    ([name, domain, type]) => `  <key id="${name}" for="${domain}" attr.name="${name}" attr.type="${type}"/>`,
  );
  const data = (values: Readonly<Record<string, string | number>>): string =>
    Object.entries(values)
      .map(([key, value]) => `<data key="${key}">${escaped(String(value))}</data>`)
      .join('');
  const nodes = graph.layers.flatMap(({ name, nodes: own }, layer) =>
    own.map(({ unit, position: [row, column], width, deformation, meanScore }, node) => {
      const values = { layer: name, unit, row, column, width, deformation, meanScore };
      return `    <node id="l${layer}n${node}">${data(values)}</node>`;
    }),
  );
  const edges = edgesOf(graph).map(
    ({ layer, node, neighbour, offset: [rows, columns] }) =>
      `    <edge source="l${layer}n${node}" target="l${layer + 1}n${neighbour}">${data({ rows, columns })}</edge>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
${declared.join('\n')}
  <graph id="explanatory" edgedefault="directed">
${[...nodes, ...edges].join('\n')}
  </graph>
</graphml>
`;
}

/** A node and one of its neighbours in the layer above. */
interface GraphEdge {
  /** The layer of the node. */
  readonly layer: number;
  readonly node: number;
  readonly neighbour: number;
  /** From the neighbour's mean position to the node's place, in pixels. */
  readonly offset: readonly [rows: number, columns: number];
}

/** All edges of a graph, layer by layer. */
function edgesOf({ layers }: ExplanatoryGraph): readonly GraphEdge[] {
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
