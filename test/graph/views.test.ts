import { expect, test } from 'vitest';
import { filterParts } from '../../src/graph/filterParts.ts';
import { graphDot, graphMl } from '../../src/graph/graphFormats.ts';
import type { PatternInference } from '../../src/graph/inference.ts';
import { patternHeatmap } from '../../src/graph/patternHeatmap.ts';
import { patternPatches } from '../../src/graph/patternPatches.ts';
import type { ExplanatoryGraph, GraphLayer, PatternNode } from '../../src/graph/types.ts';

function node(unit: number, position: readonly [number, number], neighbours: readonly number[] = []): PatternNode {
  return {
    ...{ unit, position, neighbours, meanPosition: position, width: 5, deformation: 4 },
    ...{ positionDeviation: 3, meanScore: 1, share: 0.5 },
  };
}

function layer(name: string, nodes: readonly PatternNode[]): GraphLayer {
  return {
    ...{ name, nodes, size: [4, 4], unitCount: 2, centre: [3.5, 3.5], jump: [8, 8], units: [0, 1], deviations: [1, 1] },
    logLikelihood: { alone: [], withNeighbours: [] },
  };
}

const graph: ExplanatoryGraph = {
  ...{
    format: 'vitrine/explanatory-graph',
    version: 1,
    imageSize: [32, 32],
    imageCount: 2,
    tau: 0.1,
    seed: 0,
    peaks: 'unit',
  },
  layers: [layer('low', [node(0, [10, 12], [0]), node(1, [20, 20], [0])]), layer('a"<&\\b', [node(1, [16, 8])])],
};
const inference: PatternInference = {
  low: {
    positions: { shape: [2, 2, 2], data: Float64Array.of(10, 12, 20, 20, 1, 30, 22, 20) },
    scores: { shape: [2, 2], data: Float64Array.of(1, 0, 3, 2) },
  },
  'a"<&\\b': {
    positions: { shape: [2, 1, 2], data: Float64Array.of(16, 8, 18, 8) },
    scores: { shape: [2, 1], data: Float64Array.of(0.5, 0.25) },
  },
};

/** The sum of Gaussians at a pixel of the image. */
function plain(
  places: readonly (readonly [number, number, number])[],
  row: number,
  column: number,
  sigma: number,
): number {
  return places.reduce(
    (sum, [r, c, height]) => sum + height * Math.exp(-((row - r) ** 2 + (column - c) ** 2) / (2 * sigma ** 2)),
    0,
  );
}

test('the heat map is the sum of Gaussians, of any size', () => {
  const full = patternHeatmap(graph, inference, { sigma: 6 });
  expect(full.shape).toEqual([2, 32, 32]);
  const places = [
    [1, 30, 3],
    [22, 20, 2],
    [18, 8, 0.25],
  ] as const;
  for (const [row, column] of [
    [0, 0],
    [1, 30],
    [17, 9],
  ] as const) {
    expect(full.data[(32 + row) * 32 + column]).toBeCloseTo(plain(places, row, column, 6), 5);
  }
  const half = patternHeatmap(graph, inference, { size: [16, 8], layer: 'low', nodes: [1], weight: 'equal' });
  expect(half.shape).toEqual([2, 16, 8]);
  // Pixel (3, 5) of the small map lies between pixels 6 and 7, and 20 to 23, of the image.
  expect(half.data[(16 + 3) * 8 + 5]).toBeCloseTo(plain([[22, 20, 1]], 6.5, 21.5, 15), 5);
  // Where a filter is silent its node is not drawn.
  expect(Math.max(...half.data.subarray(0, 128))).toBe(0);
  expect(() => patternHeatmap(graph, inference, { layer: 'lwo' })).toThrow('"layer" expected one of low');
  expect(() => patternHeatmap(graph, inference, { nodes: [0] })).toThrow('"nodes" expected to come with "layer"');
  expect(() => patternHeatmap(graph, inference, { layer: 'low', nodes: [2] })).toThrow(
    '"nodes" expected an integer in 0..1',
  );
  expect(() => patternHeatmap(graph, { low: inference['low'] as PatternInference[string] })).toThrow('"inference"');
});

