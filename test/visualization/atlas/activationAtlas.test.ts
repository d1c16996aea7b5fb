import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layers as l } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { activations } from '../../../src/network/activations.ts';
import { compile } from '../../../src/network/compile.ts';
import type { Network } from '../../../src/network/network.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { layerGradients } from '../../../src/scoring/layerGradients.ts';
import { activationAtlas } from '../../../src/visualization/atlas/activationAtlas.ts';
import type { ActivationAtlas, ActivationAtlasOptions } from '../../../src/visualization/atlas/types.ts';
import { whitening } from '../../../src/visualization/atlas/whitening.ts';
import { parameterizations } from '../../../src/visualization/index.ts';
import { chain, conv, free, randomized } from '../../oracle/building.ts';
import { expectClose } from '../../support/close.ts';
import { sum } from '../../support/near.ts';

const side = 8;
const units = 24;
let model: LayersModel;
let network: Network;
/** Pictures of eight textures of 2 × 2 pixels, each with noise. */
let x: NdArray;
const classOf = (image: number): number => image % 8;

beforeAll(async () => {
  model = randomized(
    chain(
      [side, side, 3],
      conv({ name: 'conv1', activation: 'relu', filters: units, kernelSize: 2, strides: 2 }),
      conv({ name: 'conv2', activation: 'softplus', filters: 6, kernelSize: 3, padding: 'same' }),
      l.globalAveragePooling2d({ name: 'features' }),
      l.dense({ name: 'scores', units: 5, activation: 'softmax' }),
    ),
    2,
  );
  network = compile(model);
  const { normal, uniform } = random(1);
  const textures = Array.from({ length: 8 }, () => Array.from({ length: 12 }, uniform));
  const data = Float32Array.from({ length: 64 * side * side * 3 }, (_, i) => {
    const [image, row, column] = [Math.floor(i / 192), Math.floor(i / 24) % 8, Math.floor(i / 3) % 8];
    const texture = textures[classOf(image)] as number[];
    return (texture[((row % 2) * 2 + (column % 2)) * 3 + (i % 3)] as number) + 0.05 * normal();
  });
  x = { shape: [64, side, side, 3], data };
  await activationAtlas(network, x, { ...quick, steps: 2 });
  await layerGradients(network, x, { layers: ['conv1'] });
});
afterAll(() => {
  network.dispose();
  free(model);
});

const quick: ActivationAtlasOptions = {
  ...{ layer: 'conv1', range: [0, 1], grid: 6, threshold: 3 },
  ...{ size: side, steps: 40, transforms: [], parameterization: parameterizations.pixels(), learningRate: 0.05 },
};

function rowsOf({ shape, data }: NdArray): readonly Float32Array[] {
  const length = data.length / (shape[0] as number);
  return Array.from({ length: shape[0] as number }, (_, i) => data.subarray(i * length, (i + 1) * length));
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * (b[i] as number), 0);

describe('planted clusters', () => {
  test.each(['tsne', 'pca'] as const)('%s: cells hold one texture each', async (layout) => {
    const atlas = await activationAtlas(network, x, {
      ...quick,
      ...{ layout, perplexity: 6, grid: 10, threshold: 2, steps: 1 },
    });
    expect(purityOf(atlas)).toBeGreaterThanOrEqual(0.9);
    expect(sum(atlas.cells.map(({ count }) => count))).toBeGreaterThan(32);
  });

  test('icons lie nearest to their own direction', async () => {
    const layout = ({ shape }: NdArray): NdArray => ({
      shape: [shape[0] as number, 2],
      data: Float32Array.from({ length: 128 }, (_, i) => (i % 2 === 0 ? classOf(i / 2) : 0)),
    });
    const atlas = await activationAtlas(network, x, { ...quick, layout, grid: 10 });
    expect(atlas.cells).toHaveLength(8);
    expect(await ownShare(atlas)).toBeGreaterThanOrEqual(0.8);
  });

  /** The share of images that are of the class that most in their cell are of. */
  function purityOf({ cells }: ActivationAtlas): number {
    const majorities = cells.map(({ images }) => {
      const counts = Array.from({ length: 8 }, (_, k) => images.filter((image) => classOf(image) === k).length);
      return Math.max(...counts);
    });
    return sum(majorities) / sum(cells.map(({ count }) => count));
  }

  /** The share of cells whose icon lies nearer to its whitened direction than to any other cell's. */
  async function ownShare({ cells, icons }: ActivationAtlas): Promise<number> {
    const [ofImages, ofIcons] = [await conv1Of(x), await conv1Of(icons)];
    const matrix = rowsOf(await whitening({ shape: [64 * 16, units], data: ofImages.data }));
    const directions = cells.map(({ direction }) => matrix.map((line) => dot(line, direction.vector)));
    const own = rowsOf(ofIcons).map((values, icon) => {
      // The middle of 4 × 4 is row 2, column 2.
      const h = values.subarray(10 * units, 11 * units);
      const cosines = directions.map((v) => dot(h, v) / Math.hypot(...v));
      return Number(cosines.indexOf(Math.max(...cosines)) === icon);
    });
    return sum(own) / own.length;
  }
});

