import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { input, layers as l, model as modelOf } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { gradient } from '../../src/attribution/gradient/gradient.ts';
import { rise } from '../../src/attribution/perturbation/randomMasks/rise.ts';
import { compile } from '../../src/network/compile.ts';
import { predict } from '../../src/network/predict.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import type { ExplainOptions, Target } from '../../src/scoring/types.ts';
import { apply, conv, free, inputsOf, randomized } from '../oracle/building.ts';
import { expectClose } from '../support/close.ts';

const features = (x: SymbolicTensor): SymbolicTensor => apply(l.flatten(), apply(conv({ activation: 'relu' }), x));

function modelWith(...ends: ((x: SymbolicTensor) => SymbolicTensor)[]): LayersModel {
  const x = input({ shape: [6, 6, 2] });
  return randomized(modelOf({ inputs: x, outputs: ends.map((end) => end(x)) }), 8);
}

const dense =
  (name: string, units: number, activation: 'linear' | 'softmax' | 'sigmoid' | 'relu' = 'linear') =>
  (x: SymbolicTensor): SymbolicTensor =>
    apply(l.dense({ name, units, activation }), features(x));

/** The outputs of tfjs. */
async function byTfjs(model: LayersModel, x: NdArray): Promise<readonly Float32Array[]> {
  const found = tf.tidy(() => [model.predict(tf.tensor(x.data, [...x.shape]))].flat());
  const values = await Promise.all(found.map((tensor) => tensor.data()));
  tf.dispose(found);
  return values as Float32Array[];
}

const softmax = (row: readonly number[]): number[] => {
  const powers = row.map(Math.exp);
  return powers.map((power) => power / powers.reduce((sum, other) => sum + other, 0));
};

describe('boxes and dense maps', () => {
  const boxes = (x: SymbolicTensor): SymbolicTensor =>
    apply(l.reshape({ targetShape: [12, 7], name: 'boxes' }), apply(l.conv2d({ filters: 7, kernelSize: [4, 3] }), x));
  const map = (x: SymbolicTensor): SymbolicTensor =>
    apply(l.conv2d({ filters: 3, kernelSize: 3, activation: 'softmax', name: 'map' }), x);

  const units: readonly [string, Target, number, (y: readonly Float32Array[]) => number | undefined][] = [
    ['a value of a box', { layer: 'boxes', unit: 3, position: [5] }, 0, ([y]) => y?.[5 * 7 + 3]],
    ['a value of all boxes', { layer: 'boxes', unit: 3, position: 'sum' }, 0, ([y]) => sumOf(y, 3, 7)],
    [
      'a function of boxes',
      ([y]) => tf.squeeze(tf.slice(y as Tensor, [0, 5, 3], [-1, 1, 1]), [1, 2]),
      0,
      ([y]) => y?.[5 * 7 + 3],
    ],
    ['the class of a pixel', { layer: 'map', unit: 2, position: [1, 3] }, 1, ([, y]) => y?.[(1 * 4 + 3) * 3 + 2]],
    ['the mean of a class over pixels', { layer: 'map', unit: 2 }, 1, ([, y]) => (sumOf(y, 2, 3) as number) / 16],
  ];

  test.each(units)('%s is explained as the model has it', async (_name, target, _output, expected) => {
    const model = modelWith(boxes, map);
    const [x] = inputsOf(model, 1) as [NdArray];
    const wanted = { shape: [1], data: Float32Array.of(expected(await byTfjs(model, x)) as number) };
    for (const method of [
      gradient,
      (...call: Parameters<typeof rise>) => rise(call[0], call[1], { ...call[2], samples: 4 }),
    ]) {
      const { score, target: classes } = await method(model, x, { target });
      await expectClose({ shape: [1], data: score }, wanted);
      expect(classes).toBeNull();
    }
    free(model);
  });

  test('the slopes of a value of a box are the weights of the convolution in its window', async () => {
    const model = modelWith(boxes);
    const [x] = inputsOf(model, 1) as [NdArray];
    const [weights] = (model.layers[1] as (typeof model.layers)[0]).getWeights();
    const kernel = await (weights as Tensor).data();
    // Box 5 of 3 × 4 places is that of row 1 and column 1.
    const slopes = new Float32Array(x.data.length);
    for (let row = 0; row < 4; row++) {
      for (let column = 0; column < 3; column++) {
        for (const channel of [0, 1]) {
          const weight = kernel[((row * 3 + column) * 2 + channel) * 7 + 3] as number;
          slopes[((1 + row) * 6 + 1 + column) * 2 + channel] = weight;
        }
      }
    }
    const { values } = await gradient(model, x, { target: { layer: 'boxes', unit: 3, position: [5] } });
    await expectClose(values, { shape: x.shape, data: slopes });
    free(model);
  });

  const refused: readonly [string, ExplainOptions, string][] = [
    [
      'a class',
      { target: 3 },
      '"target" expected an output with one score per class, but "boxes" has shape [n, 12, 7]; give {layer: "boxes", unit, position: [index]} or a function',
    ],
    [
      'a row and a column in a list',
      { target: { layer: 'boxes', unit: 3, position: [5, 0] } },
      '"target.position" expected [index], one number that picks one of the 12 places in layer "boxes" of shape [n, 12, 7], got [5, 0]',
    ],
    [
      'a box that is none',
      { target: { layer: 'boxes', unit: 3, position: [12] } },
      '"target.position[0]" expected an integer in 0..11, got 12',
    ],
    [
      'a class of a map',
      { target: { output: 1, target: 0 } },
      'but "map" has shape [n, 4, 4, 3]; give {layer: "map", unit, position: [row, column]}',
    ],
  ];
  test.each(refused)('%s is refused', async (_name, options, message) => {
    const model = modelWith(boxes, map);
    await expect(gradient(model, inputsOf(model, 1)[0] as NdArray, options)).rejects.toThrow(message);
    free(model);
  });
});

