import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import * as v from '../../src/attribution/index.ts';
import { reduceFeatures } from '../../src/image/maps/reduceFeatures.ts';
import { compile } from '../../src/network/compile.ts';
import type { Network } from '../../src/network/network.ts';
import type { Input, Model } from '../../src/network/types.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { Attribution, ExplainOptions } from '../../src/scoring/types.ts';
import { free } from '../oracle/building.ts';
import * as several from '../support/severalInputs.ts';

type Method = (model: Model, x: Input, options: ExplainOptions) => Promise<Attribution>;

/** The methods that give a map for each input. */
const methods: Readonly<Record<string, Method>> = {
  gradient: v.gradient,
  gradientTimesInput: v.gradientTimesInput,
  deconvnet: v.deconvnet,
  guidedBackprop: v.guidedBackprop,
  integratedGradients: (model, x, options) => v.integratedGradients(model, x, { ...options, steps: 5 }),
  expectedGradients: (model, x, options) =>
    v.expectedGradients(model, x, { ...options, samples: 5, deviation: 0.1, background: x }),
  smoothGrad: (model, x, options) => v.noiseTunnel(v.gradient, { samples: 3 })(model, x, options),
  squareGrad: (model, x, options) => v.noiseTunnel(v.gradient, { kind: 'square', samples: 3 })(model, x, options),
  varGrad: (model, x, options) => v.noiseTunnel(v.gradient, { kind: 'variance', samples: 3 })(model, x, options),
};

const cams = {
  gradCam: v.gradCam,
  gradCamPlusPlus: v.gradCamPlusPlus,
  hiResCam: v.hiResCam,
  xGradCam: v.xGradCam,
  layerCam: v.layerCam,
  elementWiseCam: v.elementWiseCam,
  eigenCam: v.eigenCam,
  eigenGradCam: v.eigenGradCam,
};

async function withModel(model: LayersModel, run: (model: LayersModel) => Promise<void>): Promise<void> {
  try {
    await run(model);
  } finally {
    free(model);
  }
}

/** The maps of all inputs, one after the other. */
function mapsOf({ inputs, values }: Attribution): readonly [NdArray, ...NdArray[]] {
  return (inputs ?? [values]) as unknown as [NdArray, ...NdArray[]];
}

function dataOf(attribution: Attribution): number[] {
  return mapsOf(attribution).flatMap(({ data }) => [...data]);
}

function array(shape: readonly number[], ...values: number[]): NdArray {
  return { shape, data: Float32Array.from(values) };
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}

function row({ shape, data }: NdArray, example: number): NdArray {
  const size = data.length / (shape[0] as number);
  return { shape: [1, ...shape.slice(1)], data: data.slice(example * size, (example + 1) * size) };
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  expect(actual.length).toBe(expected.length);
  const scale = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  const gaps = Array.from(expected, (value, i) => Math.abs((actual[i] as number) - value) / scale);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(tolerance);
}

