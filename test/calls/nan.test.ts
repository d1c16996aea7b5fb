import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { occlusion } from '../../src/attribution/index.ts';
import { isEmpty } from '../../src/image/maps/isEmpty.ts';
import { linearModel } from '../support/linearModel.ts';
import { attributionCalls } from '../support/publicCalls/attributionCalls.ts';
import { dissectionCalls } from '../support/publicCalls/dissectionCalls.ts';
import { knowledgeCalls } from '../support/publicCalls/knowledgeCalls.ts';
import { metricCalls } from '../support/publicCalls/metricCalls.ts';
import type { PublicCall } from '../support/publicCalls/sent.ts';
import { givenFor, type Prepared, prepare } from '../support/publicCalls.ts';

/** What a call of a network whose layer gives NaN found, or what it said. */
async function outcomeOf(call: PublicCall): Promise<Record<string, unknown> | string> {
  const found = call(givenFor(prepared)).run();
  return found.then(
    (result) => result as Record<string, unknown>,
    (error: Error) => error.message,
  );
}

/** An error says why: the numbers, or that patterns were fitted to others. */
const reason = /NaN|other weights/;

let prepared: Prepared;

async function prepareNaN(layer: string): Promise<void> {
  prepared = await prepare();
  for (const model of [prepared.pictures, prepared.words]) {
    const found = model.getLayer(layer);
    const nothing = found.getWeights().map((weight) => tf.fill(weight.shape, Number.NaN));
    found.setWeights(nothing);
    tf.dispose(nothing);
  }
}

describe('a network whose scores are NaN', () => {
  beforeAll(() => prepareNaN('head'));
  afterAll(() => prepared.dispose());

  // Of the data set alone, or of the weights behind NaN.
  const { fitPatchGaussians: _, fitPatterns: __, ...methods } = attributionCalls;
  // Maps that the score does not enter.
  const scoreless = ['randomMap', 'centerMap', 'edgeMap', 'eigenCam', 'femCam'];

  test.each(Object.entries(methods))('%s gives NaN or says why not', async (name, call) => {
    const found = await outcomeOf(call);
    if (typeof found === 'string') return expect(found).toMatch(reason);
    const { score, values, response } = found as Record<string, { data: Float32Array } & Float32Array>;
    if (score) expect(score.every(Number.isNaN)).toBe(true);
    const map = (values ?? response)?.data as Float32Array;
    expect(map.every(Number.isNaN)).toBe(!scoreless.includes(name));
  });

  test.each(Object.entries(metricCalls))('%s gives NaN or says why not', async (_name, call) => {
    const found = await outcomeOf(call);
    if (typeof found === 'string') return expect(found).toMatch(reason);
    expect((found['score'] as Float32Array).every(Number.isNaN)).toBe(true);
  });

  test('conceptActivationVectors has no share of rising examples', async () => {
    const found = await dissectionCalls['conceptActivationVectors']?.(givenFor(prepared)).run();
    const { chance } = found as { chance: Float64Array };
    expect(chance.every(Number.isNaN)).toBe(true);
  });
});

describe('a network whose activations are NaN', () => {
  beforeAll(() => prepareNaN('conv'));
  afterAll(() => prepared.dispose());

  // They read no network.
  const without = /of maps|of weights|dissectActivations|brodenDataset|learnByAsking|fitSoftTree|neuralBackedTree/;
  const { fitPatterns, eigenCam, femCam } = attributionCalls;
  const reading = Object.entries({ ...dissectionCalls, ...knowledgeCalls, fitPatterns, eigenCam, femCam });

  test.each(reading.filter(([name]) => !without.test(name)))('%s gives NaN or says why not', async (_, call) => {
    const found = await outcomeOf(call as PublicCall);
    if (typeof found === 'string') expect(found).toMatch(/NaN/);
    else expect(holdsNaN(found)).toBe(true);
  });

  test('fitPatterns: no pattern of what is NaN', async () => {
    const found = (await fitPatterns?.(givenFor(prepared)).run()) as { layers: { pattern: { data: Float32Array } }[] };
    expect(found.layers.every(({ pattern }) => pattern.data.every(Number.isNaN))).toBe(true);
  });
});

test('occlusion: NaN at the places whose windows give NaN, and only there', async () => {
  const model = linearModel([4, 1, 1], [1, 2, 3, 4]);
  const x = { shape: [1, 4, 1, 1], data: Float32Array.of(1, 1, 1, 1) };
  // Without the last pixel the score is 6, and below 7 it is no number.
  const target = ([y]: readonly tf.Tensor[]): tf.Tensor =>
    tf.reshape(tf.add(y as tf.Tensor, tf.mul(0, tf.sqrt(tf.sub(y as tf.Tensor, 7)))), [-1]);
  const { values } = await occlusion(model, x, { window: [1, 1], target });
  expect([...values.data]).toEqual([1, 2, 3, Number.NaN]);
  expect(isEmpty({ shape: [1, 1], data: Float32Array.of(Number.NaN) })).toEqual([false]);
  model.dispose();
});

function holdsNaN(value: unknown): boolean {
  if (typeof value === 'number') return Number.isNaN(value);
  if (ArrayBuffer.isView(value)) return (value as Float32Array).includes(Number.NaN);
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsNaN);
}