test('patches are squares about the best peaks, smaller at the border', () => {
  const [first, second] = patternPatches(graph, inference, { layer: 'low', size: 8 });
  expect(first).toEqual([
    { image: 1, score: 3, position: [1, 30], box: { rows: [0, 5], columns: [27, 31] } },
    { image: 0, score: 1, position: [10, 12], box: { rows: [7, 14], columns: [9, 16] } },
  ]);
  expect(second?.map(({ image }) => image)).toEqual([1]);
  expect(patternPatches(graph, inference, { layer: 'low', nodes: [0], count: 1 })[0]).toHaveLength(1);
  expect(() => patternPatches(graph, inference, { layer: 'low', nodes: [2] })).toThrow(
    '"nodes" expected an integer in 0..1',
  );
  expect(() => patternPatches(graph, inference, { layer: 'lwo' })).toThrow('"layer" expected one of low');
});

/** An inference of one filter's nodes from their places on each image. */
function inferenceOf(
  places: readonly (readonly (readonly [number, number])[])[],
  scores: readonly number[],
): PatternInference {
  const images = places[0]?.length as number;
  const perImage = Array.from({ length: images }, (_, image) =>
    places.map((own) => own[image] as readonly [number, number]),
  );
  return {
    low: {
      positions: { shape: [images, places.length, 2], data: Float64Array.from(perImage.flat(2)) },
      scores: { shape: [images, places.length], data: Float64Array.from(perImage.flatMap(() => scores)) },
    },
  };
}

test('a filter comes apart into parts, what stands still and what is faint', () => {
  const moves = [0, 9, -12, 15, -7, 20];
  const along = (row: number, column: number) => moves.map((move) => [row + move, column - move] as const);
  const places = [
    along(10, 10),
    along(14, 10), // the same part
    along(10, 40),
    moves.map((_, i) => [20, i === 3 ? 28 : 20] as const), // hops once
    along(30, 30), // faint
    along(50, 50),
  ];
  const single: ExplanatoryGraph = {
    ...graph,
    layers: [
      layer(
        'low',
        places.map((_, k) => node(k === 5 ? 1 : 0, [10, 10])),
      ),
    ],
  };
  const { low } = filterParts(single, inferenceOf(places, [4, 5, 3, 9, 0.5, 0.1]));
  expect(
    low?.map(({ unit, parts, still, faint }) => ({ unit, nodes: parts.map(({ nodes }) => nodes), still, faint })),
  ).toEqual([
    { unit: 0, nodes: [[1, 0], [2]], still: [3], faint: [4] },
    { unit: 1, nodes: [[5]], still: [], faint: [] },
  ]);
  const [part] = low?.[0]?.parts ?? [];
  expect(part?.meanScore).toBeCloseTo(5, 12);
  expect(part?.peaks.map(({ image }) => image)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(part?.peaks[1]).toEqual({ image: 1, position: [23, 1], score: 5 });
  const apart = filterParts(single, inferenceOf(places, [4, 5, 3, 9, 0.5, 0.1]), { distance: 2, share: 0 });
  expect(apart['low']?.[0]?.parts.map(({ nodes }) => nodes)).toEqual([[1], [0], [2], [4]]);
  expect(() => filterParts(single, inference)).toThrow('"inference.low" expected the 6 nodes of the graph\'s layer');
  expect(() => filterParts(single, inference, { share: -1 })).toThrow('"share"');
});

test('GraphML has every node and edge, with names escaped', () => {
  const xml = graphMl(graph);
  expect(xml.match(/<node /g)).toHaveLength(3);
  expect(xml.match(/<edge /g)).toHaveLength(2);
  expect(xml).toContain('<data key="layer">a&quot;&lt;&amp;\\b</data>');
  expect(xml).toContain(
    '<edge source="l0n0" target="l1n0"><data key="rows">-6</data><data key="columns">4</data></edge>',
  );
  expect(xml.replace(/&(quot|lt|amp);/g, '')).not.toContain('&');
});

test('DOT has every node and edge, with names escaped', () => {
  const dot = graphDot(graph);
  expect(dot).toContain('l1n0 [label="a\\"<&\\\\b 1\\n(16, 8)"];');
  expect(dot).toContain('l1n0 -> l0n1;');
  expect(dot.match(/->/g)).toHaveLength(2);
  expect(dot.indexOf('subgraph layer1')).toBeLessThan(dot.indexOf('subgraph layer0'));
});