describe('a map for each input, of tokens [n, tokens, features]', () => {
  test.each(Object.keys(methods))('%s: shapes, shares, examples on their own', async (name) => {
    await withModel(several.pictureAndWords(), async (model) => {
      const method = methods[name] as Method;
      const x = several.examplesOf(model, 3);
      const found = await method(model, x, { target: 1, batchSize: 3 });
      expect(found.inputs?.map(({ shape }) => shape)).toEqual([
        [3, 6, 7, 2],
        [3, 4, 3],
      ]);
      expect(found.values).toBe(found.inputs?.[0]);
      expect(found.shares?.shape).toEqual([3, 2]);
      for (let example = 0; example < 3; example++) {
        const parts = (found.inputs ?? []).map((map) => sum(row(map, example).data.map(Math.abs)));
        const shares = row(found.shares as NdArray, example).data;
        expect(sum(shares)).toBeCloseTo(1, 5);
        expectClose(
          shares,
          parts.map((part) => part / sum(parts)),
        );
      }
      const apart = await method(model, x, { target: 1, batchSize: 1 });
      expectClose(dataOf(apart), dataOf(found));
      // The background of the examples would be another one.
      if (name === 'expectedGradients') return;
      const alone = await method(
        model,
        x.map((input) => row(input, 0)),
        { target: 1 },
      );
      mapsOf(found).forEach((map, i) => expectClose(mapsOf(alone)[i]?.data ?? [], row(map, 0).data, 1e-4));
    });
  });

  test.each(Object.keys(methods))('%s of a network that only reads', async (name) => {
    await withModel(several.textNetwork(), async (model) => {
      const [words] = several.examplesOf(model, 2) as [NdArray];
      // Guided backpropagation of the other two finds nothing.
      const { values, inputs, shares } = await (methods[name] as Method)(model, words, { target: 2 });
      expect(values.shape).toEqual([2, 8, 3]);
      expect(values.data.some((value) => value !== 0)).toBe(true);
      expect([inputs, shares]).toEqual([undefined, undefined]);
    });
  });
});

describe('gradient(model, [picture, words]): central differences in the picture and at the embedding', () => {
  test.each([
    ['a picture and words', () => several.pictureAndWords('tanh'), ['picture', 'words']],
    ['words alone', () => several.textNetwork('tanh'), ['words']],
    ['one embedding for two questions', several.sharedWords, ['words', 'words#1']],
    ['words moved before they are looked up', several.movedWords, ['words']],
  ] as const)('%s', async (_title, build, layers) => {
    await withModel(build(), async (model) => {
      const network = compile(model);
      const x = several.examplesOf(model, 1, 4);
      const { values, inputs = [values] } = await v.gradient(network, x, { target: 1 });
      expect(inputs).toHaveLength(layers.length);
      for (const [i, layer] of layers.entries()) {
        const map = inputs[i] as NdArray;
        expectClose(map.data, await differences(network, x, { layer, target: 1 }), 2e-3);
      }
      network.dispose();
    });
  });
});

/** (F(v + h) − F(v − h)) / 2h for each element of a layer's value at x, which has one example. */
async function differences(
  network: Network,
  x: readonly NdArray[],
  { layer, target, step = 1e-2 }: { layer: string; target: number; step?: number },
): Promise<Float32Array> {
  const [site, { logits }] = [network.site(layer), network.heads[0] as Network['heads'][number]];
  const scores = tf.tidy(() => {
    const inputs = x.map(({ shape, data }) => tf.tensor(data, [...shape]));
    const value = network.forward(inputs, { taps: [site] }).value(site);
    const size = value.size;
    const steps = tf.mul(tf.concat([tf.eye(size), tf.neg(tf.eye(size))]), step);
    const moved = tf.reshape(tf.add(tf.reshape(value, [1, size]), steps), [2 * size, ...value.shape.slice(1)]);
    const repeated = inputs.map((tensor) => tf.tile(tensor, [2 * size, ...tensor.shape.slice(1).map(() => 1)]));
    const record = network.forward(repeated, { taps: [logits], from: new Map([[site, moved]]) });
    const [up, down] = tf.split(tf.slice(record.value(logits), [0, target], [-1, 1]), 2) as [tf.Tensor, tf.Tensor];
    return tf.div(tf.sub(up, down), 2 * step);
  });
  const data = (await scores.data()) as Float32Array;
  scores.dispose();
  return data;
}

