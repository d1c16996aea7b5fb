import {
  assertChoice,
  assertFormat,
  assertInteger,
  assertList,
  assertNumber,
  assertNumbers,
  describe,
} from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import type { ExplanatoryGraph, GraphLayer, PatternNode } from './types.ts';

/**
 * Checks an explanatory graph that comes from a file.
 *
 * @param graph what `JSON.parse` gave, for instance.
 * @returns the same object.
 * @throws {VitrineError} if it is something else, or if it has another version, or numbers or neighbours that
 * cannot be.
 * @example
 * ```ts
 * import { fitExplanatoryGraph, parseExplanatoryGraph } from 'vitrine';
 * const graph = await fitExplanatoryGraph(model, [x], { layers: ['conv3'], patternsPerFilter: 2 });
 * const read = parseExplanatoryGraph(JSON.parse(JSON.stringify(graph)));
 * console.log(read.layers[0].nodes.length);
 * ```
 */
export function parseExplanatoryGraph(graph: unknown): ExplanatoryGraph {
  assertExplanatoryGraph(graph);
  return graph;
}

/** Refuses what is no explanatory graph of this version. */
export function assertExplanatoryGraph(graph: unknown): asserts graph is ExplanatoryGraph {
  assertFormat('graph', graph, { format: 'vitrine/explanatory-graph', version: 1 });
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
  assertInteger(`${at}.unitCount`, layer.unitCount, [1, Number.POSITIVE_INFINITY]);
  for (const key of ['units', 'deviations'] as const) assertNumbers(`${at}.${key}`, layer[key]);
  assertList(`${at}.nodes`, layer.nodes);
  const units = new Set(layer.units);
  layer.nodes.forEach((node, i) => {
    // Messages are made only where there is something to say: graphs have many nodes.
    if (!isSound(node, units, above)) assertNode(`${at}.nodes[${i}]`, node, { units, above });
  });
}

function isSound(node: PatternNode, units: ReadonlySet<number>, above: number): boolean {
  if (!units.has(node?.unit) || !isPair(node.position) || !isPair(node.meanPosition)) return false;
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
  { units, above }: { units: ReadonlySet<number>; above: number },
): void {
  if (!units.has(node?.unit)) {
    throw new VitrineError(
      'bad-argument',
      `"${at}.unit" expected one of the layer's units, got ${describe(node?.unit)}`,
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
