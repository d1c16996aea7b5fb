import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  extremalPerturbation,
  meaningfulPerturbation,
  occlusion,
  type PartialOption,
  predictionDifference,
  progressive,
} from '../../../src/attribution/index.ts';
import type { Input, Model, Progress } from '../../../src/network/types.ts';
import type { NdArray } from '../../../src/numeric/ndarray.ts';
import type { Attribution, ExplainOptions } from '../../../src/scoring/types.ts';
import { classifier, inputsOf } from '../../oracle/building.ts';
import { thorough } from '../../support/backend.ts';

let model: LayersModel;
let x: NdArray;
beforeAll(() => {
  model = classifier();
  x = inputsOf(model)[0] as NdArray;
});
afterAll(() => model.dispose());

type Method = (model: Model, x: Input, options?: ExplainOptions & PartialOption) => Promise<Attribution>;

const long: Readonly<Record<string, Method>> = {
  occlusion: (m, input, options) => occlusion(m, input, { ...options, window: 2 }),
  predictionDifference: (m, input, options) =>
    predictionDifference(m, input, { ...options, background: input, window: 2, padding: 1, samples: 2 }),
  meaningfulPerturbation: (m, input, options) =>
    meaningfulPerturbation(m, input, { ...options, steps: 4, cellSize: 2, jitter: 2 }),
  extremalPerturbation: (m, input, options) =>
    extremalPerturbation(m, input, { ...options, steps: 4, cellSize: 2, sigma: 2 }),
};
const batchSize = 3;

describe.each(Object.entries(long).filter(([name]) => thorough || name === 'extremalPerturbation'))(
  '%s',
  (name, method) => {
    test('hands over partial results as plain data of the final shape, and the finished one last', async () => {
      const whole = await method(model, x, { batchSize });
      const seen: Attribution[] = [];
      for await (const partial of progressive(method)(model, x, { batchSize })) seen.push(partial);
      expect(seen.length).toBeGreaterThan(2);
      expect(seen.at(-1)).toEqual(whole);
      for (const partial of seen) {
        expect(partial.values.shape).toEqual(whole.values.shape);
        expect(partial.values.data.every(Number.isFinite)).toBe(true);
        expect(partial.score).toEqual(whole.score);
        expect(structuredClone(partial)).toEqual(partial);
      }
      expect(seen[0]?.values.data).not.toEqual(whole.values.data);
    });

    test('a partial result stays what it was', async () => {
      const kept: { now: Float32Array; copy: Float32Array }[] = [];
      const onPartial = (current: () => Attribution): void => {
        const { data } = current().values;
        kept.push({ now: data, copy: data.slice() });
      };
      await method(model, x, { batchSize, onPartial });
      for (const { now, copy } of kept) expect(now).toEqual(copy);
    });

    test('counts its steps up to the end', async () => {
      const seen: Progress[] = [];
      await method(model, x, { batchSize, onProgress: (progress) => seen.push(progress) });
      const own = seen.filter(({ stage }) => stage === name);
      expect(own.at(-1)?.done).toBe(own.at(-1)?.total);
      expect(own.map(({ done }) => done)).toEqual(own.map(({ done }) => done).sort((a, b) => a - b));
    });

    test('stops where the loop is left, and keeps no tensor', async () => {
      for await (const partial of progressive(method)(model, x, { batchSize })) {
        expect(partial.values.shape.slice(0, 3)).toEqual([2, 6, 7]);
        break;
      }
    });

    test('stops at a signal in the middle, with its reason', async () => {
      const reason = new Error('enough');
      const controller = new AbortController();
      const onPartial = (): void => controller.abort(reason);
      await expect(method(model, x, { batchSize, signal: controller.signal, onPartial })).rejects.toBe(reason);
    });
  },
);

test('what occlusion knows of a window does not change as others follow', async () => {
  const whole = await occlusion(model, x, { window: 2, batchSize });
  const options = { window: 2, batchSize };
  for await (const { values } of progressive(long.occlusion as Method)(model, x, options)) {
    values.data.forEach((value, i) => {
      if (value !== 0) expect(value).toBe(whole.values.data[i]);
    });
  }
});
