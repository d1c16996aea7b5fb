import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import * as vitrine from '../../../src/attribution/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import type { Explainer } from '../../../src/scoring/types.ts';
import { chain, inputsOf, randomized } from '../../oracle/building.ts';
import { camFormulas, channelsOf, rescaled, resizedPlaces, softmax, weightedPlanes } from '../../oracle/cams.ts';
import { expectNear, sum } from '../../support/near.ts';
import { withBuilt } from '../../support/recomputation.ts';
import { frameModel, valuesAndSlopes, volumeModel } from '../../support/volumeModels.ts';

const raw = { layer: 'A', size: 'layer', rectify: false, target: 1 } as const;
const methods = vitrine as unknown as Readonly<Record<string, Explainer<vitrine.CamOptions>>>;
const explainers = (name: string) => methods[name] as Explainer<vitrine.CamOptions>;

test.each(Object.entries(camFormulas))('%s of a volume is the formula over all its places', async (name, formula) => {
  await withBuilt(volumeModel, async (model) => {
    const x = inputsOf(model, 2)[0] as NdArray;
    const { A, g } = await valuesAndSlopes(model, x, 1);
    const { values, layout } = await explainers(name)(model, x, raw);
    expect(values.shape).toEqual([2, 3, 3, 3]);
    expect(layout).toBe('ndhw');
    const expected = [0, 1].flatMap((example) => formula(channelsOf(A, example), channelsOf(g, 0)));
    expectNear(values.data, expected, 1e-5);
  });
});

test('maps of volumes are resized trilinearly to the input', async () => {
  await withBuilt(volumeModel, async (model) => {
    const x = inputsOf(model, 2)[0] as NdArray;
    const small = await vitrine.hiResCam(model, x, raw);
    const { values } = await vitrine.hiResCam(model, x, { target: 1, rectify: false });
    expect(values.shape).toEqual([2, 3, 6, 5]);
    const maps = [0, 1].flatMap((i) =>
      resizedPlaces([...small.values.data.subarray(i * 27, (i + 1) * 27)], [3, 3, 3], [3, 6, 5]),
    );
    expectNear(values.data, maps, 1e-5);
    expect((await vitrine.gradCam(model, x)).layer).toBe('A');
  });
});

test('depth is resized too', async () => {
  const build = () =>
    randomized(
      chain(
        [4, 5, 3, 1],
        l.conv3d({ name: 'A', filters: 2, kernelSize: 2, strides: 2 }),
        l.flatten(),
        l.dense({ units: 1 }),
      ),
    );
  await withBuilt(build, async (model) => {
    const x = inputsOf(model, 1)[0] as NdArray;
    const own = { rectify: false, target: 0 };
    const small = await vitrine.gradCam(model, x, { ...own, size: 'layer' });
    expect(small.values.shape).toEqual([1, 2, 2, 1]);
    const { values } = await vitrine.gradCam(model, x, own);
    expect(values.shape).toEqual([1, 4, 5, 3]);
    expectNear(values.data, resizedPlaces([...small.values.data], [2, 2, 1], [4, 5, 3]), 1e-5);
  });
});

test('ablationCam of a volume: under a linear head the share of activation times gradient', async () => {
  await withBuilt(volumeModel, async (model) => {
    const x = inputsOf(model, 2)[0] as NdArray;
    const { A, g } = await valuesAndSlopes(model, x, 1);
    const { values, score } = await vitrine.ablationCam(model, x, raw);
    const slopes = channelsOf(g, 0);
    const expected = [0, 1].flatMap((example) => {
      const own = channelsOf(A, example);
      const weights = own.map(
        (plane, k) => sum(plane.map((a, p) => a * (slopes[k]?.[p] ?? 0))) / (score[example] as number),
      );
      return weightedPlanes(own, weights);
    });
    expectNear(values.data, expected, 1e-4);
  });
});