describe('completeness over all inputs', () => {
  test('integratedGradients(…, { baseline: [picture, token] }): Σ over both maps = F(x) − F(baseline)', async () => {
    await withModel(several.pictureAndWords('tanh'), async (model) => {
      const x = several.examplesOf(model, 2);
      const { inputs, score, delta, target } = await v.integratedGradients(model, x, { baseline: [0.25, 6] });
      const baseline = x.map(({ shape, data }, i) => ({ shape, data: data.map(() => (i === 0 ? 0.25 : 6)) }));
      const origin = await v.gradient(model, baseline, { target: [...(target as Int32Array)] });
      for (let example = 0; example < 2; example++) {
        const total = sum((inputs ?? []).map((map) => sum(row(map, example).data)));
        const gain = (score[example] as number) - (origin.score[example] as number);
        expect(Math.abs(gain)).toBeGreaterThan(0.01);
        expect(Math.abs(total - gain)).toBeLessThan(1e-4);
        expect(Math.abs(delta?.[example] as number)).toBeLessThan(1e-4);
      }
    });
  });

  test('integratedGradients of words alone, from the first token by default', async () => {
    await withModel(several.textNetwork('tanh'), async (model) => {
      const [words] = several.examplesOf(model, 1) as [NdArray];
      const { values, score, target } = await v.integratedGradients(model, words);
      const padding = { shape: words.shape, data: new Float32Array(words.data.length) };
      const origin = await v.gradient(model, padding, { target: [...(target as Int32Array)] });
      expect(Math.abs(sum(values.data) - (score[0] as number) + (origin.score[0] as number))).toBeLessThan(1e-4);
      // A word that is the padding has gone no way.
      const perWord = reduceFeatures(values, 'maxAbs').data;
      words.data.forEach((token, i) => expect((perWord[i] as number) === 0).toBe(token === 0));
    });
  });

  test('expectedGradients: the gap closes with the samples', async () => {
    await withModel(several.pictureAndWords('tanh'), async (model) => {
      const [x, background] = [several.examplesOf(model, 1), several.examplesOf(model, 3, 2)];
      const gap = async (samples: number): Promise<number> => {
        const { delta } = await v.expectedGradients(model, x, { background, samples, batchSize: 50 });
        return Math.abs(delta?.[0] as number);
      };
      const [few, many] = [await gap(3), await gap(3000)];
      expect(many).toBeLessThan(few / 10);
      expect(many).toBeLessThan(1e-3);
    });
  });

  test('fullGrad(…).totals and implicit hold the score; the map is of the picture', async () => {
    await withModel(several.pictureAndWords(), async (model) => {
      const { values, totals, implicit, score, inputs } = await v.fullGrad(model, several.examplesOf(model, 2));
      score.forEach((value, i) => {
        expect(Math.abs(sum(row(totals, i).data) + (implicit[i] as number) - value)).toBeLessThan(1e-4);
      });
      // A product of two halves counts twice in its gradients.
      expect(implicit.every((value) => value !== 0)).toBe(true);
      expect(values.shape).toEqual([2, 6, 7]);
      expect(inputs).toBeUndefined();
    });
  });
});

// F = Σ w·picture + Σ u·E[word]: the embedding holds (0, 0), (1, −2), (3, 0.5).
const weights = [1, -2, 0.5, 3, 2, -1, 4, 0.25];
const [picture, words] = [array([1, 2, 2, 1], 1, 2, -1, 0.5), array([1, 2], 2, 1)];

async function withAdditive(run: (model: LayersModel) => Promise<void>): Promise<void> {
  await withModel(several.additive(), async (model) => {
    tf.tidy(() =>
      model.setWeights([tf.tensor([0, 0, 1, -2, 3, 0.5], [3, 2]), tf.tensor(weights, [weights.length, 1])]),
    );
    await run(model);
  });
}

