import { beforeAll, expect, test } from 'vitest';
import { fitExplanatoryGraph } from '../../src/graph/fitExplanatoryGraph.ts';
import { graphDot, graphMl } from '../../src/graph/graphFormats.ts';
import { syntheticPatterns } from '../../src/graph/syntheticPatterns.ts';
import type { ExplanatoryGraph, GraphLayer, PatternNode } from '../../src/graph/types.ts';

const names = ['low "<&> ü', 'top'];
let graph: ExplanatoryGraph;

beforeAll(async () => {
  const { maps } = syntheticPatterns({
    imageCount: 6,
    imageSize: 64,
    layers: names.map((name, i) => ({ name, positions: 8 - 2 * i, unitCount: 2 })),
  });
  graph = await fitExplanatoryGraph(maps, { layers: names, patternsPerFilter: 3, neighbours: 2, iterations: 2 });
});

const entities: Readonly<Record<string, string>> = { quot: '"', lt: '<', gt: '>', amp: '&', '#39': "'" };

function unescaped(text: string): string {
  return text.replace(/&(#?\w+);/g, (_, name: string) => entities[name] ?? `?${name}`);
}

function valuesOf(element: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...element.matchAll(/<data key="(\w+)">([^<]*)<\/data>/g)].map(([, key, value]) => [
      key,
      unescaped(value as string),
    ]),
  );
}

test('a reader of GraphML gets all of a graph back, to the last digit', () => {
  const xml = graphMl(graph);
  const declared = [...xml.matchAll(/<key id="(\w+)" for="(\w+)"/g)].map(([, id, domain]) => `${domain} ${id}`);
  const nodes = [...xml.matchAll(/<node id="l(\d+)n(\d+)">(.*?)<\/node>/g)];
  expect(nodes.map(([, layer, node]) => [Number(layer), Number(node)])).toEqual(
    graph.layers.flatMap((layer, i) => layer.nodes.map((_, node) => [i, node])),
  );
  for (const [, layer, place, inner] of nodes) {
    const own = graph.layers[Number(layer)] as GraphLayer;
    const { unit, position, width, deformation, meanScore } = own.nodes[Number(place)] as PatternNode;
    const { layer: name, ...values } = valuesOf(inner as string);
    expect(name).toBe(own.name);
    expect(Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Number(value)]))).toEqual({
      ...{ unit, row: position[0], column: position[1], width, deformation, meanScore },
    });
    for (const key of ['layer', ...Object.keys(values)]) expect(declared).toContain(`node ${key}`);
  }
  const edges = [...xml.matchAll(/<edge source="l(\d+)n(\d+)" target="l(\d+)n(\d+)">(.*?)<\/edge>/g)];
  expect(edges).toHaveLength(
    graph.layers.flatMap(({ nodes: own }) => own.flatMap(({ neighbours }) => neighbours)).length,
  );
  for (const [, from, node, to, neighbour, inner] of edges) {
    const below = graph.layers[Number(from)]?.nodes[Number(node)] as PatternNode;
    const above = graph.layers[Number(to)]?.nodes[Number(neighbour)] as PatternNode;
    expect(Number(to)).toBe(Number(from) + 1);
    expect(below.neighbours).toContain(Number(neighbour));
    const values = valuesOf(inner as string);
    expect(Number(values['rows'])).toBe(below.position[0] - above.meanPosition[0]);
    expect(Number(values['columns'])).toBe(below.position[1] - above.meanPosition[1]);
  }
});

test('a reader of DOT gets its nodes by rows and its edges back', () => {
  const dot = graphDot(graph);
  const labels = [...dot.matchAll(/^ {4}l(\d+)n(\d+) \[label="((?:[^"\\]|\\.)*)"\];$/gm)];
  const told = new Map(labels.map(([, layer, node, label]) => [`${layer} ${node}`, label]));
  graph.layers.forEach(({ name, nodes }, layer) => {
    nodes.forEach(({ unit, position }, node) => {
      const [title, place] = (told.get(`${layer} ${node}`) as string).split('\\n');
      expect(title?.replace(/\\(.)/g, '$1')).toBe(`${name} ${unit}`);
      expect(place).toBe(`(${position.map((pixel) => pixel.toFixed(0)).join(', ')})`);
    });
  });
  const edges = [...dot.matchAll(/^ {2}l(\d+)n(\d+) -> l(\d+)n(\d+);$/gm)].map((found) => found.slice(1).map(Number));
  expect(edges).toEqual(
    graph.layers.flatMap(({ nodes }, layer) =>
      nodes.flatMap(({ neighbours }, node) => neighbours.map((neighbour) => [layer + 1, neighbour, layer, node])),
    ),
  );
});
