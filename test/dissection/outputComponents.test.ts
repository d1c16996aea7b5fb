import * as tf from '@tensorflow/tfjs-core';
import { input, layers as l, model as modelOf } from '@tensorflow/tfjs-layers';
import { covariance, EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { type OutputComponentsOptions, outputComponents } from '../../src/dissection/outputs/outputComponents.ts';
import type { OutputComponent, OutputComponents } from '../../src/dissection/outputs/types.ts';
import { pearson } from '../../src/numeric/correlation.ts';
import { dot, norm } from '../../src/numeric/linear/vectors.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { random } from '../../src/numeric/random.ts';
import { apply, chain, free, inputsOf, randomized } from '../oracle/building.ts';
import { expectNear } from '../support/near.ts';

/** A model that gives out what it is given. */
const copying = (classes: number): ReturnType<typeof chain> =>
  chain([classes], l.dense({ units: classes, kernelInitializer: 'identity', useBias: false, name: 'scores' }));

async function componentsOf(
  rows: readonly Float32Array[],
  options: OutputComponentsOptions = {},
): Promise<OutputComponents> {
  const classes = rows[0]?.length as number;
  const model = copying(classes);
  const x: NdArray = { shape: [rows.length, classes], data: Float32Array.from(rows.flatMap((row) => [...row])) };
  try {
    return await outputComponents(model, [x], { batchSize: 100, ...options });
  } finally {
    free(model);
  }
}

/** Four sources that are independent of each other: two that stand out, two that are flat. */
function sources(count: number): readonly number[][] {
  const { uniform } = random(21);
  const laplace = (): number => {
    const value = uniform() - 0.5;
    return -Math.sign(value) * Math.log(1 - 2 * Math.abs(value));
  };
  const cubed = (): number => (2 * uniform() - 1) ** 5 * 4;
  return Array.from({ length: count }, () => [laplace(), cubed(), 2 * uniform() - 1, uniform() < 0.5 ? -1 : 1]);
}

const mixing = [
  [1, 0.4, -0.3, 0.2],
  [-0.5, 0.8, 0.6, 0.3],
  [0.2, 0.9, -1, 0.5],
  [0.7, -0.3, 0.4, 0.9],
  [0.1, 0.6, 0.2, -0.8],
];
const found = sources(2000);
const mix = (row: readonly number[]): Float32Array => Float32Array.from(mixing, (weights) => dot(weights, row) + 3);
const rows = found.map(mix);

const projected = ({ direction }: OutputComponent, some: readonly Float32Array[]): number[] =>
  some.map((row) => dot(direction, row));

describe('independent components', () => {
  test('are planted sources, up to sign and order', async () => {
    const { independent, converged, variances } = await componentsOf(rows, { scale: 'logit' });
    expect(converged).toBe(true);
    expect(independent).toHaveLength(4);
    expect(variances).toHaveLength(5);
    const matched = independent.map((component) => {
      const projections = projected(component, rows);
      const correlations = [0, 1, 2, 3].map((i) =>
        Math.abs(
          pearson(
            projections,
            found.map((row) => row[i] as number),
          ),
        ),
      );
      const most = Math.max(...correlations);
      expect(most).toBeGreaterThan(0.98);
      return correlations.indexOf(most);
    });
    expect([...matched].sort()).toEqual([0, 1, 2, 3]);
    const kurtoses = independent.map(({ kurtosis }) => Math.abs(kurtosis));
    expect(kurtoses).toEqual([...kurtoses].sort((a, b) => b - a));
    // A die of two sides has −2, a uniform number −1.2.
    expect(independent[matched.indexOf(3)]?.kurtosis).toBeCloseTo(-2, 1);
    expect(independent[matched.indexOf(2)]?.kurtosis).toBeCloseTo(-1.2, 0);
  });

  test('are the same for another mixture of the same sources', async () => {
    const others = found.map((row) => Float32Array.of(...[3, -1, 0, 2].map((shift, i) => (row[i] as number) + shift)));
    const [one, other] = [await componentsOf(rows, { scale: 'logit' }), await componentsOf(others, { scale: 'logit' })];
    one.independent.forEach((component, i) => {
      const twin = projected(other.independent[i] as OutputComponent, others);
      expect(Math.abs(pearson(projected(component, rows), twin))).toBeGreaterThan(0.9999);
      expect(component.kurtosis).toBeCloseTo(other.independent[i]?.kurtosis as number, 3);
    });
  });

  test('are the same from another rotation, and the same to the bit from the same seed', async () => {
    const run = (seed: number, batchSize = 100): Promise<OutputComponents> =>
      componentsOf(rows, { scale: 'logit', seed, batchSize });
    const [one, same, other] = [await run(0), await run(0, 64), await run(5)];
    expect(same).toEqual(one);
    one.independent.forEach(({ direction }, i) => {
      expectNear(other.independent[i]?.direction as Float64Array, direction, 1e-3);
    });
    expect(structuredClone(one)).toEqual(one);
  });

  test('that were not found are said not to be', async () => {
    expect((await componentsOf(rows, { scale: 'logit', steps: 1 })).converged).toBe(false);
  });
});

describe('principal components', () => {
  test('are those of the covariance of all outputs', async () => {
    const { principal, independent, directions, variances, mean } = await componentsOf(rows, {
      scale: 'logit',
      count: 3,
    });
    expect(directions.map(({ vector }) => vector)).toEqual(
      independent.map(({ direction }) => Float32Array.from(direction)),
    );
    const matrix = new Matrix(rows.map((row) => [...row]));
    const whole = covariance(matrix).mul((rows.length - 1) / rows.length);
    const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(whole, { assumeSymmetric: true });
    const order = [...realEigenvalues.keys()].sort(
      (a, b) => (realEigenvalues[b] as number) - (realEigenvalues[a] as number),
    );
    expectNear(
      variances,
      order.map((place) => realEigenvalues[place] as number),
      1e-8,
    );
    expectNear(mean, matrix.mean('column'), 1e-8);
    expect(principal).toHaveLength(3);
    principal.forEach(({ direction, variance }, i) => {
      const expected = eigenvectorMatrix.getColumn(order[i] as number);
      expect(Math.abs(dot(direction, expected))).toBeCloseTo(1, 9);
      expect(variance).toBeCloseTo(variances[i] as number, 9);
    });
  });

  test('name the classes and the images at their ends', async () => {
    const { principal, independent } = await componentsOf(rows, { scale: 'logit', examples: 3 });
    for (const component of [...principal, ...independent]) {
      const { direction, classes, images } = component;
      expect(norm(direction)).toBeCloseTo(1, 12);
      const ends = (values: readonly number[]): unknown => {
        const sorted = values.map((value, index) => ({ index, value })).sort((a, b) => b.value - a.value);
        return { top: sorted.slice(0, 3), bottom: sorted.slice(-3).reverse() };
      };
      expect(classes).toEqual(ends([...direction]));
      const projections = projected(component, rows);
      const middle = projections.reduce((sum, value) => sum + value, 0) / rows.length;
      const { top, bottom } = ends(projections.map((value) => value - middle)) as typeof images;
      expect(images.top.map(({ index }) => index)).toEqual(top.map(({ index }) => index));
      expect(images.bottom.map(({ index }) => index)).toEqual(bottom.map(({ index }) => index));
      expectNear(
        images.top.map(({ value }) => value),
        top.map(({ value }) => value),
        1e-6,
      );
      // Turned to the side on which images lie far.
      expect(projections.reduce((sum, value) => sum + (value - middle) ** 3, 0)).toBeGreaterThanOrEqual(-1e-6);
    }
  });
});

test('classes lie where certain outputs would', async () => {
  const { independent, classEmbeddings, mean } = await componentsOf(rows, { scale: 'logit', count: 2 });
  expect(classEmbeddings.shape).toEqual([5, 2]);
  const expected = [0, 1, 2, 3, 4].flatMap((label) =>
    independent.map(({ direction }) =>
      dot(
        direction,
        mean.map((value, i) => (i === label ? 1 : 0) - value),
      ),
    ),
  );
  expectNear(classEmbeddings.data, expected, 1e-12);
});

describe('scales', () => {
  const few = rows.slice(0, 40);

  test('shifted logits are between 0 and 1 and sum to 1, whatever is added or multiplied', async () => {
    const given = await componentsOf(few);
    expect(given.mean.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    // A sum that is always 1 leaves one direction less.
    expect(given.principal).toHaveLength(4);
    expect(given.variances[4]).toBeLessThan(1e-12);
    const moved = await componentsOf(few.map((row, i) => row.map((value) => (1 + (i % 3)) * value - i)));
    expectNear(moved.mean, given.mean, 1e-5);
    expectNear(moved.variances, given.variances, 1e-5);
    const byHand = few.map((row) => {
      const least = Math.min(...row);
      const total = row.reduce((sum, value) => sum + value - least, 0);
      return Array.from(row, (value) => (value - least) / total);
    });
    expectNear(given.mean, new Matrix(byHand).mean('column'), 1e-9);
  });

  test('probabilities are those of the softmax', async () => {
    const { mean } = await componentsOf(few, { scale: 'probability' });
    const byHand = few.map((row) => {
      const total = row.reduce((sum, value) => sum + Math.exp(value), 0);
      return Array.from(row, (value) => Math.exp(value) / total);
    });
    expectNear(mean, new Matrix(byHand).mean('column'), 1e-6);
  });
});

test('a single component is the direction of the greatest variance in both', async () => {
  const { principal, independent, converged } = await componentsOf(rows.slice(0, 50), { scale: 'logit', count: 1 });
  expect(converged).toBe(true);
  expect(independent).toEqual(principal);
});

test('stops where it is told to', async () => {
  const controller = new AbortController();
  const stages = new Set<string>();
  const run = componentsOf(rows.slice(0, 300), {
    scale: 'logit',
    signal: controller.signal,
    onProgress: ({ stage, done }) => {
      stages.add(stage);
      if (stage === 'independent' && done === 2) controller.abort(new Error('enough'));
    },
  });
  await expect(run).rejects.toThrow('enough');
  expect([...stages]).toEqual(['covariance', 'components', 'independent']);
});

test.each<[object, string, readonly Float32Array[]]>([
  [{ scale: 'logits' }, '"scale" expected one of logit', rows],
  [{ count: 6 }, '"count" expected an integer in 1..5, got 6', rows],
  [{ count: 5 }, '"count" expected at most the 4 directions in which outputs vary, got 5', rows],
  [{ examples: 0 }, '"examples" expected an integer', rows],
  [{ steps: 0 }, '"steps" expected an integer', rows],
  [{ output: 'other' }, '"output" expected one of 0 (scores), got "other"', rows],
  [{ scale: 'logit' }, '"images" expected images of different outputs, got the same for all', rows.slice(0, 1)],
  [{}, 'image 1: "scale" expected "logit" where all logits are equal', [Float32Array.of(1, 2), Float32Array.of(1, 1)]],
])('with %o: %s', async (options, message, some) => {
  await expect(componentsOf(some, options)).rejects.toThrow(message);
});

test('outputs without classes are refused', async () => {
  for (const layer of [
    l.dense({ units: 1, activation: 'sigmoid', name: 'one' }),
    l.reshape({ targetShape: [2, 2], name: 'one' }),
  ]) {
    const model = chain([4], layer);
    const x = { shape: [2, 4], data: Float32Array.of(1, 2, 3, 4, 0, 1, 0, 1) };
    await expect(outputComponents(model, [x])).rejects.toThrow(
      '"output" expected one with a score for each of two classes',
    );
    free(model);
  }
});

test('a mean of softmaxes is looked at as it is', async () => {
  const x = input({ shape: [4] });
  const members = [0, 1].map(() => apply(l.dense({ units: 3, activation: 'softmax' }), x));
  const model = randomized(modelOf({ inputs: x, outputs: apply(l.average({ name: 'mean' }), members) }));
  const [images] = inputsOf(model, 6) as [NdArray];
  const { mean } = await outputComponents(model, [images], { count: 1, examples: 1 });
  const expected = tf.tidy(() => tf.mean(model.predict(tf.tensor(images.data, [6, 4])) as tf.Tensor, 0));
  expectNear(mean, await expected.data(), 1e-5);
  await expect(outputComponents(model, [images], { scale: 'logit' })).rejects.toThrow(
    `"scale" expected 'probability' or 'logProbability' for output "mean"`,
  );
  expected.dispose();
  free(model);
});
