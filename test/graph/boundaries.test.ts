import { describe, expect, test } from 'vitest';
import { filterParts } from '../../src/graph/filterParts.ts';
import { candidatesOf } from '../../src/graph/fit/candidates.ts';
import { fitExplanatoryGraph } from '../../src/graph/fitExplanatoryGraph.ts';
import type { LayerInference } from '../../src/graph/inference.ts';
import { inferPatterns } from '../../src/graph/inferPatterns.ts';
import type { ExplanatoryGraph, GraphLayer, PatternNode } from '../../src/graph/types.ts';
import { random } from '../../src/numeric/random.ts';
import type { FeatureMaps } from '../../src/readings/mapSource.ts';

type Position = readonly [row: number, column: number];

function node(meanPosition: Position, { meanScore = 1, positionDeviation = 9, deformation = 4 } = {}): PatternNode {
  return {
    ...{ unit: 0, position: meanPosition, neighbours: [], meanPosition, width: 5, share: 0.5 },
    ...{ meanScore, positionDeviation, deformation },
  };
}

/** A layer of one unit, its positions two pixels apart in rows and eight in columns. */
function layerOf(nodes: readonly PatternNode[], size: Position = [20, 40]): GraphLayer {
  return {
    ...{ name: 'top', nodes, size, unitCount: 1, centre: [5, 3], jump: [2, 8], units: [0], deviations: [1] },
    logLikelihood: { alone: [], withNeighbours: [] },
  };
}

function graphOf(layer: GraphLayer): ExplanatoryGraph {
  const head = { format: 'vitrine/explanatory-graph', version: 1, imageSize: [42, 43], tau: 0.1, seed: 0 } as const;
  return { ...head, imageCount: 4, peaks: 'unit', layers: [layer] };
}

describe('candidatesOf(…): which nodes of the layer above can be neighbours', () => {
  const candidates = (nodes: readonly PatternNode[], least = 1): readonly number[] =>
    candidatesOf(
      { layer: layerOf(nodes), positions: new Float64Array(2 * nodes.length), scores: new Float64Array() },
      1,
      least,
    ).nodes;
  /** Where a step of the layer is, in pixels. */
  const at = (row: number, column: number): Position => [5 + 2 * row, 3 + 8 * column];

  test.each<[string, Position, boolean]>([
    ['a tenth of the rows from the first', at(2, 20), true],
    ['less than that', at(1.75, 20), false],
    ['a tenth of the rows from the last', at(17, 20), true],
    ['less than that', at(17.25, 20), false],
    ['a tenth of the columns from the first', at(10, 4), true],
    ['less than that', at(10, 3.75), false],
    ['a tenth of the columns from the last', at(10, 35), true],
    ['less than that', at(10, 35.25), false],
  ])('%s', (_, place, isWithin) => {
    // Of four nodes two are asked about; the other two move less.
    const others = [
      node(at(10, 20), { meanScore: 0.5 }),
      ...[1, 2].map(() => node(at(9, 9), { positionDeviation: 8 })),
    ];
    expect(candidates([node(place), ...others])).toEqual(isWithin ? [0, 1] : [1]);
  });

  test('of the half whose positions vary most, the best scores first, of equals the first', () => {
    const moving = [0.2, 0.7, 0.7].map((meanScore) => node(at(10, 20), { meanScore }));
    const less = [5, 5, 6].map((positionDeviation) => node(at(10, 20), { meanScore: 2, positionDeviation }));
    expect(candidates([...less, ...moving])).toEqual([4, 5, 3]);
    // An odd one belongs to the half.
    expect(candidates([...less, ...moving.slice(1)])).toEqual([2, 3, 4]);
    expect(candidates([...less, ...moving], 4)).toEqual([2, 4, 5, 3]);
  });

  test('a node whose deviation is a quarter of a step moves, one of less stands still', () => {
    const nodes = [1, 0.99].map((positionDeviation) => node(at(10, 20), { positionDeviation }));
    expect(candidates(nodes, 2)).toEqual([0, 1]);
    expect(candidates([...nodes, node(at(10, 20))], 2)).toEqual([0, 2]);
  });

  test('where too few are within, those at the border come too, and where too few move, all', () => {
    const nodes = [node(at(0, 0)), node(at(10, 20)), node(at(10, 20), { positionDeviation: 0 })];
    expect(candidates(nodes, 1)).toEqual([1]);
    expect(candidates(nodes, 2)).toEqual([0, 1]);
    expect(candidates(nodes, 3)).toEqual([0, 1, 2]);
    expect(candidates(nodes.slice(0, 2), 5)).toEqual([0, 1]);
  });

  test('of more than 600, the 600 best', () => {
    const nodes = Array.from({ length: 1300 }, (_, i) => node(at(10, 20), { meanScore: i }));
    const expected = Array.from({ length: 600 }, (_, i) => 649 - i);
    expect(candidates(nodes)).toEqual(expected);
  });

  test('each with its displacement on each image and its deformation', () => {
    const nodes = [node([10, 20], { deformation: 3 }), node([30, 40], { deformation: 6, meanScore: 2 })];
    const layer = layerOf(nodes, [4, 4]);
    const positions = Float64Array.of(9, 18, 11, 22, 33, 44, 27, 36);
    const found = candidatesOf({ layer, positions, scores: new Float64Array() }, 2, 2);
    expect(found.nodes).toEqual([1, 0]);
    expect(found.sigmas).toEqual([6, 3]);
    expect(found.moves.map(Math.abs)).toEqual(Float64Array.of(3, 4, 3, 4, 1, 2, 1, 2));
    expect(found.moves[0]).toBe(-(found.moves[2] as number));
  });
});

