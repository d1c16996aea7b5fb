import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { occlusion, wordOcclusion } from '../../../src/attribution/index.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import { classifier, inputsOf } from '../../oracle/building.ts';
import { expectNear } from '../../support/near.ts';
import { withBuilt } from '../../support/recomputation.ts';
import {
  examplesOf,
  movedWords,
  pictureAndWords,
  sharedWords,
  textNetwork,
  vocabulary,
  wordsReadTwice,
} from '../../support/severalInputs.ts';
import { weightedOutputs as target, weightedPredictions } from '../../support/weightedOutputs.ts';

/** F(x) less F with each word of an input replaced, by whole passes. */
async function replacedDrops(model: LayersModel, inputs: readonly NdArray[], index: number, token: number) {
  const whole = await weightedPredictions(model, inputs);
  const { shape, data } = inputs[index] as NdArray;
  const drops: number[] = [];
  for (let i = 0; i < data.length; i++) {
    const replaced = inputs.with(index, { shape, data: data.with(i, token) });
    const example = Math.floor(i / (shape[1] as number));
    drops.push((whole[example] as number) - ((await weightedPredictions(model, replaced))[example] as number));
  }
  return drops;
}

const networks: readonly [string, () => LayersModel, number[]][] = [
  ['a picture and words', pictureAndWords, [1]],
  ['words alone', textNetwork, [0]],
  ['two questions that share an embedding', sharedWords, [0, 1]],
  ['words that two embeddings look up', wordsReadTwice, [0]],
  ['words that are moved before they are looked up', movedWords, [0]],
];

describe.each(networks)('%s', (_name, build, inputs) => {
  test.each(inputs)('wordOcclusion of input %i: F(x) − F with each word replaced', async (input) => {
    await withBuilt(build, async (model) => {
      const x = examplesOf(model, 2);
      for (const token of [0, 4]) {
        const { values, score } = await wordOcclusion(model, x, { input, token, target, batchSize: 3 });
        expect(values.shape).toEqual((x[input] as NdArray).shape);
        expectNear(values.data, await replacedDrops(model, x, input, token), 1e-5);
        expectNear(score, await weightedPredictions(model, x), 1e-5);
        const { values: again } = await occlusion(model, x, { input, window: 3, baseline: token, target });
        expectNear(again.data, values.data, 1e-6);
      }
    });
  });
});

test('by default the first input of tokens, and the first token', async () => {
  await withBuilt(pictureAndWords, async (model) => {
    const x = examplesOf(model, 2);
    const found = await wordOcclusion(model, x);
    expect(found).toEqual(await wordOcclusion(model, x, { input: 1, token: 0, target: 'predicted' }));
    expect(found.inputs).toBeUndefined();
  });
});

test('a word that is the token already has nothing to lose', async () => {
  await withBuilt(pictureAndWords, async (model) => {
    const [image, words] = examplesOf(model, 1) as [NdArray, NdArray];
    const { values } = await wordOcclusion(model, [image, words], { token: words.data[2] as number });
    words.data.forEach((word, i) => {
      if (word === words.data[2]) expect(values.data[i]).toBeCloseTo(0, 6);
      else expect(values.data[i]).not.toBe(0);
    });
  });
});

test.each<[string, () => LayersModel, object, string]>([
  ['no words', classifier, {}, '"input" expected an input of tokens (this model has none), got none'],
  ['a picture', pictureAndWords, { input: 0 }, '"input" expected an input of tokens (1), got 0'],
  ['an input that is not there', pictureAndWords, { input: 2 }, '"input" expected an integer in 0..1, got 2'],
  [
    'a token out of the vocabulary',
    textNetwork,
    { token: vocabulary },
    `"token" expected an integer in 0..${vocabulary - 1}, got ${vocabulary}`,
  ],
  ['half a token', textNetwork, { token: 0.5 }, '"token" expected an integer of at least 0, got 0.5'],
])('%s: refused', async (_name, build, options, message) => {
  await withBuilt(build, async (model) => {
    const x = build === classifier ? inputsOf(model) : examplesOf(model, 1);
    await expect(wordOcclusion(model, x, options)).rejects.toThrow(message);
  });
});
