import * as tf from '@tensorflow/tfjs-core';
import { layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { filterParts } from '../../src/graph/filterParts.ts';
import { fitExplanatoryGraph } from '../../src/graph/fitExplanatoryGraph.ts';
import { fitPatternMixture } from '../../src/graph/fitPatternMixture.ts';
import type { PatternInference } from '../../src/graph/inference.ts';
import { inferPatterns } from '../../src/graph/inferPatterns.ts';
import { fuseNeighbours, selectNeighbours } from '../../src/graph/neighbours.ts';
import { parseExplanatoryGraph } from '../../src/graph/parseExplanatoryGraph.ts';
import { patternPurity } from '../../src/graph/patternPurity.ts';
import { syntheticPatterns } from '../../src/graph/syntheticPatterns.ts';
import type { ExplanatoryGraph, PatternNode } from '../../src/graph/types.ts';
import { activations } from '../../src/network/activations.ts';
import { receptiveField } from '../../src/network/fields/receptiveField.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { FeatureMaps, LayerMaps } from '../../src/readings/mapSource.ts';
import { chain, free, inputsOf, randomized } from '../oracle/building.ts';

const names = ['low', 'high'] as const;

function network(side = 18): ReturnType<typeof chain> {
  return randomized(
    chain(
      [side, side, 2],
      l.conv2d({ filters: 3, kernelSize: 3, padding: 'same', activation: 'relu', name: 'low' }),
      l.conv2d({ filters: 4, kernelSize: 3, strides: 2, name: 'high' }),
      l.flatten({ name: 'flat' }),
      l.dense({ units: 2, name: 'head' }),
    ),
    7,
  );
}

const options = { layers: names, patternsPerFilter: 3, neighbours: 4, iterations: 8 };
const small = syntheticPatterns({
  imageCount: 8,
  imageSize: 80,
  layers: [
    { name: 'low', positions: 10, unitCount: 3 },
    { name: 'high', positions: 6, unitCount: 3 },
  ],
});

async function thrownBy(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    return String(error);
  }
  return 'nothing';
}