describe('filterParts(…)', () => {
  /** Where two nodes are on four images, and their scores there; both move over the images. */
  function inferred(distances: readonly number[], scores: readonly (readonly [number, number])[]): LayerInference {
    const positions = distances.flatMap((distance, image) => [10 * image, 20, 10 * image, 20 + distance]);
    return {
      positions: { shape: [4, 2, 2], data: Float64Array.from(positions) },
      scores: { shape: [4, 2], data: Float64Array.from(scores.flat()) },
    };
  }
  const nodes = [node([15, 20]), node([15, 24])];
  const even = [0, 1, 2, 3].map(() => [2, 1] as const);
  const parts = (top: LayerInference, options = {}): readonly (readonly number[])[] =>
    filterParts(graphOf(layerOf(nodes)), { top }, { distance: 4, ...options })['top']?.[0]?.parts.map((part) => [
      ...part.nodes,
    ]) ?? [];

  test.each([
    ['more than half of the images', [4, 4, 4, 9], [[0, 1]]],
    ['half of the images', [4, 4, 9, 9], [[0], [1]]],
    ['none of them, if only just', [4.01, 4.01, 4.01, 4.01], [[0], [1]]],
  ])('nodes found within the distance on %s', (_, distances, expected) => {
    expect(parts(inferred(distances, even))).toEqual(expected);
  });

  test('a node whose mean score is the share of the best is alive, one of less is faint', () => {
    const apart = [9, 9, 9, 9];
    const scored = (score: number): LayerInference =>
      inferred(
        apart,
        apart.map(() => [2, score]),
      );
    expect(parts(scored(0.5), { share: 0.25 })).toEqual([[0], [1]]);
    expect(parts(scored(0.49), { share: 0.25 })).toEqual([[0]]);
    // Silent everywhere is no part, whatever the share.
    expect(parts(scored(0), { share: 0 })).toEqual([[0]]);
  });

  test('a node that deviates as much as asked for moves, one of less is still', () => {
    // Rows 0, 10, 20 and 30 have the variance 125, columns none.
    const top = inferred([9, 9, 9, 9], even);
    const still = (deviation: number): readonly number[] =>
      filterParts(graphOf(layerOf(nodes)), { top }, { deviation })['top']?.[0]?.still ?? [];
    expect(still(Math.sqrt(125 / 2))).toEqual([]);
    expect(still(Math.sqrt(125 / 2) + 1e-9)).toEqual([0, 1]);
  });

  test('the peaks of a part: where it is seen, the greatest score first, of equals the first image', () => {
    const top = inferred(
      [4, 4, 4, 4],
      [
        [1, 0],
        [3, 0],
        [0, 0],
        [3, 0],
      ],
    );
    const found = filterParts(graphOf(layerOf(nodes)), { top }, { distance: 4 })['top']?.[0]?.parts[0];
    expect(found?.peaks).toEqual([
      { image: 1, position: [10, 20], score: 3 },
      { image: 3, position: [30, 20], score: 3 },
      { image: 0, position: [0, 20], score: 1 },
    ]);
  });
});