describe('a sum over a picture and words', () => {
  const expected: readonly [string, (model: LayersModel) => Promise<Attribution>, number[], number[]][] = [
    ['gradient', (model) => v.gradient(model, [picture, words]), [1, -2, 0.5, 3], [2, -1, 4, 0.25]],
    [
      'gradientTimesInput',
      (model) => v.gradientTimesInput(model, [picture, words]),
      [1, -4, -0.5, 1.5],
      [6, -0.5, 4, -0.5],
    ],
    [
      'integratedGradients { baseline: [1, 1] }',
      (model) => v.integratedGradients(model, [picture, words], { baseline: [1, 1] }),
      [0, -2, -1, -1.5],
      [4, -2.5, 0, 0],
    ],
    [
      'expectedGradients',
      (model) =>
        v.expectedGradients(model, [picture, words], {
          samples: 3,
          background: [array([2, 2, 1], 1, 1, 1, 1), array([2], 1, 1)],
        }),
      [0, -2, -1, -1.5],
      [4, -2.5, 0, 0],
    ],
    ['smoothGrad', (model) => v.smoothGrad(model, [picture, words]), [1, -2, 0.5, 3], [2, -1, 4, 0.25]],
    ['varGrad', (model) => v.varGrad(model, [picture, words]), [0, 0, 0, 0], [0, 0, 0, 0]],
  ];

  test.each(expected)('%s', async (_name, explain, ofPicture, ofWords) => {
    await withAdditive(async (model) => {
      const found = await explain(model);
      expectClose(dataOf(found), [...ofPicture, ...ofWords]);
      const [a, b] = [ofPicture, ofWords].map((values) => sum(values.map(Math.abs))) as [number, number];
      // Nothing on either side leaves nothing to share.
      expectClose(found.shares?.data ?? [], a + b === 0 ? [0, 0] : [a / (a + b), b / (a + b)]);
      expectClose(found.score, [-2 + 9]);
    });
  });

  test('an input without weight has no share', async () => {
    await withAdditive(async (model) => {
      tf.tidy(() => model.setWeights([tf.ones([3, 2]), tf.tensor([1, 1, 1, 1, 0, 0, 0, 0], [8, 1])]));
      const found = await v.gradientTimesInput(model, [picture, words]);
      expect(dataOf(found).slice(4)).toEqual([0, 0, 0, 0]);
      expect([...(found.shares?.data ?? [])]).toEqual([1, 0]);
    });
  });
});

describe('noise on words is noise at their embedding', () => {
  const squares = (outputs: readonly tf.Tensor[]): tf.Tensor => tf.sum(tf.square(outputs[0] as tf.Tensor), 1);
  const lookUp = (): LayersModel =>
    tfl.sequential({
      layers: [tfl.layers.embedding({ inputDim: 3, outputDim: 2, inputLength: 2 }), tfl.layers.flatten()],
    });

  test('noiseTunnel(gradient) of Σ e²: mean 2e, variance 4σ², σ a share of the range of e', async () => {
    await withModel(lookUp(), async (model) => {
      tf.tidy(() => model.setWeights([tf.tensor([0, 0, 1, -2, 3, 0.5], [3, 2])]));
      const run = async (kind: 'smooth' | 'variance'): Promise<Float32Array> => {
        const options = { kind, samples: 400, noise: 0.1 };
        return (await v.noiseTunnel(v.gradient, options)(model, words, { target: squares })).values.data;
      };
      const sigma = 0.1 * (3 - -2);
      // Three standard errors of 400 samples.
      (await run('smooth')).forEach((value, i) => {
        expect(Math.abs(value - 2 * ([3, 0.5, 1, -2][i] as number))).toBeLessThan((3 * 2 * sigma) / 20);
      });
      (await run('variance')).forEach((value) => {
        expect(Math.abs(value / (4 * sigma ** 2) - 1)).toBeLessThan(3 * Math.sqrt(2 / 399));
      });
    });
  });

  test('noiseTunnel(explainer, { noise: 0 }) is the explainer', async () => {
    await withModel(several.pictureAndWords(), async (model) => {
      const x = several.examplesOf(model, 2);
      const [plain, through] = [
        await v.gradient(model, x),
        await v.noiseTunnel(v.gradient, { noise: 0, samples: 2 })(model, x),
      ];
      expectClose(dataOf(through), dataOf(plain));
    });
  });

  test('expectedGradients { deviation } moves the words that it is for', async () => {
    await withAdditive(async (model) => {
      const background = [picture, words];
      const run = async (deviation: readonly number[]): Promise<readonly NdArray[]> =>
        mapsOf(await v.expectedGradients(model, [picture, words], { background, deviation, samples: 2 }));
      const silent = ({ data }: NdArray): boolean => data.every((value) => value === 0);
      expect((await run([0, 0.5])).map(silent)).toEqual([true, false]);
      expect((await run([0.5, 0])).map(silent)).toEqual([false, true]);
    });
  });
});