describe('of a network', () => {
  test('the graph and what it infers do not depend on batches, and leave no tensors', async () => {
    const model = network();
    const [x] = inputsOf(model, 6) as [NdArray];
    const before = tf.memory().numTensors;
    const graph = await fitExplanatoryGraph(model, [x], options);
    const inference = await inferPatterns(graph, model, [x]);
    for (const batchSize of [1, 4]) {
      expect(await fitExplanatoryGraph(model, [x], { ...options, batchSize })).toEqual(graph);
      expect(await inferPatterns(graph, model, [x], { batchSize })).toEqual(inference);
    }
    expect(tf.memory().numTensors).toBe(before);
    expect(inference['high']?.positions.shape).toEqual([6, 12, 2]);
    expect(inference['low']?.scores.shape).toEqual([6, 9]);
    free(model);
  });

  test('is that of its maps where its positions lie', async () => {
    const model = network();
    const [x] = inputsOf(model, 5) as [NdArray];
    const values = await activations(model, x, names);
    const layerOf = (name: (typeof names)[number]): LayerMaps => {
      const { centre, jump } = receptiveField(model, name);
      return { activations: values[name], centre, jump };
    };
    const maps: FeatureMaps = { imageSize: [18, 18], layers: { low: layerOf('low'), high: layerOf('high') } };
    const graph = await fitExplanatoryGraph(model, [x], options);
    expect(await fitExplanatoryGraph(maps, options)).toEqual(graph);
    expect(await inferPatterns(graph, maps)).toEqual(await inferPatterns(graph, model, [x]));
    free(model);
  });

  test('reports, and stops at any stage', async () => {
    const model = network();
    const [x] = inputsOf(model, 3) as [NdArray];
    const seen: string[] = [];
    await fitExplanatoryGraph(model, [x], {
      ...options,
      batchSize: 2,
      onProgress: ({ stage, done }) => seen.push(`${stage} ${done}`),
    });
    expect(seen).toEqual([
      ...['activations 2', 'activations 3', 'fit high 1', 'fit high 2', 'fit high 3', 'fit high 4'],
      ...['activations 2', 'activations 3', 'fit low 1', 'fit low 2', 'fit low 3'],
    ]);
    const before = tf.memory().numTensors;
    for (const last of ['activations 2', 'fit high 2', 'fit low 1']) {
      const controller = new AbortController();
      const onProgress = ({ stage, done }: { stage: string; done: number }): void => {
        if (`${stage} ${done}` === last) controller.abort(new Error('enough'));
      };
      const { signal } = controller;
      await expect(fitExplanatoryGraph(model, [x], { ...options, batchSize: 2, signal, onProgress })).rejects.toThrow(
        'enough',
      );
    }
    const aborted = AbortSignal.abort(new Error('enough'));
    const graph = await fitExplanatoryGraph(model, [x], options);
    await expect(inferPatterns(graph, model, [x], { signal: aborted })).rejects.toThrow('enough');
    await expect(fitExplanatoryGraph(small.maps, { ...options, signal: aborted })).rejects.toThrow('enough');
    await expect(inferPatterns(graph, small.maps, { signal: aborted })).rejects.toThrow(/fitted to|enough/);
    expect(tf.memory().numTensors).toBe(before);
    free(model);
  });

  test('layers that cannot be, in the wrong order, or of another model are refused', async () => {
    const [model, larger] = [network(), network(20)];
    const [x] = inputsOf(model, 3) as [NdArray];
    const attempt = (layers: readonly string[]) => () => fitExplanatoryGraph(model, [x], { ...options, layers });
    expect(await thrownBy(attempt(['lwo']))).toContain(
      '"layers" expected the address of a layer, got "lwo"; near: low',
    );
    expect(await thrownBy(attempt(['head']))).toContain('"layers" expected layers with rows and columns, got "head"');
    expect(await thrownBy(attempt(['high', 'low']))).toContain(
      'from the lowest to the top, each once, got "high" before "low"',
    );
    expect(await thrownBy(attempt(['low', 'low']))).toContain('each once');
    expect(await thrownBy(attempt([]))).toContain('"layers" expected a list with elements, got []');
    const graph = await fitExplanatoryGraph(model, [x], options);
    const [other] = inputsOf(larger, 2) as [NdArray];
    expect(await thrownBy(() => inferPatterns(graph, larger, [other]))).toContain(
      '"graph" expected the model that it was fitted to, with image size [18, 18], got [20, 20]',
    );
    const renamed = { ...graph, layers: graph.layers.map((layer) => ({ ...layer, name: `x${layer.name}` })) };
    expect(await thrownBy(() => inferPatterns(renamed, model, [x]))).toContain('got "xlow"; near: low');
    const units = { ...graph, layers: graph.layers.map((layer) => ({ ...layer, unitCount: 99 })) };
    expect(await thrownBy(() => inferPatterns(units, model, [x]))).toContain('size of layer "low" [18, 18, 99]');
    expect(await thrownBy(() => fitExplanatoryGraph(model, [], options))).toContain('at least one image, got none');
    free(model);
    free(larger);
  });
});