describe('maps higher than wide, with other steps in rows than in columns', () => {
  /** One unit that responds at one position of each image. */
  function mapsOf(places: readonly Position[]): FeatureMaps {
    const [rows, columns] = [16, 5];
    const data = new Float32Array(places.length * rows * columns);
    places.forEach(([row, column], image) => {
      data[(image * rows + row) * columns + column] = 2;
    });
    const activations = { shape: [places.length, rows, columns, 1], data };
    return { imageSize: [42, 43], layers: { top: { activations, centre: [5, 3], jump: [2, 8] } } };
  }
  const places: readonly Position[] = [
    [12, 1],
    [14, 3],
    [3, 0],
    [15, 4],
  ];
  const pixels = places.map(([row, column]) => [5 + 2 * row, 3 + 8 * column] as const);

  test('a node is found where its unit responds', async () => {
    const graph = graphOf(layerOf([node([25, 20])], [16, 5]));
    const { top } = await inferPatterns(graph, mapsOf(places));
    expect(top?.positions).toEqual({ shape: [4, 1, 2], data: Float64Array.from(pixels.flat()) });
  });

  test('of positions that are as good, a node is at the first, also where the row of the other promises more', async () => {
    const graph = graphOf(layerOf([node([21, 19])], [16, 5]));
    const found = async (others: readonly (readonly [number, number, number])[]): Promise<readonly number[]> => {
      const maps = mapsOf([[6, 2]]);
      for (const [row, column, value] of others) {
        for (const { activations } of Object.values(maps.layers)) activations.data[row * 5 + column] = value;
      }
      return [...((await inferPatterns(graph, maps))['top']?.positions.data ?? [])];
    };
    expect(await found([[10, 2, 2]])).toEqual([17, 19]);
    expect(
      await found([
        [10, 2, 2],
        [10, 4, 2.5],
      ]),
    ).toEqual([17, 19]);
    expect(await found([[10, 2, 2.01]])).toEqual([25, 19]);
  });

  test('what is told of a node are the moments of where it was found', async () => {
    const maps = mapsOf(places);
    const options = { layers: ['top'], patternsPerFilter: 1, iterations: 5, peaks: 'unit' } as const;
    const graph = await fitExplanatoryGraph(maps, options);
    const found = graph.layers[0]?.nodes[0] as PatternNode;
    const means = ([0, 1] as const).map((axis) => pixels.reduce((sum, pixel) => sum + pixel[axis] / 4, 0));
    const squares = pixels.flatMap((pixel) => pixel.map((value, axis) => (value - (means[axis] as number)) ** 2));
    found.meanPosition.forEach((value, axis) => expect(value).toBeCloseTo(means[axis] as number, 9));
    expect(found.positionDeviation).toBeCloseTo(Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / 8), 9);
    const { top } = await inferPatterns(graph, maps);
    expect(found.meanScore).toBeCloseTo((top?.scores.data.reduce((sum, score) => sum + score, 0) as number) / 4, 9);
  });

  test('no Gaussian is narrower than a step, in the geometric mean of both directions', async () => {
    const at = random(0);
    const still = Array.from({ length: 6 }, () => [8, 2] as const);
    const jittered = mapsOf(still);
    for (const layer of Object.values(jittered.layers)) {
      layer.activations.data.forEach((value, i, data) => {
        data[i] = value + 1e-6 * at.uniform();
      });
    }
    const graph = await fitExplanatoryGraph(jittered, { layers: ['top'], patternsPerFilter: 1, iterations: 20 });
    expect(graph.layers[0]?.nodes[0]?.width).toBeCloseTo(4, 9);
  });
});