test('scoreCam of a volume: masks are the channels over all places, resized trilinearly', async () => {
  await withBuilt(volumeModel, async (model) => {
    const x = inputsOf(model, 1)[0] as NdArray;
    const { A } = await valuesAndSlopes(model, x, 1);
    const own = channelsOf(A, 0);
    const masked = own.map((channel) => {
      const mask = rescaled(resizedPlaces(channel, [3, 3, 3], [3, 6, 5]));
      return Array.from(x.data, (value, i) => value * (mask[Math.floor(i / 2)] as number));
    });
    const scores = await scoresOf(model, masked);
    const { values } = await vitrine.scoreCam(model, x, raw);
    expectNear(values.data, weightedPlanes(own, softmax(scores)), 1e-4);
    const few = await vitrine.scoreCam(model, x, { ...raw, unitCount: 2 });
    expect(few.values.shape).toEqual([1, 3, 3, 3]);
  });
});

test.each(['eigenCam', 'eigenGradCam', 'gradCam', 'scoreCam', 'ablationCam', 'finerCam'])(
  '%s of a volume of one plane is that of the picture',
  async (name) => {
    const head = () => [l.flatten(), l.dense({ units: 2 })];
    const flat = chain([5, 4, 2], l.conv2d({ name: 'A', filters: 3, kernelSize: 2, activation: 'relu' }), ...head());
    const deep = chain(
      [1, 5, 4, 2],
      l.conv3d({ name: 'A', filters: 3, kernelSize: [1, 2, 2], activation: 'relu' }),
      ...head(),
    );
    randomized(flat, 3);
    randomized(deep, 3);
    const { shape, data } = inputsOf(flat, 2)[0] as NdArray;
    const expected = await explainers(name)(flat, { shape, data }, { target: 1 });
    const { values } = await explainers(name)(deep, { shape: [2, 1, ...shape.slice(1)], data }, { target: 1 });
    expect(values.shape).toEqual([2, 1, 5, 4]);
    expectNear(values.data, expected.values.data, 1e-5);
    flat.dispose();
    deep.dispose();
  },
);

test('guidedGradCam of a volume weights every voxel', async () => {
  await withBuilt(volumeModel, async (model) => {
    const x = inputsOf(model, 1)[0] as NdArray;
    const [map, guided] = [await vitrine.gradCam(model, x), await vitrine.guidedBackprop(model, x)];
    const { values } = await vitrine.guidedGradCam(model, x);
    expect(values.shape).toEqual([1, 3, 6, 5, 2]);
    const expected = guided.values.data.map((value, i) => value * (map.values.data[i >> 1] as number));
    expectNear(values.data, expected, 1e-6);
  });
});

