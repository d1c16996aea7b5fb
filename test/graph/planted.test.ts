import { describe, expect, test } from 'vitest';
import { filterParts } from '../../src/graph/filterParts.ts';
import { fitExplanatoryGraph } from '../../src/graph/fitExplanatoryGraph.ts';
import type { LayerInference } from '../../src/graph/inference.ts';
import { inferPatterns } from '../../src/graph/inferPatterns.ts';
import { type SyntheticUnit, syntheticPatterns } from '../../src/graph/syntheticPatterns.ts';
import type { GraphLayer } from '../../src/graph/types.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { FeatureMaps, LayerMaps } from '../../src/readings/mapSource.ts';
import { plainInstability, plainPeaks } from '../oracle/explanatoryGraph.ts';
import { goldenCases } from '../support/goldenCases.ts';

type Place = readonly [row: number, column: number];
const imageSize = 160;
const stacks = [
  [
    { name: 'lower', positions: 20, unitCount: 12 },
    { name: 'upper', positions: 10, unitCount: 12 },
  ],
  [
    { name: 'lower', positions: 40, unitCount: 6 },
    { name: 'middle', positions: 20, unitCount: 8 },
    { name: 'upper', positions: 10, unitCount: 8 },
  ],
];

/** Fits a graph to planted patterns and looks at all that it says of them. */
async function found(seed: number) {
  const layers = stacks[seed % stacks.length] as (typeof stacks)[number];
  const { maps, truth, pose } = syntheticPatterns({ seed, layers, spurious: 0.25, pose: 10, imageCount: 32 });
  const names = layers.map(({ name }) => name);
  const graph = await fitExplanatoryGraph(maps, { layers: names, patternsPerFilter: 8, seed: seed + 50 });
  const inference = await inferPatterns(graph, maps);
  return { graph, inference, maps, truth, pose, parts: filterParts(graph, inference) };
}
const runs = await Promise.all([0, 1, 2, 3].map(found));

/** All filters of all runs with what was planted and found. */
const filters = runs.flatMap(({ graph, inference, maps, truth, pose, parts }) =>
  graph.layers.flatMap((layer) =>
    (truth[layer.name] as readonly SyntheticUnit[]).map((planted, filter) => ({
      layer,
      planted,
      filter,
      pose,
      maps: maps.layers[layer.name] as LayerMaps,
      inference: inference[layer.name] as LayerInference,
      nodes: layer.nodes.filter(({ unit }) => unit === filter),
      parts: parts[layer.name]?.[filter]?.parts ?? [],
    })),
  ),
);

function meanOf({ shape, data }: NdArray<Float64Array>): Place {
  const mean = [0, 0] as [number, number];
  data.forEach((value, k) => {
    mean[k & 1 ? 1 : 0] += value / (shape[0] as number);
  });
  return mean;
}

function isNear(one: Place, other: Place, layer: GraphLayer): boolean {
  return Math.hypot(one[0] - other[0], one[1] - other[1]) <= layer.jump[0];
}