describe('class activation maps', () => {
  test.each(Object.entries(cams))('%s of a picture and words is of the picture', async (_name, cam) => {
    await withModel(several.pictureAndWords(), async (model) => {
      const x = several.examplesOf(model, 2);
      const { values, layer, inputs } = await cam(model, x);
      expect([layer, values.shape, inputs]).toEqual(['conv2', [2, 6, 7], undefined]);
      const swapped = await cam(model, x, { layer: 'conv1', size: 'layer' });
      expect(swapped.values.shape).toEqual([2, 4, 5]);
      expect((await cam(model, x, { layer: 'words' })).values.shape).toEqual([2, 4]);
    });
  });

  test.each(Object.entries(cams))('%s of words alone has a number per word', async (_name, cam) => {
    await withModel(several.textNetwork(), async (model) => {
      const [words] = several.examplesOf(model, 2) as [NdArray];
      const { values, layer } = await cam(model, words, { rectify: false });
      expect([layer, values.shape]).toEqual(['conv', [2, 8]]);
      expect((await cam(model, words, { rectify: false, size: 'layer' })).values.shape).toEqual([2, 6]);
    });
  });

  test('gradCam over words with a pooling head: Σ map + bias = logit', async () => {
    await withModel(several.textNetwork(), async (model) => {
      const [words] = several.examplesOf(model, 1) as [NdArray];
      const { values, score, target } = await v.gradCam(model, words, { rectify: false, size: 'layer' });
      const bias = (await model.getLayer('head').getWeights()[1]?.data()) as Float32Array;
      const total = sum(values.data) + (bias[target?.[0] as number] as number);
      expect(Math.abs(total - (score[0] as number))).toBeLessThan(1e-5);
    });
  });

  test('a convolution of pictures as wide as the embedding has a number per word', async () => {
    const { layers } = tfl;
    const model = tfl.sequential({
      layers: [
        layers.embedding({ inputDim: several.vocabulary, outputDim: 3, inputLength: 6 }),
        layers.reshape({ targetShape: [6, 3, 1] }),
        layers.conv2d({ filters: 4, kernelSize: [2, 3], activation: 'relu', name: 'conv' }),
        layers.globalAveragePooling2d({}),
        layers.dense({ units: 2, activation: 'softmax' }),
      ],
    });
    await withModel(model, async () => {
      const { values, layer } = await v.gradCam(model, array([6], 1, 2, 3, 4, 5, 6));
      expect([layer, values.shape]).toEqual(['conv', [1, 6]]);
    });
  });

  test('guidedGradCam weights the picture; the words keep guided backpropagation', async () => {
    await withModel(several.pictureAndWords(), async (model) => {
      const x = several.examplesOf(model, 2);
      const { inputs, values, layer, shares } = await v.guidedGradCam(model, x);
      const [cam, guided] = [await v.gradCam(model, x), await v.guidedBackprop(model, x)];
      expectClose(
        values.data,
        guided.values.data.map((value, i) => value * (cam.values.data[i >> 1] as number)),
      );
      expect(inputs?.[1]).toEqual(guided.inputs?.[1]);
      expect([layer, shares]).toEqual(['conv2', undefined]);
    });
  });

  test('guidedGradCam of words alone weights each word', async () => {
    await withModel(several.textNetwork(), async (model) => {
      const [words] = several.examplesOf(model, 1) as [NdArray];
      const [cam, guided] = [await v.gradCam(model, words), await v.guidedBackprop(model, words)];
      expectClose(
        (await v.guidedGradCam(model, words)).values.data,
        guided.values.data.map((value, i) => value * (cam.values.data[Math.floor(i / 3)] as number)),
      );
    });
  });
});