describe('of maps', () => {
  test('survives JSON and a structured clone, and comes from the seed', async () => {
    const graph = await fitExplanatoryGraph(small.maps, options);
    expect(JSON.parse(JSON.stringify(graph))).toEqual(graph);
    expect(structuredClone(graph)).toEqual(graph);
    const read = parseExplanatoryGraph(JSON.parse(JSON.stringify(graph)));
    expect(await inferPatterns(read, small.maps)).toEqual(await inferPatterns(graph, small.maps));
    expect(await fitExplanatoryGraph(small.maps, options)).toEqual(graph);
    const other = await fitExplanatoryGraph(small.maps, { ...options, seed: 1 });
    expect(other.layers[0]?.nodes).not.toEqual(graph.layers[0]?.nodes);
  });

  test('what is inferred of the images of the fit has the stored means', async () => {
    for (const peaks of ['unit', 'interpolated'] as const) {
      const graph = await fitExplanatoryGraph(small.maps, { ...options, peaks });
      const inference = await inferPatterns(graph, small.maps);
      for (const { name, nodes } of graph.layers) {
        const { positions, scores } = inference[name] as PatternInference[string];
        nodes.forEach((node, k) => {
          const sum = [0, 0, 0] as [number, number, number];
          for (let image = 0; image < 8; image++) {
            const at = image * nodes.length + k;
            sum[0] += positions.data[2 * at] as number;
            sum[1] += positions.data[2 * at + 1] as number;
            sum[2] += scores.data[at] as number;
          }
          expect(sum[0] / 8).toBeCloseTo(node.meanPosition[0], 6);
          expect(sum[1] / 8).toBeCloseTo(node.meanPosition[1], 6);
          expect(sum[2] / 8).toBeCloseTo(node.meanScore, 8);
        });
      }
    }
  });

  test('unit peaks are pixels of positions; interpolated ones lie within half a step', async () => {
    const graph = await fitExplanatoryGraph(small.maps, { ...options, peaks: 'unit' });
    const unit = await inferPatterns(graph, small.maps);
    const between = await inferPatterns({ ...graph, peaks: 'interpolated' }, small.maps);
    const top = unit['high'] as PatternInference[string];
    const { centre, jump } = small.maps.layers['high'] as LayerMaps;
    top.positions.data.forEach((position, k) => {
      const along = (position - centre[0]) / jump[0];
      expect(along).toBeCloseTo(Math.round(along), 9);
      expect(Math.abs(position - (between['high']?.positions.data[k] as number))).toBeLessThanOrEqual(
        jump[0] / 2 + 1e-9,
      );
    });
    expect(between['high']?.positions.data).not.toEqual(top.positions.data);
  });

  test('a filter fitted with others is the filter fitted alone, and positions do not depend on the scale of its maps', async () => {
    const all = await fitExplanatoryGraph(small.maps, { ...options, layers: ['high'] });
    const one = await fitExplanatoryGraph(small.maps, { ...options, layers: ['high'], units: { high: [2] } });
    expect(one.layers[0]?.nodes).toEqual(all.layers[0]?.nodes.filter(({ unit }) => unit === 2));
    const { activations: own, ...grid } = small.maps.layers['high'] as LayerMaps;
    const doubled = { ...grid, activations: { ...own, data: own.data.map((value) => 2 * value) } };
    const scaled = await fitExplanatoryGraph(
      { ...small.maps, layers: { high: doubled } },
      { ...options, layers: ['high'] },
    );
    expect(scaled.layers[0]?.nodes).toEqual(all.layers[0]?.nodes);
  });

  test('negatives only scale the scores', async () => {
    const { maps: negatives } = syntheticPatterns({
      seed: 9,
      deviation: 1,
      imageCount: 4,
      imageSize: 80,
      layers: [{ name: 'high', positions: 6, unitCount: 3 }],
    });
    const plain = await fitExplanatoryGraph(small.maps, { ...options, layers: ['high'] });
    const scaled = await fitExplanatoryGraph(small.maps, { ...options, layers: ['high'], negatives });
    scaled.layers[0]?.nodes.forEach((node, k) => {
      const before = plain.layers[0]?.nodes[k] as PatternNode;
      const ratio =
        (plain.layers[0]?.deviations[node.unit] as number) / (scaled.layers[0]?.deviations[node.unit] as number);
      expect(node.position[0]).toBeCloseTo(before.position[0], 6);
      expect(node.meanScore).toBeCloseTo(before.meanScore * ratio, 8);
    });
    expect(scaled.layers[0]?.deviations).not.toEqual(plain.layers[0]?.deviations);
  });

  test('one image, and fewer nodes above than neighbours', async () => {
    const { maps } = syntheticPatterns({
      imageCount: 1,
      layers: [
        { name: 'low', positions: 10, unitCount: 2 },
        { name: 'high', positions: 5, unitCount: 1 },
      ],
    });
    const graph = await fitExplanatoryGraph(maps, { layers: names, patternsPerFilter: 2, neighbours: 15 });
    expect(graph.layers[0]?.nodes.map(({ neighbours }) => neighbours.length)).toEqual([2, 2, 2, 2]);
    expect(JSON.stringify(graph)).not.toContain('null');
    const inference = await inferPatterns(graph, maps);
    expect(inference['low']?.scores.shape).toEqual([1, 4]);
  });

  test('dead filters have no nodes; a layer of them has none and the next is fitted as the top', async () => {
    const { activations: low } = small.maps.layers['low'] as LayerMaps;
    const dead = { ...low, data: low.data.map((value, k) => (k % 3 === 1 ? -1 : k % 3 === 2 ? 4 : value)) };
    const { activations: high } = small.maps.layers['high'] as LayerMaps;
    const grid = { centre: [3.5, 3.5], jump: [8, 8] } as const;
    const maps: FeatureMaps = {
      imageSize: [80, 80],
      layers: {
        low: { ...grid, activations: dead },
        high: { ...grid, activations: { ...high, data: high.data.map(() => 0) } },
      },
    };
    const graph = await fitExplanatoryGraph(maps, options);
    expect(graph.layers[1]?.nodes).toEqual([]);
    expect(graph.layers[0]?.deviations.map((deviation) => deviation > 0)).toEqual([true, false, false]);
    expect(graph.layers[0]?.nodes.map(({ unit, neighbours }) => [unit, neighbours.length])).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    const inference = await inferPatterns(graph, maps);
    expect(inference['high']?.scores.shape).toEqual([8, 0]);
    const parts = filterParts(graph, inference);
    expect(parts['high']?.map((filter) => filter.parts.length)).toEqual([0, 0, 0]);
    expect(parts['low']?.[1]?.parts).toEqual([]);
  });

  test('on an image that a filter is silent on, its nodes are where they are expected, with score 0', async () => {
    const graph = await fitExplanatoryGraph(small.maps, { ...options, layers: ['high'] });
    const layer = small.maps.layers['high'] as LayerMaps;
    const silent = { ...layer, activations: { shape: [1, 6, 6, 3], data: new Float32Array(108).fill(-1) } };
    const { high } = await inferPatterns(graph, { ...small.maps, layers: { high: silent } });
    expect([...(high?.scores.data ?? [])]).toEqual(new Array(9).fill(0));
    expect([...(high?.positions.data ?? [])]).toEqual(graph.layers[0]?.nodes.flatMap(({ position }) => position));
  });

  test('wrong maps and options are refused', async () => {
    const layer = small.maps.layers['high'] as LayerMaps;
    const broken = { ...layer.activations, data: layer.activations.data.slice() };
    broken.data[2 * 108 + 7] = Number.NaN;
    const withLayer = (changed: Partial<LayerMaps>): FeatureMaps => ({
      ...small.maps,
      layers: { ...small.maps.layers, high: { ...layer, ...changed } },
    });
    const attempt =
      (maps: FeatureMaps, changed: object = {}) =>
      () =>
        fitExplanatoryGraph(maps, { ...options, ...changed });
    expect(await thrownBy(attempt(withLayer({ activations: broken })))).toContain(
      '"high" expected finite activations, got NaN in unit 1 of image 2',
    );
    expect(await thrownBy(attempt(small.maps, { layers: ['hihg'] }))).toContain(
      'expected one of high, low, got "hihg"',
    );
    expect(await thrownBy(attempt(withLayer({ jump: [0, 8] })))).toContain('"high.jump"');
    expect(await thrownBy(attempt(withLayer({ centre: 3 as never })))).toContain(
      '"high.centre" expected [rows, columns]',
    );
    const fewer = { shape: [7, 6, 6, 3], data: layer.activations.data.slice(108) };
    expect(await thrownBy(attempt(withLayer({ activations: fewer })))).toContain(
      'the same images in each layer, got 8, 7',
    );
    expect(await thrownBy(attempt(small.maps, { patternsPerFilter: 37 }))).toContain('in 1..36, got 37');
    expect(await thrownBy(attempt(small.maps, { patternsPerFilter: { high: 0 } }))).toContain('in 1..36, got 0');
    expect(await thrownBy(attempt(small.maps, { units: { high: [3] } }))).toContain(
      '"units.high" expected an integer in 0..2',
    );
    expect(await thrownBy(attempt(small.maps, { units: { high: [1, 1] } }))).toContain('each once');
    expect(await thrownBy(attempt(small.maps, { iterations: 0 }))).toContain('"iterations"');
    expect(await thrownBy(attempt(small.maps, { neighbours: 0 }))).toContain('"neighbours"');
    expect(await thrownBy(attempt(small.maps, { tau: 0 }))).toContain('"tau"');
    expect(await thrownBy(attempt(small.maps, { peaks: 'best' }))).toContain('"peaks" expected one of');
  });
});