function sumOf(values: Float32Array | undefined, unit: number, units: number): number | undefined {
  return values?.reduce((sum, value, i) => (i % units === unit ? sum + value : sum), 0);
}

describe('two outputs, a softmax and a box', () => {
  test.each([
    ['the class', { output: 0, target: 1 }, ([p]: readonly Float32Array[]) => p?.[1]],
    ['the box', { output: 'box', target: 2 }, ([, box]: readonly Float32Array[]) => box?.[2]],
  ] as const)('a method on probabilities explains %s as the model has it', async (_name, target, expected) => {
    const model = modelWith(dense('scores', 3, 'softmax'), dense('box', 4));
    const [x] = inputsOf(model, 1) as [NdArray];
    const { score } = await rise(model, x, { target, samples: 4 });
    const wanted = { shape: [1], data: Float32Array.of(expected(await byTfjs(model, x)) as number) };
    await expectClose({ shape: [1], data: score }, wanted);
    free(model);
  });

  test('what an output holds is said of the one that is explained', async () => {
    const model = modelWith(dense('scores', 3, 'softmax'), dense('box', 4));
    const [x] = inputsOf(model, 1) as [NdArray];
    const target = { output: 1, target: 2 };
    const { score } = await rise(model, x, { target, output: 'logits', samples: 4 });
    const [, box] = await byTfjs(model, x);
    const wanted = { shape: [1], data: Float32Array.of(softmax([...(box as Float32Array)])[2] as number) };
    await expectClose({ shape: [1], data: score }, wanted);
    await expect(rise(model, x, { output: 'logits' })).rejects.toThrow(`"output" expected 'probabilities' or 'values'`);
    free(model);
  });
});

