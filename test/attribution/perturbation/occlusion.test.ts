import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { type OcclusionOptions, occlusion } from '../../../src/attribution/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { random } from '../../../src/numeric/random.ts';
import { type Build, free, inputsOf } from '../../oracle/building.ts';
import { networks } from '../../oracle/networks.ts';
import { occludedDrops } from '../../oracle/occlusion.ts';
import { blockNetworks, randomNetwork } from '../../oracle/pictureNetworks.ts';
import { thorough } from '../../support/backend.ts';
import { expectNear } from '../../support/near.ts';
import { coverable, precisionOf, predictedScores, withBuilt } from '../../support/recomputation.ts';
import { weightedOutputs as target } from '../../support/weightedOutputs.ts';

type Pair = readonly [number, number];
type Options = Omit<OcclusionOptions, 'window' | 'stride'> & {
  window: number | Pair;
  stride?: number | Pair;
  batchSize?: number;
};

const pair = (value: number | Pair): Pair => (typeof value === 'number' ? [value, value] : value);

async function expectExact(
  model: LayersModel,
  options: Options,
  hidden: (i: number) => number = () => 0,
): Promise<void> {
  const [x] = inputsOf(model) as [NdArray];
  const { values, score } = await occlusion(model, x, { ...options, target });
  const windows = { size: pair(options.window), stride: pair(options.stride ?? options.window) };
  const expected = await occludedDrops(coverable(x, hidden), windows, predictedScores(model, x));
  expect(values.shape).toEqual(x.shape);
  expectNear(values.data, expected, precisionOf(score, expected));
}

const picture = [15, 13, 2];
const some = <T>(cases: readonly T[], few: number): readonly T[] => (thorough ? cases : cases.slice(0, few));

describe('occlusion computes again what a window can have changed, and gives what whole passes give', () => {
  test.each(some(blockNetworks(picture, 4), 3))('a network with %s', async (_name, build) => {
    await withBuilt(build, (model) => expectExact(model, { window: [4, 3], stride: [3, 3] }));
  });

  test.each(some([...new Array(14).keys()], 2))('random network %i', async (seed) => {
    const { integer } = random(seed, 99);
    const window = [2 + integer(4), 2 + integer(4)] as const;
    const stride = [1 + integer(window[0]), 1 + integer(window[1])] as const;
    await withBuilt(
      () => randomNetwork(picture, seed),
      (model) => expectExact(model, { window, stride, batchSize: 1 + integer(9) }),
    );
  });

  const small = [...networks].filter(([, build]) => {
    const model = build();
    free(model);
    return model.inputs.length === 1 && model.inputs[0]?.shape.length === 4;
  });
  test.each(some(small, 2))('the network "%s"', async (_name, build) => {
    await withBuilt(build, (model) => expectExact(model, { window: 2 }));
  });
});

describe('windows and what hides', () => {
  const [, build] = blockNetworks([11, 10, 2], 7).find(([name]) => name === 'residual add') as [string, Build];

  const windows: readonly [string, Options][] = [
    ['a window that goes over both borders', { window: 4, stride: 4 }],
    ['single pixels', { window: 1 }],
    ['a stride that does not divide the rest', { window: 5, stride: [4, 3] }],
    ['rows of their own', { window: [1, 10] }],
    ['the whole picture', { window: [11, 10] }],
    ['one row at a time', { window: 3, stride: 2, batchSize: 1 }],
    ['all windows at once', { window: 3, stride: 2, batchSize: 100 }],
  ];
  test.each(some(windows, 1))('%s', async (_name, options) => {
    await withBuilt(build, (model) => expectExact(model, options));
  });

  test('a constant, the mean of each channel, a picture', async () => {
    await withBuilt(build, async (model) => {
      const [{ data, shape }] = inputsOf(model) as [NdArray];
      const [window, size] = [4, data.length / 2];
      const mean = (i: number): number => {
        const own = data.filter((_, k) => Math.floor(k / size) === Math.floor(i / size) && k % 2 === i % 2);
        return own.reduce((sum, value) => sum + value, 0) / own.length;
      };
      const other = { shape: shape.slice(1), data: Float32Array.from({ length: size }, (_, i) => Math.sin(i)) };
      await expectExact(model, { window, baseline: 0.7 }, () => 0.7);
      await expectExact(model, { window, baseline: 'mean' }, mean);
      await expectExact(model, { window, baseline: other }, (i) => other.data[i % size] as number);
    });
  });
});
