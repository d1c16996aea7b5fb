import { expect, test } from 'vitest';
import { filterPartMatrix } from '../../src/distillation/rationale/filterPartMatrix.ts';
import { growDecisionTree } from '../../src/distillation/rationale/growDecisionTree.ts';
import { parseTree } from '../../src/distillation/rationale/parseTree.ts';
import { rationaleVectors } from '../../src/distillation/rationale/rationaleVectors.ts';
import { routedElsewhere } from '../../src/distillation/rationale/routedElsewhere.ts';
import { treeMetrics } from '../../src/distillation/rationale/treeMetrics.ts';

const array = (shape: readonly number[], ...values: number[]) => ({ shape, data: Float64Array.from(values) });

const layer = {
  responses: array([2, 1, 1, 2], 1, 2, 3, 4),
  gradients: array([2, 1, 1, 2], 1, 0, 0, 1),
  outputs: [1, 4],
};

test.each<[object, string]>([
  [
    { responses: array([2, 1, 1, 2], 1, 2, Number.NaN, 4) },
    '"responses" expected finite numbers, got NaN at [1, 0, 0, 0]',
  ],
  [{ gradients: array([2, 1, 1, 2], 1, 0, 0, 0) }, 'got zero for all filters of image 1'],
  [{ gradients: array([2, 2], 1, 0, 0, 1) }, '"gradients" expected shape [2, 1, 1, 2], got [2, 2]'],
  [{ responses: array([2, 2, 1], 1, 2, 3, 4) }, '"responses" expected rank 2 or 4'],
  [{ outputs: [1] }, '"outputs" expected 2 numbers, got 1'],
  [{ outputs: [1, Number.POSITIVE_INFINITY] }, '"outputs" expected finite numbers, got Infinity at [1]'],
  [{ meanResponses: [1, 2, 3] }, '"meanResponses" expected 2 numbers, got 3'],
])('rationaleVectors(%o) is refused', (wrong, message) => {
  expect(() => rationaleVectors({ ...layer, ...wrong })).toThrow(message);
});

const vectors = rationaleVectors(layer);

test.each<[object, object, string]>([
  [{ rationales: array([2, 2], 2, 0, 0, 1) }, {}, '"rationales" expected unit length, got 2 for image 0'],
  [
    { rationales: array([2, 2], 0, 0, 0, 1) },
    {},
    '"rationales" expected a rationale of each image, got zeros for image 0',
  ],
  [{ rationales: array([1, 2], 1, 0) }, {}, '"rationales" expected shape [2, 2], got [1, 2]'],
  [{ outputs: [-1, 0] }, {}, '"outputs" expected a mean above 0'],
  [{ biases: [1] }, {}, '"biases" expected 2 numbers, got 1'],
  [
    { negatives: { responses: array([1, 3], 1, 2, 3), rationales: array([1, 3], 1, 0, 0), outputs: [1] } },
    {},
    '"negatives.responses" expected 2 filters, got 3',
  ],
  [{}, { beta: Number.NaN }, '"beta" expected a finite number, got NaN'],
  [{}, { selection: 'lass' }, '"selection" expected one of lasso'],
  [{}, { criterion: 'ratio' }, '"criterion" expected one of'],
  [{}, { maxMerges: -1 }, '"maxMerges" expected an integer of at least 0, got -1'],
])('growDecisionTree(%o, %o) is refused', (wrong, options, message) => {
  expect(() => growDecisionTree({ ...vectors, ...wrong }, options)).toThrow(message);
});

test('all subsets of many filters are too many', () => {
  const wide = {
    responses: array([1, 17], ...Array(17).fill(1)),
    rationales: array([1, 17], 1, ...Array(16).fill(0)),
    outputs: [1],
    biases: [0],
  };
  expect(() => growDecisionTree(wide, { selection: 'exhaustive' })).toThrow('more than 16 filters, got 17');
});

const tree = growDecisionTree(vectors, { maxMerges: 0 });
const one = { responses: array([1, 2], 1, 2), rationales: array([1, 2], 1, 0), outputs: [1] };

test('images and parts that a tree cannot read are refused', () => {
  const wide = { responses: array([1, 3], 1, 2, 3), rationales: array([1, 3], 1, 0, 0), outputs: [1] };
  expect(() => parseTree(tree, wide)).toThrow('"responses" expected 2 filters, got 3');
  expect(() => parseTree(tree, vectors, { parts: array([1, 3], 1, 0, 0) })).toThrow(
    '"parts" expected shape [m, 2], got [1, 3]',
  );
  expect(() => routedElsewhere(tree, one)).toThrow('"images" expected the 2 that the tree was grown from, got 1');
  expect(() => treeMetrics(tree, one, { by: 'membership' })).toThrow('"images" expected the 2');
  expect(() => treeMetrics(tree, one, { levels: [1] })).toThrow('"levels[0]" expected an integer of at least 2, got 1');
  expect(() => treeMetrics(tree, one, { positive: [true, false] })).toThrow('"positive" expected 1, got 2');
  expect(() => treeMetrics(tree, one, { effects: array([1, 1], 1) })).toThrow('"parts" expected a matrix');
  expect(() => treeMetrics(tree, one, { parts: array([1, 2], 1, 0), effects: array([1, 2], 1, 0) })).toThrow(
    '"effects" expected shape [1, 1], got [1, 2]',
  );
  expect(treeMetrics(tree, one)[0]?.predictionError).toBeNull();
});

test('filters go to the part that is nearest most often', () => {
  const positions = array([3, 2, 2], 0, 0, 9, 9, 1, 1, 9, 8, 9, 9, 0, 0);
  const parts = array([3, 2, 2], 0, 1, 9, 9, 1, 0, Number.NaN, Number.NaN, 0, 0, 9, 8);
  expect(filterPartMatrix({ positions, parts })).toEqual({
    matrix: array([2, 2], 1, 1, 0, 0),
    part: Int32Array.of(0, 0),
    counts: { shape: [2, 2], data: Int32Array.of(2, 2, 1, 1) },
  });
  expect([...filterPartMatrix({ positions, parts }, { maxDistance: 5 }).part]).toEqual([0, 0]);
  const scores = array([3, 2], 1, 1, 1, 1, 1, 0);
  const scored = filterPartMatrix({ positions, parts, scores }, { maxDistance: 5 });
  expect([...scored.part]).toEqual([0, 1]);
  expect([...filterPartMatrix({ positions, parts }, { maxDistance: 0 }).part]).toEqual([-1, 0]);
  expect(() => filterPartMatrix({ positions, parts: array([1, 1, 2], 0, 0) })).toThrow(
    '"parts" expected shape [3, 1, 2]',
  );
  expect(() => filterPartMatrix({ positions: parts, parts })).toThrow('"positions" expected finite numbers');
});
