import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { chain, free, inputsOf, randomized } from '../oracle/building.ts';
import { methods } from '../support/methods.ts';

const withoutRuns = ['randomMap', 'centerMap', 'edgeMap'];
const running = Object.entries(methods).filter(([name]) => !withoutRuns.includes(name));

function small(seed = 3): LayersModel {
  const layers = [
    l.conv2d({ name: 'conv3', filters: 3, kernelSize: 3, activation: 'relu' }),
    l.globalAveragePooling2d({}),
    l.dense({ units: 4, activation: 'softmax' }),
  ];
  return randomized(chain([12, 12, 2], ...layers), seed);
}

/** What somebody does with a model as soon as a call on it reports its first progress. */
async function meanwhile(
  [, method]: (typeof running)[number],
  act: (model: LayersModel) => void,
): Promise<{ model: LayersModel; said: string; left: number }> {
  const model = small();
  const [x] = inputsOf(model, 3) as [NdArray];
  const before = tf.memory().numTensors;
  let done = false;
  const onProgress = (): void => {
    if (!done) act(model);
    done = true;
  };
  const said = await method(model, x, { target: [1, 2, 0] as never, batchSize: 1, onProgress }).then(
    () => 'nothing',
    ({ message }: Error) => message,
  );
  return { model, said, left: tf.memory().numTensors - before };
}

describe('a call that is running', () => {
  test.each(running)('%s: weights that change are told', async (...method) => {
    const other = small(4);
    const { model, said, left } = await meanwhile(method, (subject) => subject.setWeights(other.getWeights()));
    expect(said).toMatch(/^the weights or states of "model\d+" changed while a call was running: wait for it/);
    expect(left).toBe(0);
    [model, other].forEach(free);
  });

  test.each(running)('%s: a model that is disposed of is told', async (...method) => {
    const { said, left } = await meanwhile(method, (model) => model.dispose());
    expect(said).toMatch(/^"model" expected a live model, got "model\d+", which was disposed/);
    expect(left, 'its four weights are gone').toBe(-4);
  });
});