test('a graph of another format or version, or with wrong entries, is refused', async () => {
  const graph = await fitExplanatoryGraph(small.maps, options);
  const changed = (change: object): unknown => ({ ...graph, ...change });
  const layerWith = (change: object): unknown =>
    changed({ layers: [{ ...graph.layers[0], ...change }, graph.layers[1]] });
  const nodeWith = (change: object): unknown => layerWith({ nodes: [{ ...graph.layers[0]?.nodes[0], ...change }] });
  expect(() => parseExplanatoryGraph(undefined)).toThrow(
    '"graph" expected format "vitrine/explanatory-graph", got undefined',
  );
  expect(() => parseExplanatoryGraph(changed({ format: 'other' }))).toThrow('got format "other"');
  expect(() => parseExplanatoryGraph(changed({ version: 2 }))).toThrow('"graph" expected version 1, got 2');
  expect(() => parseExplanatoryGraph(changed({ layers: [] }))).toThrow('"graph.layers" expected a list of layers');
  expect(() => parseExplanatoryGraph(changed({ imageSize: [8] }))).toThrow('"graph.imageSize" expected two numbers');
  expect(() => parseExplanatoryGraph(layerWith({ jump: [8, null] }))).toThrow('"graph.layers[0].jump"');
  expect(() => parseExplanatoryGraph(layerWith({ units: undefined }))).toThrow(
    '"graph.layers[0].units" expected a list',
  );
  expect(() => parseExplanatoryGraph(nodeWith({ unit: 7 }))).toThrow("expected one of the layer's units, got 7");
  expect(() => parseExplanatoryGraph(nodeWith({ width: 0 }))).toThrow('"graph.layers[0].nodes[0].width"');
  expect(() => parseExplanatoryGraph(nodeWith({ neighbours: [9] }))).toThrow(
    'neighbours" expected an integer in 0..8, got 9',
  );
  const inferred =
    (graph as { version: number }) && inferPatterns(changed({ version: 2 }) as ExplanatoryGraph, small.maps);
  await expect(inferred).rejects.toThrow('"graph" expected version 1, got 2');
});

