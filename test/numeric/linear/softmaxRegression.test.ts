import { expect, test } from 'vitest';
import {
  type SoftmaxProblem,
  softmaxAt,
  softmaxCurvature,
  softmaxGradient,
  softmaxRegression,
} from '../../../src/numeric/linear/softmaxRegression.ts';
import { norm } from '../../../src/numeric/linear/vectors.ts';
import { random } from '../../../src/numeric/random.ts';
import { atOnce } from '../../../src/numeric/sliced.ts';
import { type GoldenCase, goldenCases } from '../../support/goldenCases.ts';

const { ofMethod, arrayOf } = await goldenCases('influence');

/** Examples of three classes that overlap, the last column constant. */
function examples(rows = 60, columns = 4): SoftmaxProblem {
  const { normal, integer } = random(3);
  const labels = Int32Array.from({ length: rows }, () => integer(3));
  const values = Float64Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return column === columns - 1 ? 1 : normal() + (labels[row] === column ? 1 : 0);
  });
  return { features: { rows, columns, values }, labels, classes: 3, penalty: 0.02 };
}

test('the optimum is that of the reference', async () => {
  const golden = ofMethod('influence-exact').find(({ id }) => id === 'softmax-exact');
  const features = await arrayOf(golden?.inputs.features);
  const labels = await arrayOf(golden?.inputs.labels);
  const [rows, columns] = features.shape as [number, number];
  const { lambda, classes, theta } = (golden as GoldenCase).params as {
    lambda: number;
    classes: number;
    theta: number[][];
  };
  const { weights } = atOnce(
    softmaxRegression({
      features: { rows, columns, values: features.data },
      labels: labels.data,
      classes,
      penalty: lambda,
    }),
  );
  theta.flat().forEach((value, i) => expect(weights[i]).toBeCloseTo(value, 6));
});

test('the gradient is that of the objective, and the Hessian that of the gradient', () => {
  const problem = {
    ...examples(),
    free: 3,
    counts: Float64Array.from({ length: 60 }, (_, i) => (i % 7 === 0 ? 0 : 1.5)),
  };
  const { normal } = random(5);
  const weights = Float64Array.from({ length: 12 }, normal);
  const vector = Float64Array.from({ length: 12 }, normal);
  const along = (step: number) => weights.map((value, i) => value + step * (vector[i] as number));
  const objective = (step: number) => atOnce(softmaxAt(problem, along(step))).objective;
  const gradient = (step: number) => {
    const { probabilities } = atOnce(softmaxAt(problem, along(step)));
    return atOnce(softmaxGradient(problem, along(step), probabilities));
  };
  const slope = gradient(0).reduce((sum, value, i) => sum + value * (vector[i] as number), 0);
  expect(slope).toBeCloseTo((objective(1e-5) - objective(-1e-5)) / 2e-5, 7);
  const product = new Float64Array(12);
  const { multiply, diagonal } = softmaxCurvature(problem, atOnce(softmaxAt(problem, weights)).probabilities);
  atOnce(multiply(vector, product));
  const [after, before] = [gradient(1e-5), gradient(-1e-5)];
  product.forEach((value, i) => expect(value).toBeCloseTo(((after[i] as number) - (before[i] as number)) / 2e-5, 7));
  diagonal.forEach((value, i) => {
    const unit = Float64Array.from({ length: 12 }, (_, j) => Number(i === j));
    atOnce(multiply(unit, product));
    expect(value).toBeCloseTo(product[i] as number, 12);
  });
});

test('at the optimum the gradient is zero, from wherever it started', () => {
  const problem = examples();
  const { normal } = random(9);
  const first = atOnce(softmaxRegression(problem));
  const second = atOnce(softmaxRegression(problem, { start: Float64Array.from({ length: 12 }, normal) }));
  expect(norm(atOnce(softmaxGradient(problem, first.weights, first.probabilities)))).toBeLessThan(1e-10);
  second.weights.forEach((value, i) => expect(value).toBeCloseTo(first.weights[i] as number, 8));
});

test('an example that counts nothing is as if it were not there, but for the number of examples', () => {
  const problem = examples(60);
  const { features, labels } = problem;
  const without = atOnce(
    softmaxRegression({ ...problem, counts: Float64Array.from({ length: 60 }, (_, i) => Number(i > 0)) }),
  );
  const fewer = atOnce(
    softmaxRegression({
      ...problem,
      features: { ...features, rows: 59, values: (features.values as Float64Array).subarray(4) },
      labels: (labels as Int32Array).subarray(1),
      penalty: (problem.penalty * 60) / 59,
    }),
  );
  without.weights.forEach((value, i) => expect(value).toBeCloseTo(fewer.weights[i] as number, 8));
});

test('classes that a plane parts have no optimum without a penalty, and one with it', () => {
  const features = { rows: 4, columns: 2, values: [-2, 1, -1, 1, 1, 1, 2, 1] };
  const problem = { features, labels: [0, 0, 1, 1], classes: 2, penalty: 0 };
  expect(() => atOnce(softmaxRegression(problem, { tolerance: 1e-14 }))).toThrow(/penalty|conjugate/);
  expect(atOnce(softmaxRegression({ ...problem, penalty: 1e-3 })).gradientNorm).toBeLessThan(1e-9);
});

test('a product with the curvature of many examples is done in slices', () => {
  const problem = examples(3000, 40);
  const probabilities = new Float64Array(9000).fill(1 / 3);
  let most = 0;
  const work = softmaxCurvature(problem, probabilities).multiply(new Float64Array(120).fill(1), new Float64Array(120));
  for (let step = work.next(); !step.done; step = work.next()) most = Math.max(most, step.value);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(200_000);
});