async function conv1Of(pictures: NdArray): Promise<NdArray> {
  return (await activations(network, pictures, ['conv1'])).conv1;
}

describe('what an atlas tells', () => {
  const byHand: ActivationAtlasOptions = {
    ...quick,
    ...{ steps: 1, grid: 2, threshold: 1, labels: ['a', 'b', 'c', 'd', 'e'], batchSize: 40 },
    // Images 0…31 at the left, of these the even ones at the top.
    layout: ({ shape }) => ({
      shape: [shape[0] as number, 2],
      data: Float32Array.from({ length: 128 }, (_, i) => (i % 2 === 0 ? Number(i >= 64) : ((i - 1) / 2) % 2)),
    }),
  };
  let atlas: ActivationAtlas;
  beforeAll(async () => {
    atlas = await activationAtlas(network, x, byHand);
  });

  test('cells hold the images that a layout puts there', () => {
    expect(atlas.cells.map(({ row, column, count }) => [row, column, count])).toEqual([
      [0, 0, 16],
      [0, 1, 16],
      [1, 0, 16],
      [1, 1, 16],
    ]);
    expect(atlas.cells[1]?.images).toEqual(Array.from({ length: 16 }, (_, i) => 32 + 2 * i));
    expect(atlas.cells.map(({ picture }) => picture)).toEqual([0, 1, 2, 3]);
    expect(atlas.icons.shape).toEqual([4, side, side, 3]);
    expect(atlas.objective).toHaveLength(4);
    // A tenth of the range is left at each side.
    expect(new Set(Array.from(atlas.layout.data, (share) => share.toFixed(4)))).toEqual(new Set(['0.0833', '0.9167']));
    expect(structuredClone(atlas)).toEqual(atlas);
  });

  test('positions are within the edge, and directions are means of what is there', async () => {
    const maps = rowsOf(await conv1Of(x));
    const { positions } = atlas as { positions: NdArray<Int32Array> };
    expect(positions.shape).toEqual([64, 2]);
    expect(new Set(positions.data)).toEqual(new Set([1, 2]));
    for (const { images, direction } of atlas.cells) {
      const own = images.map((image) => {
        const [row, column] = positions.data.subarray(2 * image, 2 * image + 2) as unknown as [number, number];
        return (maps[image] as Float32Array).subarray((row * 4 + column) * units, (row * 4 + column + 1) * units);
      });
      const mean = Float32Array.from(
        { length: units },
        (_, unit) => sum(own.map((a) => a[unit] as number)) / own.length,
      );
      await expectClose({ shape: [units], data: Float32Array.from(direction.vector) }, { shape: [units], data: mean });
      expect(direction.layer).toBe('conv1');
    }
  });

  test('labels are the classes with the greatest activation times gradient', async () => {
    const maps = rowsOf(await conv1Of(x));
    const { positions } = atlas as { positions: NdArray<Int32Array> };
    const attributions = await Promise.all(
      [0, 1, 2, 3, 4].map(async (target) => {
        const { conv1 } = await layerGradients(network, x, { layers: ['conv1'], target });
        return rowsOf(conv1).map((slopes, image) => {
          const [row, column] = positions.data.subarray(2 * image, 2 * image + 2) as unknown as [number, number];
          const at = (row * 4 + column) * units;
          return dot(slopes.subarray(at, at + units), (maps[image] as Float32Array).subarray(at, at + units));
        });
      }),
    );
    for (const { images, label } of atlas.cells) {
      const means = attributions.map((own) => sum(images.map((image) => own[image] as number)) / images.length);
      const most = means.indexOf(Math.max(...means));
      expect(label?.class).toBe(most);
      expect(label?.name).toBe('abcde'[most]);
      expect(Math.abs((label?.attribution as number) - (means[most] as number))).toBeLessThan(
        0.01 * Math.abs(means[most] as number) + 1e-4,
      );
    }
  });

  test('does not depend on batches; a seed gives the same bits', async () => {
    const again = await activationAtlas(network, x, { ...byHand, batchSize: 64 });
    expect(again.positions).toEqual(atlas.positions);
    expect(again.cells.map(({ images }) => images)).toEqual(atlas.cells.map(({ images }) => images));
    await expectClose(again.icons, atlas.icons, { tolerance: 1e-3 });
    expect(await activationAtlas(network, x, byHand)).toEqual(atlas);
    const other = await activationAtlas(network, x, { ...byHand, seed: 1 });
    expect(other.positions).not.toEqual(atlas.positions);
    expect(other.seed).toBe(1);
  });

  test('the last group need not be full', async () => {
    const three = await activationAtlas(network, x, { ...byHand, together: 3 });
    expect(three.icons.shape).toEqual(atlas.icons.shape);
    expect(three.cells).toEqual(atlas.cells);
  });

  test('a dense layer has no positions', async () => {
    const found = await activationAtlas(network, x, { ...byHand, layer: 'features' });
    expect(found.positions).toBeUndefined();
    expect(found.cells[0]?.direction.vector).toHaveLength(6);
  });

  test('counts what is done, and stops', async () => {
    const seen = new Set<string>();
    await activationAtlas(network, x, { ...quick, steps: 2, onProgress: ({ stage }) => seen.add(stage) });
    expect([...seen]).toEqual(['activations', 'layout', 'visualize']);
    const reason = new Error('enough');
    await expect(activationAtlas(network, x, { ...quick, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const onProgress = ({ stage, done }: { stage: string; done: number }): void => {
      if (stage === 'layout' && done === 40) controller.abort(reason);
    };
    await expect(activationAtlas(network, x, { ...quick, signal: controller.signal, onProgress })).rejects.toBe(reason);
  });
});

test('a dead layer has no cells, and that is said', async () => {
  const dead = chain(
    [4, 4, 3],
    l.conv2d({ name: 'conv1', filters: 2, kernelSize: 1, activation: 'relu', kernelInitializer: 'zeros' }),
  );
  const pictures = { shape: [4, 4, 4, 3], data: new Float32Array(192).fill(0.5) };
  const made = activationAtlas(dead, pictures, { ...quick, size: 4, threshold: 1, grid: 1, layout: 'pca' });
  await expect(made).rejects.toThrow('"layer" expected one that is active, got "conv1", which is 0 for all images');
  free(dead);
});

describe('what is refused', () => {
  const fits = (n: number): NdArray => ({ shape: [n, 2], data: Float32Array.from({ length: 2 * n }, (_, i) => i) });
  test.each<[string, Partial<ActivationAtlasOptions>, string]>([
    ['no layer', { layer: undefined as never }, '"layer" expected'],
    ['an unknown layer', { layer: 'conv9' }, '"layer" expected the address of a layer, got "conv9"; near: conv1'],
    ['an unknown layout', { layout: 'umap' as never }, `"layout" expected 'tsne', 'pca' or a function, got "umap"`],
    ['a layout of fewer', { layout: () => fits(5) }, '"layout" expected shape [64, 2], got [5, 2]'],
    [
      'a layout of none',
      { layout: () => undefined as never },
      '"layout" expected a function that returns {shape, data}, got undefined',
    ],
    [
      'a layout that is not finite',
      { layout: () => ({ shape: [64, 2], data: new Float32Array(128).fill(Number.NaN) }) },
      '"layout" expected finite numbers',
    ],
    [
      'too few in each cell',
      { threshold: 60, layout: 'pca' },
      '"threshold" expected at most the images of a cell, got 60',
    ],
    ['a scale that is missing', { range: undefined as never }, 'expected'],
    ['an option of visualize', { snapshots: [1] } as never, '"options" expected some of'],
    ['a grid of none', { grid: 0 }, '"grid" expected an integer in 1..1000, got 0'],
  ])('%s', async (_, options, message) => {
    await expect(activationAtlas(network, x, { ...quick, ...options } as ActivationAtlasOptions)).rejects.toThrow(
      message,
    );
  });

  test('too few images, and too many to be compared with each other', async () => {
    const some = (count: number): NdArray => ({
      shape: [count, side, side, 3],
      data: new Float32Array(count * 192).fill(0.5),
    });
    await expect(activationAtlas(network, some(2), quick)).rejects.toThrow('"images" expected at least three, got 2');
    await expect(
      activationAtlas(network, some(3001), { ...quick, layer: 'features', batchSize: 1000 }),
    ).rejects.toThrow(`"images" expected at most 3000 for 'tsne', got 3001`);
  });
});

describe('whitening', () => {
  test('times the second moments, with a ridge, it is the identity', async () => {
    const { normal } = random(2);
    const a = { shape: [40, 5], data: Float32Array.from({ length: 200 }, (_, i) => normal() + (i % 5)) };
    for (const ridge of [0, 0.1]) {
      const s = await whitening(a, { ridge });
      const moments = Array.from({ length: 25 }, (_, k) => {
        const [i, j] = [Math.floor(k / 5), k % 5];
        return sum(rowsOf(a).map((row) => (row[i] as number) * (row[j] as number))) / 40;
      });
      const trace = sum([0, 6, 12, 18, 24].map((k) => moments[k] as number));
      const product = Float32Array.from({ length: 25 }, (_, k) => {
        const [i, j] = [Math.floor(k / 5), k % 5];
        return sum(
          [0, 1, 2, 3, 4].map(
            (m) =>
              (s.data[5 * i + m] as number) * ((moments[5 * m + j] as number) + (m === j ? (ridge * trace) / 5 : 0)),
          ),
        );
      });
      await expectClose(
        { shape: [25], data: product },
        { shape: [25], data: Float32Array.from({ length: 25 }, (_, k) => Number(k % 6 === 0)) },
        { tolerance: 1e-4 },
      );
    }
  });

  test('refuses zeros, NaN and other shapes', async () => {
    await expect(whitening({ shape: [2, 2], data: new Float32Array(4) })).rejects.toThrow('got zeros alone');
    await expect(whitening({ shape: [1, 1], data: Float32Array.of(Number.NaN) })).rejects.toThrow('finite');
    await expect(whitening({ shape: [4], data: new Float32Array(4) })).rejects.toThrow('"activations" expected rank 2');
  });
});