describe('compile(model, { output })', () => {
  test('holds for all calls but those that say something else', async () => {
    const model = modelWith(dense('y', 3));
    const network = compile(model, { output: 'logits' });
    const [x] = inputsOf(model, 1) as [NdArray];
    const [y] = await byTfjs(model, x);
    const scoreOf = async (options: ExplainOptions): Promise<number> =>
      (await rise(network, x, { target: 1, samples: 4, ...options })).score[0] as number;
    expect(await scoreOf({})).toBeCloseTo(softmax([...(y as Float32Array)])[1] as number, 5);
    expect(await scoreOf({ output: 'values' })).toBeCloseTo(y?.[1] as number, 5);
    expect(await scoreOf({ scale: 'logit' })).toBeCloseTo(y?.[1] as number, 5);
    network.dispose();
    free(model);
  });
});

describe('predict(model, x, { output, scale })', () => {
  test('an output by the name of its layer, also where that is a word for what outputs hold', async () => {
    const model = modelWith(dense('first', 2), dense('logits', 3));
    const [x] = inputsOf(model, 2) as [NdArray];
    const [, second] = await byTfjs(model, x);
    const { values } = await predict(model, x, { output: 'logits' });
    await expectClose(values, { shape: [2, 3], data: second as Float32Array });
    free(model);
  });

  test('a word says what the first output holds', async () => {
    const model = modelWith(dense('y', 3, 'softmax'));
    const [x] = inputsOf(model, 1) as [NdArray];
    const [y] = (await byTfjs(model, x)) as [Float32Array];
    const { values } = await predict(model, x, { output: 'values', scale: 'logit' });
    await expectClose(values, { shape: [1, 3], data: y });
    await expect(predict(model, x, { output: 'values', scale: 'probability' })).rejects.toThrow(
      `"scale" expected 'logit' for output "y" (3 values as they are), got "probability"`,
    );
    await expect(predict(model, x, { output: 'logits' })).rejects.toThrow(
      `"output" expected 'probabilities' or 'values'`,
    );
    free(model);
  });

  test('a mean of sigmoids of one unit has two classes', async () => {
    const model = modelWith((x) => {
      const members = ['a', 'b'].map((name) => dense(name, 1, 'sigmoid')(x));
      return apply(l.average({ name: 'y' }), members);
    });
    const [x] = inputsOf(model, 1) as [NdArray];
    const [[p]] = (await byTfjs(model, x)) as unknown as [[number]];
    const scoreOf = async (options: ExplainOptions): Promise<number> =>
      (await gradient(model, x, options)).score[0] as number;
    expect(await scoreOf({ target: 1 })).toBeCloseTo(p, 5);
    expect(await scoreOf({ target: 0 })).toBeCloseTo(1 - p, 5);
    expect(await scoreOf({ target: 0, scale: 'logProbability' })).toBeCloseTo(Math.log(1 - p), 5);
    await expect(scoreOf({ target: 0, scale: 'logit' })).rejects.toThrow(
      `"scale" expected 'probability' or 'logProbability' for output "y" (probability of class 1, without logits), got "logit"`,
    );
    free(model);
  });
});

test('the target of a result is a target of the next call', async () => {
  const model = modelWith(dense('y', 3));
  const [x] = inputsOf(model, 3) as [NdArray];
  const first = await gradient(model, x);
  const again = await gradient(model, x, { target: first.target as Int32Array });
  expect(again).toEqual({ ...first, explained: { target: first.target, scale: 'logit' } });
  expect((await gradient(model, x, { target: first.explained.target as number[] })).values).toEqual(first.values);
  const rest = await gradient(model, x, { target: { class: first.target as Int32Array, minus: 'rest' } });
  const others = await gradient(model, x, {
    target: { class: first.target as Int32Array, minus: (first.target as Int32Array).map((own) => (own + 1) % 3) },
  });
  expect(rest.target).toEqual(first.target);
  expect(others.score.every((margin) => margin > 0)).toBe(true);
  free(model);
});