test('the pure parts refuse what does not fit', () => {
  const maps: NdArray = { shape: [2, 3, 3], data: new Float32Array(18).fill(1) };
  const positions: NdArray = { shape: [1, 2], data: Float32Array.of(1, 1) };
  const given = { centre: 0, jump: 1, positions, sigma: 1, noneDensity: 0.01 };
  expect(() => fitPatternMixture({ ...maps, shape: [18] }, given)).toThrow('"maps" expected rank 3');
  expect(() => fitPatternMixture(maps, { ...given, sigma: [1, 2] })).toThrow('"sigma" expected 1 numbers, got 2');
  expect(() => fitPatternMixture(maps, { ...given, sigma: 0 })).toThrow('"sigma"');
  expect(() => fitPatternMixture(maps, { ...given, shifts: positions })).toThrow(
    '"shifts" expected shape [1, 2, 2] or [2, 2]',
  );
  expect(() => fitPatternMixture(maps, { ...given, noneDensity: 0 })).toThrow('"noneDensity"');
  const nodes: NdArray = { shape: [1, 2, 2], data: new Float32Array(4) };
  expect(() => fuseNeighbours({ positions: nodes, sigma: [1], neighbours: [] })).toThrow('at least one node, got none');
  expect(() => fuseNeighbours({ positions: nodes, sigma: [1], neighbours: [1] })).toThrow('in 0..0, got 1');
  expect(() => fuseNeighbours({ positions: nodes, sigma: [], neighbours: [0] })).toThrow('"sigma" expected 1 numbers');
  const own: NdArray = { shape: [2, 2], data: new Float32Array(4) };
  expect(() => selectNeighbours({ own, scores: [1], candidates: nodes })).toThrow('"scores" expected 2 numbers, got 1');
  expect(() => selectNeighbours({ own: positions, scores: [1], candidates: nodes })).toThrow(
    '"candidates" expected shape',
  );
  expect(selectNeighbours({ own, scores: [1, 2], candidates: nodes }).selected).toEqual([0]);
  expect(() => patternPurity([])).toThrow('at least one node');
  expect(() => patternPurity([[0], []])).toThrow('"assignments[1]" expected at least one region');
  expect(() => patternPurity([[-2]])).toThrow('"assignments[0]"');
});
