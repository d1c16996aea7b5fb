import { VitrineError } from '../../numeric/errors.ts';
import { assertLowerable } from './assertLowerable.ts';
import { type GraphNode, type GraphSource, referred } from './graphSource.ts';

/** The nodes that the outputs of a graph depend on, each behind those that it reads; refuses what cannot be followed. */
export function nodesInOrder(graph: Pick<GraphSource, 'name' | 'nodes' | 'outputs'>): readonly GraphNode[] {
  const order: GraphNode[] = [];
  const state = new Map<GraphNode, 'open' | 'done'>();
  // By a list of what is left to do: graphs are deeper than the stack.
  const pending = graph.outputs.map(({ from }) => nodeNamed(graph, from)).reverse();
  for (let node = pending.at(-1); node; node = pending.at(-1)) {
    if (!state.has(node)) {
      state.set(node, 'open');
      pending.push(...readBy(graph, node, state).reverse());
      continue;
    }
    if (state.get(node) === 'open') order.push(node);
    state.set(node, 'done');
    pending.pop();
  }
  return order;
}

/** The nodes that a node reads and that are not in order yet. */
function readBy(
  graph: Pick<GraphSource, 'name' | 'nodes'>,
  node: GraphNode,
  state: ReadonlyMap<GraphNode, 'open' | 'done'>,
): GraphNode[] {
  assertLowerable(graph.name, node);
  const read = node.inputs.map((input) => nodeNamed(graph, input, node.name));
  const round = read.find((input) => state.get(input) === 'open');
  if (!round) return read.filter((input) => !state.has(input));
  throw new VitrineError('bad-file', `"${graph.name}": node "${node.name}" reads "${round.name}", which depends on it`);
}

function nodeNamed(
  { name, nodes }: Pick<GraphSource, 'name' | 'nodes'>,
  reference: string,
  reader?: string,
): GraphNode {
  const node = nodes.get(referred(reference).node);
  if (node) return node;
  const by = reader === undefined ? 'an output is' : `node "${reader}" reads`;
  throw new VitrineError('bad-file', `"${name}": ${by} "${reference}", which is no node of the graph`);
}
