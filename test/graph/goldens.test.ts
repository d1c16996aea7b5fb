import { describe, expect, test } from 'vitest';
import { fitPatternMixture, type PatternMixture } from '../../src/graph/fitPatternMixture.ts';
import { fuseNeighbours, selectNeighbours } from '../../src/graph/neighbours.ts';
import { patternPurity } from '../../src/graph/patternPurity.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { goldenCases } from '../support/goldenCases.ts';

const { ofMethod, arrayOf } = await goldenCases('graph');
type Numbers = readonly number[];
/** The goldens that were fitted below another golden's result are given with float32 positions. */
const rtol = 1e-6;

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, rtol: number): void {
  expect(found.length).toBe(expected.length);
  const wrong = Array.from(found, (value, k) => {
    const wanted = expected[k] as number;
    return Math.abs(value - wanted) <= 1e-9 + rtol * Math.abs(wanted) ? undefined : `${k}: ${value}, not ${wanted}`;
  });
  expect(wrong.filter((message) => message !== undefined)).toEqual([]);
}

function filterOf({ shape, data }: NdArray<Float32Array | Int32Array>, filter: number): NdArray {
  const units = shape[3] as number;
  return {
    shape: shape.slice(0, 3),
    data: Float32Array.from({ length: data.length / units }, (_, k) => data[k * units + filter] as number),
  };
}

for (const { id, params, inputs, outputs, expected } of ofMethod('explanatory-graph-em')) {
  describe(id, async () => {
    const features = await arrayOf(inputs['features']);
    const wanted = expected as unknown as {
      mu: Numbers[][][];
      logLikelihood: Numbers[];
      spread: Numbers[];
      mass: Numbers[];
      scores?: Numbers[][];
    };
    const given = params as unknown as {
      centre: number;
      jump: number;
      noneDensity: number;
      iterations: number;
      init: Numbers[][];
      sigma?: number;
      var?: number;
      shift?: Numbers[];
      lambda?: Numbers;
    };
    const fitted = (filter: number, steps: number): PatternMixture => {
      const init = given.init[filter] as Numbers[];
      const images = features.shape[0] as number;
      return fitPatternMixture(filterOf(features, filter), {
        centre: given.centre,
        jump: given.jump,
        noneDensity: given.noneDensity,
        steps,
        sigma: given.sigma ?? Math.sqrt(given.var as number),
        positions: { shape: [init.length, 2], data: Float64Array.from(init.flat()) },
        ...(given.shift && { shifts: { shape: [images, 2], data: Float64Array.from(given.shift.flat()) } }),
        ...(given.lambda && { weights: { shape: [images], data: Float64Array.from(given.lambda) } }),
      });
    };

    test('positions after each step', () => {
      wanted.mu.forEach((steps, filter) => {
        steps.forEach((step, iterations) => {
          expectClose(fitted(filter, iterations).positions.data, step.flat() as unknown as Numbers, rtol);
        });
      });
    });

    test('likelihood, spread, mass, scores and positions on the images', async () => {
      const positions = await arrayOf(outputs['positions']);
      wanted.mass.forEach((mass, filter) => {
        const found = fitted(filter, given.iterations);
        expectClose(found.logLikelihood, wanted.logLikelihood[filter] as Numbers, rtol);
        expectClose(found.spread, wanted.spread[filter] as Numbers, rtol);
        expectClose(found.mass, mass, rtol);
        const size = found.peaks.data.length;
        expectClose(found.peaks.data, positions.data.subarray(filter * size, (filter + 1) * size), 1e-6);
        const scores = wanted.scores?.[filter];
        if (scores) expectClose(found.scores.data, scores.flat(), rtol);
        for (let t = 1; t < found.logLikelihood.length; t++) {
          expect(found.logLikelihood[t]).toBeGreaterThanOrEqual((found.logLikelihood[t - 1] as number) - 1e-9);
        }
      });
    });
  });
}

for (const { id, params, inputs, expected } of ofMethod('explanatory-graph-neighbours')) {
  test(id, async () => {
    const positions = (await arrayOf(inputs['positions'])) as NdArray;
    const given = params as unknown as { neighbours: Numbers; sigma: Numbers };
    const { shift, variance, weights } = fuseNeighbours({ positions, ...given });
    expectClose(shift.data, (expected['shift'] as Numbers[]).flat(), rtol);
    expectClose([variance], [expected['var'] as number], rtol);
    expectClose(weights, expected['lambda'] as Numbers, rtol);
  });
}

for (const { id, params, inputs, expected } of ofMethod('explanatory-graph-select')) {
  test(id, async () => {
    const found = selectNeighbours({
      own: (await arrayOf(inputs['own'])) as NdArray,
      scores: (await arrayOf(inputs['scores'])).data,
      candidates: (await arrayOf(inputs['candidates'])) as NdArray,
      count: params['M'] as number,
    });
    expectClose(found.scores, expected['score'] as Numbers, rtol);
    expect(found.selected).toEqual(expected['selected']);
  });
}

describe('purity', async () => {
  const purity = await goldenCases('interp-metrics');
  for (const { id, params, expected } of purity.ofMethod('purity')) {
    test(id, () => {
      const { perNode, mean } = patternPurity(params['assignments'] as number[][]);
      expectClose(perNode, expected['perNode'] as Numbers, 1e-12);
      expect(mean).toBeCloseTo(expected['mean'] as number, 12);
    });
  }
});
