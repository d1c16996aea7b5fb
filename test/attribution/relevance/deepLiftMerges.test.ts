import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { input, layers as l, model as modelOf } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { deepLift } from '../../../src/attribution/index.ts';
import { compile } from '../../../src/network/compile.ts';
import { apply, type Layer, randomized } from '../../oracle/building.ts';
import { batch, randomMatrix, withWeights } from '../../oracle/denseModel.ts';
import { expectClose } from '../../support/close.ts';

const functions = {
  multiply: (a: number, b: number) => a * b,
  maximum: Math.max,
  minimum: Math.min,
} as const;

/** φ / Δ of each player: the Shapley value of the last against what the others give, then of those among themselves. */
function slopes(f: (a: number, b: number) => number, here: number[], there: number[]): number[] {
  if (here.length === 1) return [1];
  const [b, b0] = [here.at(-1), there.at(-1)] as [number, number];
  const [rest, rest0] = [here.slice(0, -1), there.slice(0, -1)];
  const [a, a0] = [rest.reduce((p, q) => f(p, q)), rest0.reduce((p, q) => f(p, q))];
  const ofA = (f(a, b) - f(a0, b) + f(a, b0) - f(a0, b0)) / 2 / (a - a0);
  const ofB = (f(a, b) - f(a, b0) + f(a0, b) - f(a0, b0)) / 2 / (b - b0);
  return [...slopes(f, rest, rest0).map((slope) => slope * ofA), ofB];
}

describe('deepLift(merge of dense layers, x): Shapley values by enumeration', () => {
  const kinds = ['multiply', 'maximum', 'minimum'] as const;
  test.each(kinds.flatMap((kind) => [2, 3].map((players) => [kind, players] as const)))(
    '%s of %i',
    async (kind, players) => {
      const kernels = Array.from({ length: players }, (_, k) => randomMatrix(3, 2, 20 + k));
      const x = input({ shape: [3] });
      const branches = kernels.map(() => apply(l.dense({ units: 2, useBias: false }), x));
      const model = modelOf({ inputs: x, outputs: apply(l[kind]({ name: 'merge' }), branches) });
      withWeights(
        model,
        kernels.map((kernel) => kernel.flat()),
      );

      const [at, from] = [randomMatrix(4, 3, 1), randomMatrix(4, 3, 2)];
      const column = (row: number[], kernel: number[][], unit: number): number =>
        row.reduce((sum, value, i) => sum + value * (kernel[i]?.[unit] as number), 0);
      for (const unit of [0, 1]) {
        const expected = at.map((row, n) => {
          const there = from[n] as number[];
          const shares = slopes(
            functions[kind],
            kernels.map((kernel) => column(row, kernel, unit)),
            kernels.map((kernel) => column(there, kernel, unit)),
          );
          return row.map(
            (value, i) =>
              kernels.reduce((sum, kernel, k) => sum + (shares[k] as number) * (kernel[i]?.[unit] as number), 0) *
              (value - (there[i] as number)),
          );
        });
        const { values, delta } = await deepLift(model, batch(at), {
          baseline: batch(from),
          target: { layer: 'merge', unit },
        });
        await expectClose(values, batch(expected));
        for (const gap of delta as Float32Array) expect(Math.abs(gap)).toBeLessThan(1e-5);
      }
      model.dispose();
    },
  );
});

test('deepLift(x · gate, x): a gate that is broadcast over space gets the sum of its shares', async () => {
  // F = Σ x · g with the gate g = 3 mean(x), so that F = 3 · 4 · mean(x)², with one channel of 2 × 2.
  const x = input({ shape: [2, 2, 1] });
  const gate: Layer[] = [
    l.globalAveragePooling2d({}),
    l.reshape({ targetShape: [1, 1, 1] }),
    l.conv2d({ filters: 1, kernelSize: 1, useBias: false }),
  ];
  const product = apply(l.multiply({ name: 'product' }), [x, gate.reduce((value, layer) => apply(layer, value), x)]);
  const model = withWeights(modelOf({ inputs: x, outputs: product }), [[3]]);
  const [here, there] = [
    [1, 2, 3, 4],
    [0, 1, -1, 2],
  ];
  const mean = (values: number[]): number => values.reduce((a, b) => a + b) / 4;
  const gates = 1.5 * (mean(here) + mean(there));
  const signals = (3 / 4) * (4 * 0.5) * (mean(here) + mean(there));
  const expected = here.map((value, i) => (value - (there[i] as number)) * (gates + signals));
  const shape = [1, 2, 2, 1];
  const { values, delta } = await deepLift(
    model,
    { shape, data: Float32Array.from(here) },
    {
      baseline: { shape, data: Float32Array.from(there) },
      target: { layer: 'product', unit: 0, position: 'sum' },
    },
  );
  await expectClose(values, { shape, data: Float32Array.from(expected) });
  expect(Math.abs(delta?.[0] as number)).toBeLessThan(1e-5);
  model.dispose();
});

/** v · sigmoid(v) in the way of EfficientNets, or a swish layer; `more` reads the sigmoid a second time. */
function swishNet(kind: 'swish' | 'product' | 'reversed' | 'more'): LayersModel {
  const x = input({ shape: [4, 4, 2] });
  const v = apply(l.conv2d({ filters: 3, kernelSize: 2 }), x);
  const sigmoid = kind === 'swish' ? v : apply(l.activation({ activation: 'sigmoid', name: 'gate' }), v);
  const operands: SymbolicTensor[] = kind === 'reversed' ? [sigmoid, v] : [v, sigmoid];
  const y =
    kind === 'swish' ? apply(l.activation({ activation: 'swish' as 'relu' }), v) : apply(l.multiply(), operands);
  const features = apply(l.globalAveragePooling2d({}), kind === 'more' ? apply(l.concatenate(), [y, sigmoid]) : y);
  return randomized(modelOf({ inputs: x, outputs: apply(l.dense({ units: 2 }), features) }), 4);
}

describe('deepLift(v · sigmoid(v), x)', () => {
  const shape = [2, 4, 4, 2];
  const x = { shape, data: Float32Array.from({ length: 64 }, (_, i) => 2 * Math.sin(i)) };
  const baseline = { shape, data: Float32Array.from({ length: 64 }, (_, i) => Math.cos(2 * i)) };

  test.each(['product', 'reversed'] as const)('%s is one swish, under every rule', async (kind) => {
    const [model, plain] = [swishNet(kind), swishNet('swish')];
    for (const rule of ['rescale', 'revealCancel', 'mixed'] as const) {
      const { values } = await deepLift(model, x, { baseline, rule, target: 1 });
      await expectClose(values, (await deepLift(plain, x, { baseline, rule, target: 1 })).values);
    }
    model.dispose();
    plain.dispose();
  });

  test('is a product where something else reads the sigmoid, or where it is named', async () => {
    const [more, product] = [swishNet('more'), swishNet('product')];
    const shared = await deepLift(more, x, { baseline, target: 1 });
    const named = await deepLift(product, x, { baseline, target: 1, layer: 'gate' });
    for (const gap of [...(shared.delta as Float32Array), ...(named.delta as Float32Array)]) {
      expect(Math.abs(gap)).toBeLessThan(1e-5);
    }
    expect(named.values.shape).toEqual([2, 3, 3, 3]);
    more.dispose();
    product.dispose();
  });

  test('gives no second map for a compiled model', async () => {
    const model = swishNet('product');
    const network = compile(model);
    const once = await deepLift(network, x, { baseline });
    expect((await deepLift(network, x, { baseline })).values.data).toEqual(once.values.data);
    network.dispose();
    model.dispose();
  });
});
