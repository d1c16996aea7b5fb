import { expect, test } from 'vitest';
import { predictSurrogate, surrogateTree } from '../../src/distillation/surrogate/surrogateTree.ts';
import { random } from '../../src/numeric/random.ts';

const { normal, integer } = random(2);
const features = { shape: [40, 3], data: Float64Array.from({ length: 120 }, normal) };
const labels = { shape: [40], data: Int32Array.from({ length: 40 }, () => integer(3)) };

/** The sum of n · Gini of both sides over all thresholds of all features, the least of them. */
function leastGini(): number {
  const gini = (rows: readonly number[]): number => {
    const shares = [0, 1, 2].map((k) => rows.filter((row) => labels.data[row] === k).length / rows.length);
    return rows.length * (1 - shares.reduce((sum, p) => sum + p * p, 0));
  };
  const rows = [...Array(40).keys()];
  let least = Number.POSITIVE_INFINITY;
  for (let d = 0; d < 3; d++) {
    for (const row of rows) {
      const at = features.data[3 * row + d] as number;
      const left = rows.filter((other) => (features.data[3 * other + d] as number) <= at);
      const right = rows.filter((other) => !left.includes(other));
      if (right.length > 0) least = Math.min(least, gini(left) + gini(right));
    }
  }
  return least;
}

test('classes: the split of the least Gini impurity', () => {
  const tree = surrogateTree({ features, outputs: labels }, { task: 'classification', maxDepth: 1 });
  const sides = [tree.root.left, tree.root.right].map((side) => {
    const shares = side?.value as readonly number[];
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    return (side?.count as number) * (1 - shares.reduce((sum, p) => sum + p * p, 0));
  });
  expect((sides[0] as number) + (sides[1] as number)).toBeCloseTo(leastGini(), 10);
  const { shape, data } = predictSurrogate(tree, features);
  expect(shape).toEqual([40, 3]);
  const right = Array.from(labels.data).filter((label, i) => {
    const row = [...data.subarray(3 * i, 3 * i + 3)];
    return row.indexOf(Math.max(...row)) === label;
  });
  expect(tree.fidelity.training.agreement).toBe(right.length / 40);
});

test('deep enough, a tree repeats what it was shown, and leaves keep their size', () => {
  const outputs = { shape: [40, 2], data: Float64Array.from({ length: 80 }, normal) };
  const deep = surrogateTree({ features, outputs }, { maxDepth: 40 });
  expect([...predictSurrogate(deep, features).data]).toEqual([...outputs.data]);
  expect(deep.fidelity.training).toEqual({ r2: 1, agreement: 1 });
  const sizes: number[] = [];
  const visit = (node: typeof deep.root): void => {
    if (node.left && node.right) [node.left, node.right].forEach(visit);
    else sizes.push(node.count);
  };
  visit(surrogateTree({ features, outputs }, { maxDepth: 40, minLeaf: 7 }).root);
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(7);
});

test('of equal questions the first is asked', () => {
  const twice = { shape: [4, 2], data: Float64Array.of(0, 0, 1, 1, 2, 2, 3, 3) };
  const { root } = surrogateTree(
    { features: twice, outputs: { shape: [4], data: Float64Array.of(1, 0, 0, 1) } },
    { maxDepth: 1 },
  );
  expect(root).toMatchObject({ feature: 0, threshold: 0.5 });
});

test('between neighbouring numbers the threshold still divides', () => {
  const [low, high] = [1, 1 + Number.EPSILON];
  const close = { shape: [2, 1], data: Float64Array.of(high, low) };
  const tree = surrogateTree({ features: close, outputs: { shape: [2], data: Float64Array.of(1, 0) } });
  expect([...predictSurrogate(tree, close).data]).toEqual([1, 0]);
});

test('outputs that are all the same make one leaf, with no R² to speak of', () => {
  const tree = surrogateTree({ features, outputs: { shape: [40], data: new Float64Array(40).fill(0.1) } });
  expect(tree.root.left).toBeUndefined();
  expect(tree.fidelity.training).toEqual({ r2: null, agreement: 1 });
});

test.each<[object, object, string]>([
  [{ outputs: { shape: [2], data: Float64Array.of(1, 2) } }, {}, '"outputs" expected 40 examples, got 2'],
  [
    { features: { shape: [1, 2], data: Float64Array.of(1, Number.NaN) } },
    {},
    '"features" expected finite numbers, got NaN at [0, 1]',
  ],
  [
    { outputs: { shape: [40], data: new Float64Array(40).fill(0.5) } },
    { task: 'classification' },
    '"outputs" expected an integer',
  ],
  [{}, { task: 'ranking' }, '"task" expected one of'],
  [{}, { minLeaf: 0 }, '"minLeaf" expected an integer of at least 1, got 0'],
  [
    {},
    {
      heldOut: {
        features: { shape: [1, 2], data: Float64Array.of(1, 2) },
        outputs: { shape: [1], data: Float64Array.of(1) },
      },
    },
    '"heldOut" expected 3 features and 1 outputs, got 2 and 1',
  ],
])('surrogateTree(%o, %o) is refused', (wrong, options, message) => {
  expect(() => surrogateTree({ features, outputs: labels, ...wrong }, options)).toThrow(message);
});
