import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gradient, gradientTimesInput } from '../../src/attribution/index.ts';
import * as metrics from '../../src/metrics/index.ts';
import type { Scale } from '../../src/network/types.ts';
import type { Attribution, ExplainOptions, Target } from '../../src/scoring/types.ts';
import { attributionCalls } from '../support/publicCalls/attributionCalls.ts';
import { metricCalls } from '../support/publicCalls/metricCalls.ts';
import type { Sent } from '../support/publicCalls/sent.ts';
import { givenFor, type Prepared, prepare } from '../support/publicCalls.ts';
import { weightedOutputs } from '../support/weightedOutputs.ts';

let prepared: Prepared;
beforeAll(async () => {
  prepared = await prepare();
});
afterAll(() => prepared.dispose());

/** The same call of another target. */
function asked({ args, run }: Sent, target: unknown): Promise<unknown> {
  const options = args.find((value) => typeof value === 'object' && value !== null && 'target' in value);
  Object.assign(options as object, { target });
  return run();
}

// They explain no target of the caller's.
const { clearMap: _, fitPatterns: __, fitPatchGaussians: ___, ...methods } = attributionCalls;

test.each(Object.entries(methods))('%s: what one result explains is a target of the next', async (_name, call) => {
  const { explained, ...found } = (await asked(call(givenFor(prepared)), 'predicted')) as Attribution;
  const targets = explained?.target === 'function' ? [found.target] : [found.target, explained?.target];
  for (const target of targets) {
    expect(await asked(call(givenFor(prepared)), target)).toEqual({ ...found, explained: expect.anything() });
  }
});

test.each(Object.entries(metricCalls))('%s: a result’s target is a target', async (_name, call) => {
  const expected = await asked(call(givenFor(prepared)), [0, 2]);
  expect(await asked(call(givenFor(prepared)), Int32Array.of(0, 2))).toEqual(expected);
});

describe('a metric measures what an attribution explains', () => {
  const measured: Readonly<Record<string, (options: ExplainOptions & metrics.AttributionOption) => Promise<unknown>>> =
    {
      pixelFlipping: (options) => metrics.pixelFlipping(prepared.pictures, x(), { ...options, perStep: 144 }),
      infidelity: (options) => metrics.infidelity(prepared.pictures, x(), { ...options, samples: 3 }),
      averageDrop: (options) => metrics.averageDrop(prepared.pictures, x(), options),
    };
  const x = () => givenFor(prepared).array([2, 12, 12, 3], 1);
  const targets: Readonly<Record<string, Target>> = {
    'a class': 1,
    'a contrast': { class: [0, 2], minus: 'rest' },
    'a unit': { layer: 'top', unit: 1, position: 'max' },
    'a direction': { layer: 'top', vector: Float32Array.of(1, -2, 0, 0.5, 1), position: 'sum' },
    'a class of an output': { output: 'head', target: [1, 2] },
  };

  test.each(Object.keys(measured).flatMap((name) => Object.keys(targets).map((target) => [name, target] as const)))(
    '%s of a map of %s',
    async (name, target) => {
      const metric = measured[name] as (typeof measured)[string];
      const attribution = await gradientTimesInput(prepared.pictures, x(), { target: targets[target] as Target });
      const expected = await metric({ attribution, target: targets[target] as Target });
      expect(await metric({ attribution })).toEqual(expected);
      if (target === 'a class') return;
      expect(await metric({ attribution, target: 1 })).not.toEqual(expected);
    },
  );

  test.each<[string, Scale]>([
    ['pixelFlipping', 'probability'],
    ['infidelity', 'logProbability'],
  ])('%s on the scale of the map: %s', async (name, scale) => {
    const metric = measured[name] as (typeof measured)[string];
    const attribution = await gradient(prepared.pictures, x(), { target: 1, scale });
    const expected = await metric({ attribution, target: 1, scale });
    expect(await metric({ attribution })).toEqual(expected);
    expect(await metric({ attribution, scale: 'logit' })).not.toEqual(expected);
  });

  test('averageDrop stays on probabilities, as it is defined', async () => {
    const attribution = await gradient(prepared.pictures, x(), { target: 1, scale: 'logit' });
    const expected = await metrics.averageDrop(prepared.pictures, x(), {
      attribution,
      target: 1,
      scale: 'probability',
    });
    expect(await metrics.averageDrop(prepared.pictures, x(), { attribution })).toEqual(expected);
  });

  test('a function must be given again', async () => {
    const target = weightedOutputs;
    const attribution = await gradient(prepared.pictures, x(), { target });
    await expect(metrics.averageDrop(prepared.pictures, x(), { attribution })).rejects.toThrow(
      '"target" expected what "attribution" explains, which is a function, got none',
    );
    expect(await metrics.averageDrop(prepared.pictures, x(), { attribution, target })).toBeDefined();
  });
});