describe('words that two embeddings look up', () => {
  test('ask for one of them', async () => {
    await withModel(several.wordsReadTwice(), async (model) => {
      const x = several.examplesOf(model, 1);
      const message = '"layer" expected one of content, context: input "question" holds tokens';
      for (const method of [v.gradient, v.guidedBackprop, v.integratedGradients, v.smoothGrad] as const) {
        await expect(method(model, x)).rejects.toThrow(message);
        expect((await method(model, x, { layer: 'context' })).values.shape).toEqual([1, 3, 2]);
      }
      await expect(v.expectedGradients(model, x, { background: x })).rejects.toThrow(message);
    });
  });
});

describe('tokens', () => {
  test.each([
    [[0, 1, 2, 7], '"x[1]" expected token numbers in 0..6 for input "question", got 7'],
    [[0, 1, 2, -1], 'got -1'],
    [[0, 1, 0.5, 1], 'got 0.5'],
  ])('%j are refused', async (tokens, message) => {
    await withModel(several.pictureAndWords(), async (model) => {
      const [picture] = several.examplesOf(model, 1) as [NdArray];
      await expect(v.gradient(model, [picture, array([1, 4], ...tokens)])).rejects.toThrow(message);
    });
  });

  test.each([
    ['uniform', '"baseline[1]" expected token numbers in 0..6 for input "question", got '],
    [0.5, '"baseline[1]" expected token numbers in 0..6 for input "question", got 0.5'],
    ['mean', `"baseline" expected an input with positions for 'mean', got shape [1, 4]`],
    ['blur', `"baseline" expected an image or a volume for 'blur', got shape [1, 4]`],
  ] as const)('%s is no baseline of them', async (baseline, message) => {
    await withModel(several.pictureAndWords(), async (model) => {
      const [picture] = several.examplesOf(model, 1) as [NdArray];
      const x = [picture, array([1, 4], 0, 1, 2, 6)];
      await expect(v.integratedGradients(model, x, { baseline })).rejects.toThrow(message);
      const { values } = await v.integratedGradients(model, x, { baseline: [baseline, 0], steps: 2 });
      expect(values.shape).toEqual([1, 6, 7, 2]);
    });
  });

  test('a background must hold them too', async () => {
    await withModel(several.textNetwork(), async (model) => {
      const [words] = several.examplesOf(model, 1) as [NdArray];
      const background = { shape: words.shape, data: words.data.map((token) => token + 0.5) };
      await expect(v.expectedGradients(model, words, { background })).rejects.toThrow(
        '"background" expected token numbers',
      );
    });
  });
});

test.each([
  ['one deviation for each input', { deviation: [0.1] }, '"deviation" expected one for each of 2 input(s), got 1'],
  ['deviations of at least zero', { deviation: [0, -1] }, '"deviation" expected a finite number of at least 0, got -1'],
])('expectedGradients asks for %s', async (_what, options, message) => {
  await withModel(several.pictureAndWords(), async (model) => {
    const x = several.examplesOf(model, 1);
    await expect(v.expectedGradients(model, x, { background: x, ...options })).rejects.toThrow(message);
  });
});

test('fullGrad asks for one picture', async () => {
  await withModel(several.textNetwork(), async (model) => {
    await expect(v.fullGrad(model, several.examplesOf(model, 1))).rejects.toThrow(
      '"model" expected one input of images or volumes, got inputs of shape [1, 8]',
    );
  });
});
