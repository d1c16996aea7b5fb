import type { LayersModel } from '@tensorflow/tfjs-layers';
import { initializers, input, layers as l, model as modelOf } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gradCam, gradient, guidedBackprop } from '../../src/attribution/index.ts';
import { reduceChannels } from '../../src/image/maps/reduceChannels.ts';
import { mapSimilarity, modelRandomization } from '../../src/metrics/index.ts';
import { compile } from '../../src/network/compile.ts';
import type { Model } from '../../src/network/types.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import type { Explainer } from '../../src/scoring/types.ts';
import { free } from '../oracle/building.ts';
import { custom, Stuck } from '../oracle/layers.ts';
import { thorough } from '../support/backend.ts';
import { fixtureModel } from '../support/models.ts';

const count = thorough ? 4 : 1;
const x: NdArray = {
  shape: [count, 16, 16, 3],
  data: Float32Array.from({ length: count * 768 }, random(1).normal),
};
const mean = (values: Iterable<number>): number => {
  const list = [...values];
  return list.reduce((sum, value) => sum + value, 0) / list.length;
};
/** The mean over the examples at each point of the curve. */
const columns = ({ shape: [rows = 0, width = 0], data }: NdArray): number[] =>
  Array.from({ length: width }, (_, k) => mean(Array.from({ length: rows }, (_, i) => data[i * width + k] as number)));

let model: LayersModel;
beforeAll(async () => {
  model = await fixtureModel('vgg-tiny');
});
afterAll(() => model.dispose());

test('modelRandomization(…) of the gradient goes to 0 from the output down', async () => {
  const { layers, curve, score, higherIsBetter } = await modelRandomization(model, x, { explainer: gradient });
  expect(layers).toEqual(['predictions', 'fc1', 'conv3', 'conv2', 'conv1']);
  expect(curve.shape).toEqual([count, 5]);
  expect(Math.abs(columns(curve).at(-1) as number)).toBeLessThan(0.15);
  expect([...score]).toEqual(Array.from({ length: count }, (_, i) => curve.data[5 * i + 4]));
  expect(higherIsBetter).toBe(false);
});

test.runIf(thorough)('guided backpropagation hardly notices that the upper layers are gone; others do', async () => {
  const layers = ['predictions', 'fc1', 'conv3'];
  const similarity = async (explainer: Explainer): Promise<number> => {
    const { curve } = await modelRandomization(model, x, { explainer, layers });
    return mean(columns(curve));
  };
  const raw: Explainer = (network, input, options) => gradCam(network, input, { ...options, rectify: false });
  const [guided, plain, cam] = [await similarity(guidedBackprop), await similarity(gradient), await similarity(raw)];
  expect(guided).toBeGreaterThan(0.7);
  expect(Math.abs(plain)).toBeLessThan(0.2);
  expect(Math.abs(cam)).toBeLessThan(0.5);
});

test('the weights that an explainer meets are those of the layers, in another order', async () => {
  const network = compile(model);
  const weightsIn = async (view: Model): Promise<Record<string, number[]>> => {
    const entries = (view as typeof network).operations.flatMap(({ address, parameters: { kernel } }) =>
      kernel ? [kernel.data().then((values) => [address, [...values]] as [string, number[]])] : [],
    );
    return Object.fromEntries(await Promise.all(entries));
  };
  const met: Record<string, number[]>[] = [];
  const explainer: Explainer = async (view, input, options) => {
    met.push(await weightsIn(view));
    return gradient(view, input, options);
  };
  await modelRandomization(network, x, { explainer, layers: ['fc1', 'conv1'] });
  const [before, one, both] = met as [Record<string, number[]>, Record<string, number[]>, Record<string, number[]>];
  expect(one).toEqual({ ...before, fc1: one.fc1 });
  expect(both).toEqual({ ...before, fc1: one.fc1, conv1: both.conv1 });
  for (const layer of ['fc1', 'conv1']) {
    expect(both[layer]).not.toEqual(before[layer]);
    expect(both[layer]?.toSorted()).toEqual(before[layer]?.toSorted());
  }
  network.dispose();
});

test.runIf(thorough)(
  'independent: each layer alone, the mean for the score, the same order as in a cascade',
  async () => {
    const layers = ['conv2', 'predictions'];
    const options = { explainer: gradient, layers, randomize: 'independent' } as const;
    const { curve, score } = await modelRandomization(model, x, options);
    const cascade = await modelRandomization(model, x, { explainer: gradient, layers });
    expect(curve.data[0]).toBe(cascade.curve.data[0]);
    expect(curve.data[1]).not.toBe(cascade.curve.data[1]);
    expect(score[0]).toBeCloseTo(mean(curve.data.subarray(0, 2)), 5);
  },
);

test.runIf(thorough)('prepare and similarity say what is compared', async () => {
  const prepare = (map: NdArray): NdArray => reduceChannels(map, 'maxAbs');
  const maps: NdArray[] = [];
  const explainer: Explainer = async (view, input, options) => {
    const found = await guidedBackprop(view, input, options);
    maps.push(prepare(found.values));
    return found;
  };
  const options = { explainer, layers: ['fc1'], prepare, similarity: 'ssim' } as const;
  const { score } = await modelRandomization(model, x, options);
  expect(score).toEqual(mapSimilarity(maps[0] as NdArray, maps[1] as NdArray, { similarity: 'ssim' }).score);
});

test('calls of a shared layer get the same new weights, batch normalisation its scale and shift', async () => {
  const start = input({ shape: [6, 6, 2] });
  const shared = l.conv2d({ filters: 2, kernelSize: 3, padding: 'same', name: 'shared' });
  const norm = l.batchNormalization({ name: 'norm' });
  const twice = shared.apply(norm.apply(shared.apply(start))) as typeof start;
  const scores = l.dense({ units: 3, name: 'scores' }).apply(l.flatten().apply(twice)) as typeof start;
  const net = modelOf({ inputs: start, outputs: scores });
  const examples = { shape: [1, 6, 6, 2], data: Float32Array.from({ length: 72 }, random(2).normal) };
  const kernels: (readonly unknown[])[] = [];
  const explainer: Explainer = async (view, given, options) => {
    const convolutions = (view as ReturnType<typeof compile>).operations.filter(({ kind }) => kind === 'conv2d');
    kernels.push(await Promise.all(convolutions.map(({ parameters }) => parameters.kernel?.data())));
    return gradient(view, given, options);
  };
  const { layers } = await modelRandomization(net, examples, { explainer });
  expect(layers).toEqual(['scores', 'shared', 'norm']);
  for (const [one, two] of kernels) expect(one).toEqual(two);
  expect(kernels[2]).not.toEqual(kernels[0]);
  free(net);
});

test('layers whose weights cannot be reached are named, unless others are chosen', async () => {
  class Weighted extends Stuck {
    static override readonly className = 'Weighted';
    override build(shape: number[]): void {
      this.addWeight('factor', [1], 'float32', initializers.ones());
      super.build(shape);
    }
  }
  const start = input({ shape: [4] });
  const odd = custom(Weighted, 'odd').apply(l.dense({ units: 3, name: 'below' }).apply(start)) as typeof start;
  const net = modelOf({ inputs: start, outputs: odd });
  const point = { shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) };
  await expect(modelRandomization(net, point, { explainer: gradient })).rejects.toThrow(
    'the weights of layer "odd" (Weighted) cannot be replaced; name others in "layers": below',
  );
  net.dispose();
});
