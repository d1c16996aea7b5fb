import { printable } from '../numeric/escaped.ts';
import { assertGraph } from './assertGraph.ts';
import { edgesOf } from './export/edgesOf.ts';
import type { ExplanatoryGraph } from './types.ts';

/**
 * Writes an explanatory graph in the DOT language of Graphviz: layers as rows, the top layer first.
 *
 * @param graph of `fitExplanatoryGraph`; one of some hundreds of nodes can still be looked at.
 * @returns the text; names are escaped.
 * @throws {VitrineError} or {VitrineError} if it is no graph of this version.
 * @example
 * ```ts
 * import { fitExplanatoryGraph, graphDot } from 'vitrine';
 * const graph = await fitExplanatoryGraph(model, [x], { layers: ['conv2', 'conv3'], patternsPerFilter: 2 });
 * console.log(graphDot(graph));
 * ```
 */
export function graphDot(graph: ExplanatoryGraph): string {
  assertGraph(graph);
  const rows = graph.layers.map(({ name, nodes }, layer) => {
    const own = nodes.map(({ filter, position }, node) => {
      const place = position.map((pixel) => pixel.toFixed(0)).join(', ');
      return `    l${layer}n${node} [label="${escapedDot(`${name} ${filter}`)}\\n(${place})"];`;
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
