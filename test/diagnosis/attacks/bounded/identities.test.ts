import { layers as l } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import type { Adversarial } from '../../../../src/diagnosis/attacks/types.ts';
import { attacks } from '../../../../src/diagnosis/index.ts';
import type { NdArray } from '../../../../src/numeric/ndarray.ts';
import { random } from '../../../../src/numeric/random.ts';
import { chain, free, randomized } from '../../../oracle/building.ts';
import { attackedNetwork } from '../../../support/attacked.ts';

const bounds = [0, 1] as const;
const shape = [8, 14, 5] as const;

type Run = (x: NdArray, settings?: Record<string, unknown>) => Promise<Adversarial>;

/** Every attack within a budget, in every norm that it has. */
function runsOn(model: ReturnType<typeof attackedNetwork>['model'], epsilon: { linf: unknown; l2: number }) {
  const of = (attack: unknown, norm: 'l2' | 'linf', more: object): [string, Run] => {
    const run = attack as (...given: unknown[]) => Promise<Adversarial>;
    const own = { bounds, epsilon: epsilon[norm], ...more };
    return [`${run.name} ${norm}`, (x, settings) => run(model, x, { ...own, ...settings })];
  };
  const climbs = (['linf', 'l2'] as const).flatMap((norm) => [
    of(attacks.pgd, norm, { norm, steps: 6 }),
    of(attacks.bim, norm, { norm, steps: 6 }),
    of(attacks.apgd, norm, { norm, steps: 8 }),
    of(attacks.apgd, norm, { norm, steps: 8, loss: 'dlr', targets: 2, restarts: 2 }),
  ]);
  return [of(attacks.fgsm, 'linf', {}), of(attacks.fgm, 'l2', {}), ...climbs];
}

describe('attacks within a budget', () => {
  test('stay in the ball and the box', async () => {
    const { model, x } = attackedNetwork(shape, { seed: 5, count: 8 });
    for (const [name, run] of runsOn(model, { linf: 0.09, l2: 0.4 })) {
      const { adversarial, distances } = await run(x);
      const [lengths, most] = name.endsWith('l2') ? [distances.l2, 0.4] : [distances.linf, 0.09];
      expect(Math.max(...lengths), name).toBeLessThanOrEqual(most + 1e-6);
      expect(Math.min(...adversarial.data), name).toBeGreaterThanOrEqual(0);
      expect(Math.max(...adversarial.data), name).toBeLessThanOrEqual(1);
      expect(Math.min(...lengths), `${name}: never the example itself`).toBeGreaterThan(0);
    }
    free(model);
  });

  test('keep the budget of each channel', async () => {
    const model = randomized(
      chain([4, 4, 3], l.conv2d({ filters: 4, kernelSize: 3, activation: 'relu' }), l.flatten(), l.dense({ units: 4 })),
    );
    const { uniform } = random(2);
    const x = { shape: [3, 4, 4, 3], data: Float32Array.from({ length: 144 }, uniform) };
    const epsilon = [0.02, 0, 0.1];
    for (const [name, run] of runsOn(model, { linf: epsilon, l2: 0.1 })) {
      if (!name.endsWith('linf')) continue;
      const { adversarial } = await run(x);
      const moved = adversarial.data.map((value, i) => Math.abs(value - (x.data[i] as number)));
      epsilon.forEach((most, channel) => {
        const lengths = moved.filter((_, i) => i % 3 === channel);
        expect(Math.max(...lengths), name).toBeLessThanOrEqual(most + 1e-6);
        if (most > 0) expect(Math.max(...lengths), name).toBeGreaterThan(most / 2);
      });
    }
    free(model);
  });

  test('give each example the same bits, whichever others there are', async () => {
    const { model, x } = attackedNetwork(shape, { seed: 6, count: 4 });
    for (const [name, run] of runsOn(model, { linf: 0.1, l2: 0.3 }))
      for (const stopsEarly of name.startsWith('fg') ? [undefined] : [false, true]) {
        const settings = stopsEarly === undefined ? {} : { stopsEarly };
        const whole = await run(x, settings);
        for (const batchSize of [1, 3]) expect(await run(x, { ...settings, batchSize }), name).toEqual(whole);
      }
    free(model);
  });

  test('leave examples as they are without a budget', async () => {
    const { model, x } = attackedNetwork(shape, { seed: 7, count: 3 });
    for (const [name, run] of runsOn(model, { linf: 0, l2: 0 })) {
      const { adversarial, success, distance } = await run(x);
      expect(adversarial.data, name).toEqual(x.data);
      expect([...success, ...distance], name).toEqual([false, false, false, 0, 0, 0]);
    }
    free(model);
  });

  test('find more with a gradient than without, and more steps find more', async () => {
    const { model, x } = attackedNetwork([20, 30, 6], { seed: 8, count: 24 });
    const options = { bounds, epsilon: 0.05 } as const;
    const rates = [
      await attacks.fgsm(model, x, options),
      await attacks.pgd(model, x, options),
      await attacks.apgd(model, x, { ...options, restarts: 2 }),
    ].map(({ success }) => success.filter((is) => is).length);
    expect(rates[1]).toBeGreaterThanOrEqual(rates[0] as number);
    expect(rates[2]).toBeGreaterThanOrEqual(rates[1] as number);
    expect(rates[0]).toBeGreaterThan(0);
    free(model);
  });
});