function share(flags: readonly boolean[]): number {
  expect(flags.length).toBeGreaterThan(20);
  return flags.filter(Boolean).length / flags.length;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

test('planted patterns have a node within a step of the grid', () => {
  const hits = filters.flatMap(({ planted, nodes, layer }) =>
    planted.parts.map(({ positions }) => nodes.some(({ position }) => isNear(position, meanOf(positions), layer))),
  );
  expect(share(hits)).toBeGreaterThanOrEqual(0.95);
});

test('and are reported as parts', () => {
  const hits = filters.flatMap(({ planted, parts, layer }) =>
    planted.parts.map(({ positions }) =>
      parts.some(({ meanPosition }) => isNear(meanPosition, meanOf(positions), layer)),
    ),
  );
  expect(share(hits)).toBeGreaterThanOrEqual(0.95);
});

test('the parts of a filter are counted right', () => {
  expect(share(filters.map(({ planted, parts }) => parts.length === planted.parts.length))).toBeGreaterThanOrEqual(0.9);
});

test('responses at a place that never moves are no parts', () => {
  const still = filters.filter(({ planted }) => planted.spurious !== null);
  const reported = still.map(({ planted, parts, layer }) =>
    parts.some(({ meanPosition }) => isNear(meanPosition, planted.spurious as Place, layer)),
  );
  expect(still.length).toBeGreaterThan(15);
  expect(reported.filter(Boolean).length / reported.length).toBeLessThanOrEqual(0.1);
});

test('nodes have at most half the location instability of the filters', () => {
  const landmarks: readonly Place[] = [
    [50, 50],
    [110, 110],
    [50, 110],
  ];
  const measured = filters.map(({ layer, nodes, inference, maps, filter, pose }) => {
    const images = pose.shape[0] as number;
    const instability = (positions: readonly Place[]): number =>
      mean(
        landmarks.map((base) => {
          const moved = Array.from(
            { length: images },
            (_, i) => [base[0] + (pose.data[2 * i] as number), base[1] + (pose.data[2 * i + 1] as number)] as const,
          );
          return plainInstability(positions, moved, imageSize * Math.SQRT2);
        }),
      );
    const ofNodes = nodes.map((node) => {
      const k = layer.nodes.indexOf(node);
      const positions = Array.from({ length: images }, (_, i) => {
        const at = 2 * (i * layer.nodes.length + k);
        return [inference.positions.data[at] as number, inference.positions.data[at + 1] as number] as const;
      });
      return instability(positions);
    });
    return { filter: instability(plainPeaks(maps, filter)), node: mean(ofNodes) };
  });
  const ratio = mean(measured.map(({ node }) => node)) / mean(measured.map(({ filter }) => filter));
  expect(ratio).toBeLessThanOrEqual(0.5);
});

test('the likelihood of a layer never falls', () => {
  for (const { logLikelihood } of runs.flatMap(({ graph }) => graph.layers)) {
    for (const list of [logLikelihood.alone, logLikelihood.withNeighbours]) {
      list.slice(1).forEach((value, k) => {
        const before = list[k] as number;
        expect(value).toBeGreaterThanOrEqual(before - 1e-9 * Math.abs(before));
      });
    }
  }
  const [first] = runs;
  expect(first?.graph.layers[1]?.logLikelihood.alone).toHaveLength(21);
  expect(first?.graph.layers[1]?.logLikelihood.withNeighbours).toHaveLength(0);
  expect(first?.graph.layers[0]?.logLikelihood.withNeighbours).toHaveLength(16);
});

test('neighbours are nodes of the layer above that move', () => {
  for (const { layers } of runs.map(({ graph }) => graph)) {
    layers.forEach(({ nodes }, i) => {
      const above = layers[i + 1];
      for (const { neighbours } of nodes) {
        expect(neighbours).toHaveLength(above ? 15 : 0);
        for (const k of neighbours) expect(above?.nodes[k]?.positionDeviation).toBeGreaterThan(4);
      }
    });
  }
});

describe('the patterns of the reference data', async () => {
  const { ofMethod, arrayOf } = await goldenCases('graph');
  for (const { id, params, inputs, outputs } of ofMethod('explanatory-graph-planted')) {
    test(`${id}: each has a node within a step of its mean position`, async () => {
      const {
        upper,
        lower,
        imageSize: side,
      } = params as unknown as {
        imageSize: number;
        upper: { centre: number; jump: number };
        lower: { centre: number; jump: number };
      };
      const layerOf = async (file: string | undefined, { centre, jump }: typeof upper): Promise<LayerMaps> => ({
        activations: (await arrayOf(file)) as NdArray,
        centre: [centre, centre],
        jump: [jump, jump],
      });
      const maps: FeatureMaps = {
        imageSize: [side, side],
        layers: {
          lower: await layerOf(inputs['lowerFeatures'], lower),
          upper: await layerOf(inputs['upperFeatures'], upper),
        },
      };
      for (const seed of [0, 1, 2]) {
        const graph = await fitExplanatoryGraph(maps, { layers: ['lower', 'upper'], patternsPerFilter: 6, seed });
        const counts = filterParts(graph, await inferPatterns(graph, maps));
        for (const layer of graph.layers) {
          const truth = await arrayOf(outputs[`${layer.name}Truth`]);
          const [own, patterns, images] = truth.shape as [number, number, number];
          const size = 2 * images;
          for (let k = 0; k < own * patterns; k++) {
            const positions = Float64Array.from(truth.data.subarray(k * size, (k + 1) * size));
            const wanted = meanOf({ shape: [images, 2], data: positions });
            const nodes = layer.nodes.filter(({ unit }) => unit === Math.floor(k / patterns));
            expect(nodes.some(({ position }) => isNear(position, wanted, layer))).toBe(true);
          }
          expect(counts[layer.name]?.map(({ parts }) => parts.length)).toEqual(new Array(own).fill(patterns));
        }
      }
    });
  }
});
