import { describe, expect, test } from 'vitest';
import { type GrowthOptions, growDecisionTree } from '../../src/distillation/rationale/growDecisionTree.ts';
import { type RationaleVectors, rationaleVectors } from '../../src/distillation/rationale/rationaleVectors.ts';
import { treeMetrics } from '../../src/distillation/rationale/treeMetrics.ts';
import type { GrownTree } from '../../src/distillation/rationale/types.ts';
import { random } from '../../src/numeric/random.ts';
import { type PlainImage, type PlainNode, plainGrowth, plainLogLikelihood } from '../oracle/decisionTree.ts';
import { expectNear } from '../support/near.ts';

/** Images of a few kinds: gradients scatter about that of the kind. */
function imagesOf(count: number, seed: number, scale?: Float64Array): RationaleVectors {
  const [side, filters] = [2, 5];
  const { normal, integer } = random(seed);
  const kinds = [0, 1, 2].map((kind) => Float64Array.from({ length: filters }, random(77, kind).normal));
  const size = side * side * filters;
  const responses = Float64Array.from({ length: count * size }, () => Math.max(normal() + 1, 0));
  const gradients = new Float64Array(count * size);
  for (let image = 0; image < count; image++) {
    const kind = kinds[integer(3)] as Float64Array;
    for (let i = 0; i < size; i++) gradients[image * size + i] = (kind[i % filters] as number) + 0.3 * normal();
  }
  const shape = [count, side, side, filters];
  return rationaleVectors({
    responses: { shape, data: responses },
    gradients: { shape, data: gradients },
    outputs: Float64Array.from({ length: count }, () => 6 + normal()),
    ...(scale && { scale }),
  });
}

function plain({ responses, rationales, outputs }: RationaleVectors): readonly PlainImage[] {
  const width = responses.shape[1] as number;
  const row = (data: Float64Array, i: number): readonly number[] => [...data.subarray(i * width, (i + 1) * width)];
  return Array.from(outputs, (y, i) => ({ x: row(responses.data, i), g: row(rationales.data, i), y }));
}

function leavesOf(vectors: RationaleVectors): readonly PlainNode[] {
  return plain(vectors).map(({ g }, i) => ({ images: [i], w: g, b: vectors.biases[i] as number }));
}

/** The second layer after some merges. */
function layerAfter(tree: GrownTree, merges: number): readonly PlainNode[] {
  const leaves = tree.nodes.length - tree.merges.length;
  const made = tree.nodes.slice(0, leaves + merges);
  const gone = new Set(made.flatMap(({ children }) => children));
  return made
    .filter((_, node) => !gone.has(node))
    .map(({ images, weights, bias }) => ({ images, w: weights, b: bias }));
}

const positives = imagesOf(12, 1);
const negatives = {
  ...imagesOf(9, 2, positives.meanResponses),
  outputs: new Float64Array(9).map((_, i) => -1 - 0.2 * i),
};
const withNegatives = { ...positives, negatives };

describe.each(['gain', 'gainPerImage'] as const)('by %s', (criterion) => {
  test.each([
    ['positives alone', positives],
    ['with negatives', withNegatives],
  ])('the merges of trying all pairs, %s', (_, images) => {
    const others = 'negatives' in images ? plain(images.negatives as RationaleVectors) : [];
    const tree = growDecisionTree(images, { selection: 'all', criterion, beta: 0.7 });
    const expected = plainGrowth(
      { positives: plain(positives), negatives: others, beta: 0.7 },
      leavesOf(positives),
      criterion === 'gainPerImage',
    );
    expect(expected.length).toBeGreaterThan(2);
    expect(tree.merges.map(({ images: merged }) => merged)).toEqual(expected.map(({ images: merged }) => merged));
    expectNear(
      tree.merges.map(({ gain }) => gain),
      expected.map(({ gain }) => gain),
      1e-9,
    );
    expectNear(
      tree.logLikelihood.slice(1),
      expected.map(({ logLikelihood }) => logLikelihood),
      1e-8,
    );
  });
});

