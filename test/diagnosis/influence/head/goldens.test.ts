import { describe, expect, test } from 'vitest';
import { fittedHead } from '../../../../src/diagnosis/influence/head/fittedHead.ts';
import { headCurvature, headHessian } from '../../../../src/diagnosis/influence/head/headCurvature.ts';
import { influenceByHead, selfInfluenceByHead } from '../../../../src/diagnosis/influence/head/headInfluence.ts';
import { headPerturbation } from '../../../../src/diagnosis/influence/head/headPerturbation.ts';
import {
  exampleGradient,
  type HeadExamples,
  type HeadProblem,
  headAt,
  headGradient,
} from '../../../../src/diagnosis/influence/head/headProblem.ts';
import { headSolver } from '../../../../src/diagnosis/influence/head/headSolvers.ts';
import { representerFit } from '../../../../src/diagnosis/influence/head/representerFit.ts';
import { pearson } from '../../../../src/numeric/correlation.ts';
import type { NdArray } from '../../../../src/numeric/ndarray.ts';
import { atOnce } from '../../../../src/numeric/sliced.ts';
import { type GoldenCase, goldenCases } from '../../../support/goldenCases.ts';

const { ofMethod, arrayOf } = await goldenCases('influence');
const settings = { damping: 0, seed: 0 };

function examplesOf({ shape, data }: NdArray<Float32Array | Int32Array>, targets: ArrayLike<number>): HeadExamples {
  const [rows, columns] = shape as [number, number];
  return { features: { rows, columns, values: data }, targets };
}

/** The problem of a case, at the weights of the reference. */
async function problemOf({ id, params, inputs }: GoldenCase): Promise<{ problem: HeadProblem; test: HeadExamples }> {
  const isBinary = id.startsWith('logistic');
  const labelsOf = async (name: string) => {
    const { data } = await arrayOf(inputs[name]);
    // Labels −1 and +1 of the reference are classes 0 and 1.
    return Array.from(data, (label) => (isBinary ? (label + 1) / 2 : label));
  };
  const problem: HeadProblem = {
    ...examplesOf(await arrayOf(inputs['features']), await labelsOf('labels')),
    units: isBinary ? 1 : 3,
    loss: isBinary ? 'binary' : 'softmax',
    weights: Float64Array.from((params['theta'] as number[][]).flat()),
    penalty: params['lambda'] as number,
  };
  return { problem, test: examplesOf(await arrayOf(inputs['testFeatures']), await labelsOf('testLabels')) };
}

function expectNear(found: ArrayLike<number>, wanted: ArrayLike<number>, rtol = 1e-6, atol = 1e-8): void {
  expect(found.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++)
    expect(Math.abs((found[i] as number) - (wanted[i] as number))).toBeLessThanOrEqual(
      atol + rtol * Math.abs(wanted[i] as number),
    );
}

const flat = (rows: unknown) => (rows as number[][]).flat();

describe.each(ofMethod('influence-exact'))('$id', (golden) => {
  test('values, self-influence and slopes by features are those of the reference', async () => {
    const { problem, test: held } = await problemOf(golden);
    const { lossChangeIfRemoved, gradientNorm } = atOnce(influenceByHead('exact', problem, held, settings));
    const wanted = await arrayOf(golden.outputs['lossChangeIfRemoved']);
    expect(lossChangeIfRemoved.shape).toEqual(wanted.shape);
    expectNear(lossChangeIfRemoved.data, wanted.data, 1e-5);
    expect(gradientNorm).toBeLessThan(1e-6);
    const count = problem.features.rows;
    const { values } = atOnce(selfInfluenceByHead('exact', problem, settings));
    expectNear(
      values.map((value) => value * count),
      golden.expected['selfInfluence'] as number[],
      1e-5,
    );
    const solution = Float64Array.from((golden.expected['sTest'] as number[][])[0] as number[]);
    const slopes = atOnce(headPerturbation(problem, problem, solution));
    expectNear(
      slopes.subarray(0, problem.features.columns).map((value) => -value),
      golden.expected['perturbation'] as number[],
      1e-5,
    );
  });

  test('the fit is that of the reference', async () => {
    const { problem } = await problemOf(golden);
    expectNear(atOnce(fittedHead(problem)), problem.weights, 1e-5, 1e-7);
    expectNear(atOnce(fittedHead(problem, { start: problem.weights })), problem.weights, 1e-5, 1e-7);
  });

  test('without the penalty the sum of the gradients is that of the reference', async () => {
    const { problem } = await problemOf(golden);
    const place = atOnce(headAt(problem, problem));
    const { gradient } = atOnce(headGradient({ ...problem, penalty: 0 }, place));
    expectNear(
      gradient.map((value) => value * problem.features.rows),
      golden.expected['trainGradientSum'] as number[],
      1e-5,
      1e-5,
    );
  });
});

