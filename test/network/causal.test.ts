import { layers as l } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { gradient } from '../../src/attribution/index.ts';
import { predict } from '../../src/network/predict.ts';
import { summary } from '../../src/network/summary.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { chain, free, inputsOf, randomized } from '../oracle/building.ts';
import { expectClose } from '../support/close.ts';

// tfjs has no causal convolution: it tells a wrong shape and refuses to run one.
test.each([
  ['plain', { kernelSize: 3 }],
  ['strides', { kernelSize: 2, strides: 2 }],
  ['dilation', { kernelSize: 2, dilationRate: 3 }],
] as const)('a causal Conv1D reads nothing of what comes later: %s', async (_name, options) => {
  const layer = l.conv1d({
    filters: 2,
    padding: 'causal',
    name: 'causal',
    ...(options as object),
    kernelSize: options.kernelSize,
  });
  const model = randomized(chain([7, 2], layer));
  const [x] = inputsOf(model, 1) as [NdArray];
  const [kernel, bias] = await Promise.all(layer.getWeights().map((weight) => weight.data()));
  const {
    kernelSize,
    strides = 1,
    dilationRate = 1,
  } = options as { kernelSize: number; strides?: number; dilationRate?: number };
  const count = Math.ceil(7 / strides);
  const expected = new Float32Array(count * 2);
  for (let t = 0; t < count; t++) {
    for (let unit = 0; unit < 2; unit++) {
      let sum = bias?.[unit] as number;
      for (let tap = 0; tap < kernelSize; tap++) {
        const from = t * strides - (kernelSize - 1 - tap) * dilationRate;
        for (let c = 0; c < 2 && from >= 0; c++) {
          sum += (x.data[2 * from + c] as number) * (kernel?.[(tap * 2 + c) * 2 + unit] as number);
        }
      }
      expected[2 * t + unit] = sum;
    }
  }
  const { values } = await predict(model, x);
  await expectClose(values as NdArray, { shape: [1, count, 2], data: expected });
  expect(summary(model).layers.at(-1)?.shape).toEqual([null, count, 2]);
  const target = { layer: 'causal', unit: 1, position: [1] } as const;
  const slopes = (await gradient(model, x, { target })).values.data;
  expect(slopes.some((slope) => slope !== 0)).toBe(true);
  expect([...slopes.slice(2 * (strides + 1))].every((slope) => slope === 0)).toBe(true);
  free(model);
});