test.each<GrowthOptions>([
  { selection: 'lasso' },
  { selection: 'exhaustive' },
  { selection: 'lasso', criterion: 'gainPerImage' },
])('log E is what its definition says, and rises, %o', (options) => {
  for (const images of [positives, withNegatives]) {
    const tree = growDecisionTree(images, options);
    const setting = {
      positives: plain(positives),
      negatives: images === positives ? [] : plain(negatives),
      beta: 1,
    };
    expect(tree.merges.length).toBeGreaterThan(0);
    tree.logLikelihood.forEach((value, merges) => {
      expect(value).toBeCloseTo(plainLogLikelihood(layerAfter(tree, merges), setting), 8);
    });
    tree.merges.forEach(({ gain }, i) => {
      const [before, after] = tree.logLikelihood.subarray(i, i + 2) as unknown as [number, number];
      expect(gain).toBeGreaterThan(0);
      expect(gain).toBeCloseTo(after - before, 9);
    });
    for (const { selected, weights, images: own } of tree.nodes) {
      expect(selected).toContain(1);
      expect(weights.every((weight, d) => selected[d] === 1 || weight === 0)).toBe(true);
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
  }
});

test('the smallest loss of all filter subsets is found, the lasso comes near', () => {
  const lossOf = (selection: 'exhaustive' | 'lasso' | 'all'): number => {
    const { nodes } = growDecisionTree(positives, { selection, beta: 100 });
    const root = nodes.find(({ images }) => images.length === 12);
    const own = plain(positives).map(({ x, y }) => {
      const said = x.reduce((sum, value, d) => sum + value * (root?.weights[d] as number), root?.bias as number);
      return (said - y) ** 2;
    });
    return own.reduce((sum, value) => sum + value, 0) / 12;
  };
  const [best, lasso, all] = [lossOf('exhaustive'), lossOf('lasso'), lossOf('all')];
  expect(best).toBeLessThanOrEqual(lasso);
  expect(lasso).toBeLessThan(all);
  expect(lasso).toBeLessThan(1.5 * best);
});

test('leaves say what the network says: log E₀ = −β|Ω⁺|, fitness 1, no error', () => {
  for (const beta of [0.3, 1, 2]) {
    const { logLikelihood, merges, secondLayer } = growDecisionTree(positives, { beta, maxMerges: 0 });
    expect(logLikelihood).toHaveLength(1);
    expect(logLikelihood[0]).toBeCloseTo(-12 * beta, 10);
    expect(merges).toEqual([]);
    expect(secondLayer).toEqual([...Array(12).keys()]);
  }
  const tree = growDecisionTree(positives);
  for (const by of ['route', 'membership'] as const) {
    const [leaves] = treeMetrics(tree, positives, { levels: ['leaves'], by });
    expect(leaves).toMatchObject({ nodes: 12, accuracy: 1 });
    expect(leaves?.fitness).toBeCloseTo(1, 12);
    expect(leaves?.predictionError).toBeCloseTo(0, 12);
  }
});

test('a constant predictor is rewarded among positives alone, and costs something beside a negative', () => {
  const two = {
    responses: { shape: [2, 2], data: Float64Array.of(4, 1, 1, 4) },
    rationales: { shape: [2, 2], data: Float64Array.of(0.8, 0.6, 0.6, 0.8) },
    outputs: [4, 2],
    biases: [0.2, -1.8],
  };
  const aside = {
    responses: { shape: [1, 2], data: Float64Array.of(1, 1) },
    rationales: { shape: [1, 2], data: Float64Array.of(0, 1) },
    outputs: [-0.4],
  };
  const alone = growDecisionTree(two, { selection: 'all' });
  const [apart, together] = [Math.exp(4 / 3) + Math.exp(2 / 3), 2 * Math.exp(1)];
  expect(alone.merges[0]?.gain).toBeCloseTo(1 + 2 * Math.log(apart / together), 12);
  expect(alone.merges[0]?.gain).toBeGreaterThan(1.1);
  const beside = growDecisionTree({ ...two, negatives: aside }, { selection: 'all' });
  const [low, high] = [Math.exp(-0.4 / 3), Math.exp((Math.SQRT2 + 3 - 5 * Math.SQRT1_2) / 3)];
  expect(beside.logLikelihood[0]).toBeCloseTo(-2, 12);
  expect(beside.merges[0]?.gain).toBeCloseTo(1 + 2 * Math.log((apart + low) / (together + high)), 12);
  expect(beside.merges[0]?.gain).toBeLessThan(1);
});

test('same images, same tree; nothing given is changed', () => {
  const copy = structuredClone(withNegatives);
  const tree = growDecisionTree(withNegatives);
  expect(growDecisionTree(copy)).toEqual(tree);
  expect(copy).toEqual(withNegatives);
  expect(structuredClone(tree)).toEqual(tree);
});

test('one image, and images that are all the same', () => {
  const one = growDecisionTree(imagesOf(1, 4));
  expect(one).toMatchObject({ merges: [], secondLayer: [0] });
  const data = Float64Array.of(1, 2, 1, 2, 1, 2);
  const same = growDecisionTree(
    rationaleVectors({
      responses: { shape: [3, 2], data },
      gradients: { shape: [3, 2], data },
      outputs: [5, 5, 5],
    }),
  );
  // Merging loses nothing, so each merge is worth β.
  expect([...same.logLikelihood].map((value) => Number(value.toFixed(9)))).toEqual([-3, -2, -1]);
});

test('rationales that cancel out are never merged', () => {
  const tree = growDecisionTree({
    responses: { shape: [2, 2], data: Float64Array.of(1, 0, 1, 0) },
    rationales: { shape: [2, 2], data: Float64Array.of(1, 0, -1, 0) },
    outputs: [1, 1],
    biases: [0, 2],
  });
  expect(tree.merges).toEqual([]);
});

test('a filter that never answers counts for nothing', () => {
  const vectors = rationaleVectors({
    responses: { shape: [2, 2], data: Float64Array.of(1, 0, 3, 0) },
    gradients: { shape: [2, 2], data: Float64Array.of(2, 5, 1, 5) },
    outputs: [4, 6],
  });
  expect([...vectors.responses.data]).toEqual([0.5, 0, 1.5, 0]);
  expect([...vectors.rationales.data]).toEqual([1, 0, 1, 0]);
  expect([...vectors.meanResponses]).toEqual([2, 0]);
  expect(growDecisionTree(vectors, { selection: 'exhaustive' }).nodes.at(-1)?.selected).toEqual([1, 0]);
});