test.each(ofMethod('hessian'))('$id: the matrix and its product with a vector', async (golden) => {
  const { problem } = await problemOf(golden);
  const place = atOnce(headAt(problem, problem));
  const size = problem.weights.length;
  const matrix = atOnce(headHessian(problem, place, 0));
  const lower = (values: ArrayLike<number>) =>
    Array.from({ length: size * size }, (_, i) => (i % size <= Math.floor(i / size) ? (values[i] as number) : 0));
  expectNear(lower(matrix), lower(flat(golden.expected['hessian'])));
  const product = new Float64Array(size);
  atOnce(headCurvature(problem, place, 0).multiply(Float64Array.from(golden.params['vector'] as number[]), product));
  expectNear(product, golden.expected['hvp'] as number[]);
});

test.each(ofMethod('inverse-hvp'))('$id: all solvers, and where the recursion leads', async (golden) => {
  const { problem, test: held } = await problemOf(golden);
  const place = atOnce(headAt(problem, problem));
  const v = exampleGradient(held, atOnce(headAt(problem, held)), 0);
  expectNear(v, golden.expected['v'] as number[]);
  const { scale, damping } = golden.params as { scale: number; damping: number };
  for (const method of ['exact', 'cg', 'lissa'] as const) {
    const solver = atOnce(headSolver(method, problem, place, settings));
    expectNear(atOnce(solver.solve(v)), golden.expected['solution'] as number[], 1e-5);
    const damped = atOnce(headSolver(method, problem, place, { ...settings, damping: damping * scale }));
    expectNear(atOnce(damped.solve(v)), golden.expected['lissaLimit'] as number[], 1e-5);
  }
  for (const [steps, wanted] of Object.entries(golden.expected['lissa'] as Record<string, number[]>)) {
    const solver = atOnce(
      headSolver('lissa', problem, place, {
        damping: damping * scale,
        seed: 0,
        lissa: { scale, steps: Number(steps) },
      }),
    );
    expectNear(atOnce(solver.solve(v)), wanted);
  }
});

describe.each(ofMethod('leave-one-out'))('$id', (golden) => {
  test('what fitting again without an example does, and how well that is predicted', async () => {
    const { problem, test: held } = await problemOf(golden);
    const { lossChangeIfRemoved, testLosses } = atOnce(influenceByHead('exact', problem, held, settings));
    const removed = golden.params['removed'] as number[];
    const actual = removed.map((row) => {
      const counts = Float64Array.from({ length: problem.features.rows }, (_, i) => Number(i !== row));
      const weights = atOnce(fittedHead(problem, { counts, start: problem.weights }));
      return atOnce(headAt({ ...problem, weights }, held)).losses.map((loss, t) => loss - (testLosses[t] as number));
    });
    (golden.expected['actual'] as number[][]).forEach((wanted, t) => {
      const own = actual.map((changes) => changes[t] as number);
      const predicted = removed.map((row) => lossChangeIfRemoved.data[t * problem.features.rows + row] as number);
      expectNear(own, wanted, 1e-4, 1e-7);
      expectNear(predicted, (golden.expected['predicted'] as number[][])[t] as number[], 1e-5);
      expect(pearson(own, predicted)).toBeCloseTo((golden.expected['pearson'] as number[])[t] as number, 5);
    });
  });
});

test.each(ofMethod('influence-alternatives'))('$id: TracIn and representer points', async (golden) => {
  const { problem, test: held } = await problemOf(golden);
  const { lossChangeIfRemoved } = atOnce(influenceByHead('tracIn', problem, held, settings));
  expectNear(lossChangeIfRemoved.data, flat(golden.expected['tracin']));
  const { coefficients, rebuilt, logits } = atOnce(representerFit(problem, held.features));
  expectNear(coefficients, (golden.expected['representer'] as (number | number[])[]).flat(), 1e-5);
  expectNear(logits, (golden.expected['testLogits'] as (number | number[])[]).flat(), 1e-5, 1e-7);
  expectNear(rebuilt, logits, 1e-5, 1e-6);
});

test.each(ofMethod('influence-ridge'))('$id: a regression', async (golden) => {
  const [features, targets] = [await arrayOf(golden.inputs['features']), await arrayOf(golden.inputs['targets'])];
  const base = {
    ...examplesOf(features, targets.data),
    units: 1,
    loss: 'squared' as const,
    penalty: golden.params['lambda'] as number,
  };
  const weights = atOnce(fittedHead(base));
  expectNear(weights, golden.expected['theta'] as number[]);
  const row = golden.params['test'] as number[];
  const held = {
    features: { rows: 1, columns: row.length, values: row },
    targets: [golden.params['testTarget'] as number],
  };
  const { lossChangeIfRemoved } = atOnce(influenceByHead('exact', { ...base, weights }, held, settings));
  expectNear(lossChangeIfRemoved.data, golden.expected['lossChangeIfRemoved'] as number[], 1e-5);
});
