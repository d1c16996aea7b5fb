import { assertChoice, assertInteger, assertNumber, assertSchema, describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import type { ExplanatoryGraph, GraphLayer, PatternNode } from './types.ts';

/**
 * Refuses what is no explanatory graph of this version: for graphs that come from a file.
 *
 * @param graph what `JSON.parse` gave, for instance.
 * @throws {VitrineError} if it is something else, or if it has another version, or numbers or neighbours that
 * cannot be.
 * @example
 * ```ts
 * import { assertGraph, fitExplanatoryGraph } from 'vitrine';
 * const graph = await fitExplanatoryGraph(model, [x], { layers: ['conv3'], patternsPerFilter: 2 });
 * const read: unknown = JSON.parse(JSON.stringify(graph));
 * assertGraph(read);
 * console.log(read.layers[0].nodes.length);
 * ```
 */
export function assertGraph(graph: unknown): asserts graph is ExplanatoryGraph {
  assertSchema('graph', graph, { schema: 'vitrine/explanatory-graph', version: 1 });
  const given = graph as Partial<ExplanatoryGraph>;
  assertPair('graph.imageSize', given.imageSize);
  assertNumber('graph.tau', given.tau as number, Number.MIN_VALUE);
  assertChoice('graph.peaks', given.peaks as string, ['unit', 'interpolated']);
  if (!Array.isArray(given.layers) || given.layers.length === 0) {
    throw new VitrineError('bad-argument', `"graph.layers" expected a list of layers, got ${describe(given.layers)}`);
  }
  given.layers.forEach((layer, i, layers) => {
    assertLayer(`graph.layers[${i}]`, layer, layers[i + 1]?.nodes?.length ?? 0);
  });
}

function assertLayer(at: string, layer: GraphLayer, above: number): void {
  if (typeof layer?.name !== 'string')
    throw new VitrineError('bad-argument', `"${at}.name" expected a string, got ${describe(layer?.name)}`);
  for (const key of ['size', 'centre', 'jump'] as const) assertPair(`${at}.${key}`, layer[key]);
  assertInteger(`${at}.units`, layer.units, [1, Number.POSITIVE_INFINITY]);
  for (const key of ['filters', 'deviations', 'nodes'] as const) {
    if (!Array.isArray(layer[key]))
      throw new VitrineError('bad-argument', `"${at}.${key}" expected a list, got ${describe(layer[key])}`);
  }
  const filters = new Set(layer.filters);
  layer.nodes.forEach((node, i) => {
    // Messages are made only where there is something to say: graphs have many nodes.
    if (!isSound(node, filters, above)) assertNode(`${at}.nodes[${i}]`, node, { filters, above });
  });
}

function isSound(node: PatternNode, filters: ReadonlySet<number>, above: number): boolean {
  if (!filters.has(node?.filter) || !isPair(node.position) || !isPair(node.meanPosition)) return false;
  if (!(node.width > 0 && node.deformation > 0 && Number.isFinite(node.width + node.deformation))) return false;
  if (!Array.isArray(node.neighbours)) return false;
  return node.neighbours.every((neighbour) => Number.isInteger(neighbour) && neighbour >= 0 && neighbour < above);
}

function isPair(pair: readonly number[]): boolean {
  return Array.isArray(pair) && pair.length === 2 && Number.isFinite(pair[0]) && Number.isFinite(pair[1]);
}

function assertNode(
  at: string,
  node: PatternNode,
  { filters, above }: { filters: ReadonlySet<number>; above: number },
): void {
  if (!filters.has(node?.filter)) {
    throw new VitrineError(
      'bad-argument',
      `"${at}.filter" expected one of the layer's filters, got ${describe(node?.filter)}`,
    );
  }
  assertPair(`${at}.position`, node.position);
  assertPair(`${at}.meanPosition`, node.meanPosition);
  assertNumber(`${at}.width`, node.width, Number.MIN_VALUE);
  assertNumber(`${at}.deformation`, node.deformation, Number.MIN_VALUE);
  if (!Array.isArray(node.neighbours)) {
    throw new VitrineError('bad-argument', `"${at}.neighbours" expected a list, got ${describe(node.neighbours)}`);
  }
  for (const neighbour of node.neighbours) assertInteger(`${at}.neighbours`, neighbour, [0, above - 1]);
}

function assertPair(argument: string, pair: unknown): void {
  if (!Array.isArray(pair) || pair.length !== 2) {
    throw new VitrineError('bad-argument', `"${argument}" expected two numbers, got ${describe(pair)}`);
  }
  for (const value of pair) assertNumber(argument, value as number);
}
