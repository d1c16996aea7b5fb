import { escaped } from '../numeric/escaped.ts';
import { assertGraph } from './assertGraph.ts';
import { edgesOf } from './export/edgesOf.ts';
import type { ExplanatoryGraph } from './types.ts';

const keys = [
  ['layer', 'node', 'string'],
  ['filter', 'node', 'int'],
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
 * @throws {VitrineError} or {VitrineError} if it is no graph of this version.
 * @example
 * ```ts
 * import { fitExplanatoryGraph, graphMl } from 'vitrine';
 * const graph = await fitExplanatoryGraph(model, [x], { layers: ['conv2', 'conv3'], patternsPerFilter: 2 });
 * const xml = graphMl(graph);
 * ```
 */
export function graphMl(graph: ExplanatoryGraph): string {
  assertGraph(graph);
  const declared = keys.map(
    ([name, domain, type]) => `  <key id="${name}" for="${domain}" attr.name="${name}" attr.type="${type}"/>`,
  );
  const data = (values: Readonly<Record<string, string | number>>): string =>
    Object.entries(values)
      .map(([key, value]) => `<data key="${key}">${escaped(String(value))}</data>`)
      .join('');
  const nodes = graph.layers.flatMap(({ name, nodes: own }, layer) =>
    own.map(({ filter, position: [row, column], width, deformation, meanScore }, node) => {
      const values = { layer: name, filter, row, column, width, deformation, meanScore };
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