describe('frames of a TimeDistributed layer', () => {
  const layers = { ...raw, layer: 'frames/A' };

  test.each(Object.entries(camFormulas))('%s has the weights of each frame', async (name, formula) => {
    await withBuilt(frameModel, async (model) => {
      const x = inputsOf(model, 2)[0] as NdArray;
      const { A, g } = await valuesAndSlopes(model, x, 1);
      const { values, layout } = await explainers(name)(model, x, layers);
      expect(values.shape).toEqual([2, 3, 3, 3]);
      expect(layout).toBe('ndhw');
      const expected = framesOf(A).flatMap((frame, i) =>
        formula(channelsOf(frame, 0), channelsOf(framesOf(g)[i % 3] as NdArray, 0)),
      );
      expectNear(values.data, expected, 1e-5);
    });
  });

  test('maps are resized in each frame, and no frame reaches into the next', async () => {
    await withBuilt(frameModel, async (model) => {
      const x = inputsOf(model, 1)[0] as NdArray;
      const small = await vitrine.hiResCam(model, x, layers);
      const { values, layer } = await vitrine.hiResCam(model, x, { target: 1, rectify: false });
      expect(layer).toBe('frames');
      expect(values.shape).toEqual([1, 3, 6, 5]);
      const maps = [0, 1, 2].flatMap((t) =>
        resizedPlaces([...small.values.data.subarray(t * 9, (t + 1) * 9)], [3, 3], [6, 5]),
      );
      expectNear(values.data, maps, 1e-5);
    });
  });

  test('ablationCam takes a channel from one frame at a time', async () => {
    await withBuilt(frameModel, async (model) => {
      const x = inputsOf(model, 2)[0] as NdArray;
      const { A, g } = await valuesAndSlopes(model, x, 1);
      const { values, score } = await vitrine.ablationCam(model, x, layers);
      const expected = framesOf(A).flatMap((frame, i) => {
        const [own, slopes] = [channelsOf(frame, 0), channelsOf(framesOf(g)[i % 3] as NdArray, 0)];
        const lost = own.map((plane, k) => sum(plane.map((a, p) => a * (slopes[k]?.[p] ?? 0))));
        return weightedPlanes(
          own,
          lost.map((value) => value / (score[Math.floor(i / 3)] as number)),
        );
      });
      expectNear(values.data, expected, 1e-4);
    });
  });

  test('scoreCam masks one frame and leaves the others', async () => {
    await withBuilt(frameModel, async (model) => {
      const x = inputsOf(model, 1)[0] as NdArray;
      const { A } = await valuesAndSlopes(model, x, 1);
      const expected: number[] = [];
      for (const [t, frame] of framesOf(A).entries()) {
        const own = channelsOf(frame, 0);
        const masked = own.map((channel) => {
          const mask = rescaled(resizedPlaces(channel, [3, 3], [6, 5]));
          return Array.from(
            x.data,
            (value, i) => value * (Math.floor(i / 60) === t ? (mask[(i % 60) >> 1] as number) : 1),
          );
        });
        expected.push(...weightedPlanes(own, softmax(await scoresOf(model, masked))));
      }
      expectNear((await vitrine.scoreCam(model, x, layers)).values.data, expected, 1e-4);
    });
  });

  test('a vector for each frame is a sequence: a number for each frame', async () => {
    const inner = chain([6, 5, 2], l.conv2d({ name: 'A', filters: 3, kernelSize: 3 }), l.globalAveragePooling2d({}));
    const model = randomized(
      chain([3, 6, 5, 2], l.timeDistributed({ layer: inner, name: 'frames' }), l.flatten(), l.dense({ units: 1 })),
    );
    const x = inputsOf(model, 1)[0] as NdArray;
    const { A, g } = await valuesAndSlopes(model, x, 0);
    expect((await vitrine.hiResCam(model, x)).layer).toBe('frames/A');
    const { values, layout } = await vitrine.hiResCam(model, x, { layer: 'frames', rectify: false });
    expect(values.shape).toEqual([1, 3]);
    expect(layout).toBeUndefined();
    const expected = [0, 1, 2].map((t) =>
      sum([0, 1, 2].map((k) => (A.data[3 * t + k] as number) * (g.data[3 * t + k] as number))),
    );
    expectNear(values.data, expected, 1e-5);
    model.dispose();
  });
});

/** The logits of class 1 of three inputs. */
async function scoresOf(model: LayersModel, inputs: readonly (readonly number[])[]): Promise<number[]> {
  const y = tf.tidy(() => model.predict(tf.tensor(inputs.flat(), [3, 3, 6, 5, 2])) as tf.Tensor);
  const values = await y.data();
  y.dispose();
  return [...values].filter((_, i) => i % 2 === 1);
}

/** The frames `[1, h, w, c]` of values `[n, t, h, w, c]`. */
function framesOf({ shape, data }: NdArray): NdArray[] {
  const [count, frames, ...frame] = shape as [number, number, ...number[]];
  const size = data.length / count / frames;
  return Array.from({ length: count * frames }, (_, i) => ({
    shape: [1, ...frame],
    data: data.slice(i * size, (i + 1) * size),
  }));
}

test('a network without places says what it has', async () => {
  const model = randomized(chain([4], l.dense({ units: 3, name: 'only' }), l.dense({ units: 2 })));
  const x = inputsOf(model, 1)[0] as NdArray;
  await expect(vitrine.gradCam(model, x)).rejects.toThrow(
    '"layer" expected a layer with rows and columns before the target, got a network with "only" [n, 3]',
  );
  await expect(vitrine.gradCam(model, x, { layer: 'only' })).rejects.toThrow(
    '"layer" expected a layer with rows and columns, "only" has shape [n, 3]; this network has none',
  );
  model.dispose();
});
