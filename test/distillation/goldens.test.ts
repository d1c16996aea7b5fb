import { describe, expect, test } from 'vitest';
import { neuralBackedTree } from '../../src/distillation/hierarchy/neuralBackedTree.ts';
import { predictHierarchy } from '../../src/distillation/hierarchy/predictHierarchy.ts';
import { growDecisionTree } from '../../src/distillation/rationale/growDecisionTree.ts';
import { type ParseStep, parseTree } from '../../src/distillation/rationale/parseTree.ts';
import { type RationaleVectors, rationaleVectors } from '../../src/distillation/rationale/rationaleVectors.ts';
import { routedElsewhere } from '../../src/distillation/rationale/routedElsewhere.ts';
import { treeMetrics } from '../../src/distillation/rationale/treeMetrics.ts';
import type { SoftTree } from '../../src/distillation/soft/gates.ts';
import { predictSoftTree, softTreeLoss } from '../../src/distillation/soft/softTree.ts';
import { predictSurrogate, surrogateTree } from '../../src/distillation/surrogate/surrogateTree.ts';
import type { SurrogateNode } from '../../src/distillation/surrogate/types.ts';
import type { NdArray } from '../../src/numeric/ndarray.ts';
import { type GoldenCase, goldenCases } from '../support/goldenCases.ts';
import { expectNear } from '../support/near.ts';

const goldens = await goldenCases('decision-tree');

async function trainingVectors({ inputs }: GoldenCase): Promise<RationaleVectors> {
  return rationaleVectors({
    responses: await goldens.arrayOf(inputs['responses']),
    gradients: await goldens.arrayOf(inputs['gradients']),
    outputs: await goldens.arrayOf(inputs['logits']),
  });
}

describe.each(goldens.ofMethod('rationale-vectors'))('$id', (golden) => {
  test('vectors', async () => {
    const vectors = await trainingVectors(golden);
    const expected = golden.expected as Record<'s' | 'norm' | 'y' | 'b', number[]> & Record<'x' | 'g', number[][]>;
    expectNear(vectors.meanResponses, expected.s, 1e-9);
    expectNear(vectors.responses.data, expected.x.flat(), 1e-9);
    expectNear(vectors.rationales.data, expected.g.flat(), 1e-9);
    expectNear(vectors.lengths, expected.norm, 1e-9);
    expectNear(vectors.outputs, expected.y, 1e-9);
    expectNear(vectors.biases, expected.b, 1e-9);
  });
});

interface GrownGolden {
  readonly trainPredictions: number[];
  readonly trainNodes: readonly number[][];
  readonly test: readonly (readonly { images: number[]; prediction: number; cosine: number }[])[];
  readonly fitness: number;
  readonly predictionError: number;
  readonly gamma: number;
  readonly logE0: number;
  readonly merges: readonly {
    readonly merged: readonly [number[], number[]];
    readonly images: number[];
    readonly deltaLogE: number;
    readonly logE: number;
    readonly alpha: number[];
    readonly w: number[];
    readonly b: number;
  }[];
  readonly secondLayer: readonly number[][];
}

const selections = { ones: 'all', exact: 'exhaustive' } as const;
const criteria = { delta: 'gain', ratio: 'gainPerImage' } as const;

describe.each(goldens.ofMethod('rationale-tree'))('$id', (golden) => {
  const expected = golden.expected as unknown as GrownGolden;
  const { beta, alpha, criterion, steps } = golden.params as {
    beta: number;
    alpha: keyof typeof selections;
    criterion: keyof typeof criteria;
    steps: number;
  };
  const options = { beta, selection: selections[alpha], criterion: criteria[criterion], maxMerges: steps };

  test('merges and nodes', async () => {
    const tree = growDecisionTree(await trainingVectors(golden), options);
    expect(Math.abs(tree.gamma - expected.gamma)).toBeLessThan(1e-9);
    expectNear(tree.logLikelihood, [expected.logE0, ...expected.merges.map(({ logE }) => logE)], 1e-7);
    expect(tree.merges.map(({ images }) => images)).toEqual(expected.merges.map(({ images }) => images));
    expectNear(
      tree.merges.map(({ gain }) => gain),
      expected.merges.map(({ deltaLogE }) => deltaLogE),
      1e-9,
    );
    const count = tree.nodes.length - tree.merges.length;
    expected.merges.forEach(({ merged, alpha: selected, w, b }, i) => {
      const node = tree.nodes[count + i];
      expect(node?.children.map((child) => tree.nodes[child]?.images).sort()).toEqual([...merged].sort());
      expect(node?.selected).toEqual(selected);
      expectNear(node?.weights ?? [], w, 1e-7);
      expect(Math.abs((node?.bias as number) - b)).toBeLessThan(1e-7);
    });
    expect(tree.secondLayer.map((node) => tree.nodes[node]?.images)).toEqual(expected.secondLayer);
  });

  test('images by arg-max cosine at every level', async () => {
    const vectors = await trainingVectors(golden);
    const tree = growDecisionTree(vectors, options);
    const first = parseTree(tree, vectors).map(([step]) => step as ParseStep);
    expect(first.map(({ node }) => tree.nodes[node]?.images)).toEqual(expected.trainNodes);
    expectNear(
      first.map(({ prediction }) => prediction),
      expected.trainPredictions,
      1e-7,
    );
    const elsewhere = expected.trainNodes.filter((images, image) => !images.includes(image)).length;
    expect(routedElsewhere(tree, vectors)).toBe(elsewhere / vectors.outputs.length);
    const responses = await goldens.arrayOf(golden.inputs['testResponses']);
    const others = rationaleVectors({
      responses,
      gradients: await goldens.arrayOf(golden.inputs['testGradients']),
      outputs: new Float64Array(responses.shape[0] as number),
      meanResponses: vectors.meanResponses,
    });
    const paths = parseTree(tree, others);
    expect(paths.map((path) => path.map(({ node }) => tree.nodes[node]?.images))).toEqual(
      expected.test.map((path) => path.map(({ images }) => images)),
    );
    const steps = expected.test.flat();
    const found = paths.flat();
    expectNear(
      found.map(({ prediction }) => prediction),
      steps.map(({ prediction }) => prediction),
      1e-7,
    );
    expectNear(
      found.map(({ cosine }) => cosine),
      steps.map(({ cosine }) => cosine),
      1e-7,
    );
  });

  test('metrics', async () => {
    const vectors = await trainingVectors(golden);
    const [second, leaves] = treeMetrics(growDecisionTree(vectors, options), vectors);
    expect(second?.fitness).toBeCloseTo(expected.fitness, 9);
    expect(second?.predictionError).toBeCloseTo(expected.predictionError, 7);
    expect(leaves?.fitness).toBeCloseTo(1, 12);
    expect(leaves?.predictionError).toBeCloseTo(0, 12);
  });
});

describe.each(goldens.ofMethod('rationale-contributions'))('$id', (golden) => {
  test('filters and parts', async () => {
    const vectors = await trainingVectors(golden);
    const rows = golden.params['A'] as number[][];
    const parts = { shape: [rows.length, rows[0]?.length as number], data: Float64Array.from(rows.flat()) };
    const tree = growDecisionTree(vectors, { selection: 'all', maxMerges: 5 });
    const first = parseTree(tree, vectors, { parts }).map(([step]) => step as ParseStep);
    const expected = golden.expected as { filter: number[][]; part: number[][] };
    first.forEach(({ contributions, parts: sums }, image) => {
      expectNear(contributions, expected.filter[image] ?? [], 1e-7);
      expectNear(sums ?? [], expected.part[image] ?? [], 1e-7);
    });
  });
});

interface PlainSurrogate {
  readonly value: number;
  readonly count: number;
  readonly feature?: number;
  readonly threshold?: number;
  readonly left?: PlainSurrogate;
  readonly right?: PlainSurrogate;
}

function expectSameTree(found: SurrogateNode | undefined, expected: PlainSurrogate): void {
  expect(found?.value).toBeCloseTo(expected.value, 6);
  expect(found?.count).toBe(expected.count);
  expect(found?.feature).toBe(expected.feature);
  if (!expected.left || !expected.right) return;
  expect(found?.threshold).toBeCloseTo(expected.threshold as number, 6);
  expectSameTree(found?.left, expected.left);
  expectSameTree(found?.right, expected.right);
}

describe.each(goldens.ofMethod('cart-distillation'))('$id', (golden) => {
  test('tree, predictions, fidelity', async () => {
    const read = (name: string) => goldens.arrayOf(golden.inputs[name]);
    const heldOut = { features: await read('testFeatures'), outputs: await read('testTeacher') };
    const features = await read('features');
    const { maxDepth } = golden.params as { maxDepth: number };
    const tree = surrogateTree({ features, outputs: await read('teacher') }, { maxDepth, heldOut });
    const expected = golden.expected as Record<string, number> & { tree: never };
    expectSameTree(tree.root, expected.tree);
    expectNear(
      predictSurrogate(tree, features).data,
      (await goldens.arrayOf(golden.outputs['predictions'])).data,
      1e-6,
    );
    expectNear(
      predictSurrogate(tree, heldOut.features).data,
      (await goldens.arrayOf(golden.outputs['testPredictions'])).data,
      1e-6,
    );
    expect(tree.fidelity.training.r2).toBeCloseTo(expected['fidelityR2'] as number, 6);
    expect(tree.fidelity.heldOut?.r2).toBeCloseTo(expected['testFidelityR2'] as number, 6);
    expect(tree.fidelity.training.agreement).toBe(expected['signAgreement']);
    expect(tree.fidelity.heldOut?.agreement).toBe(expected['testSignAgreement']);
  });
});

describe.each(goldens.ofMethod('soft-decision-tree'))('$id', (golden) => {
  test('paths, mixtures, losses', async () => {
    const { depth, beta, lambda } = golden.params as Record<'depth' | 'beta' | 'lambda', number>;
    const read = async (name: string): Promise<NdArray<Float64Array>> => {
      const { shape, data } = await goldens.arrayOf(golden.inputs[name]);
      return { shape, data: Float64Array.from(data) };
    };
    const tree: SoftTree = {
      kind: 'soft',
      depth,
      inverseTemperature: beta,
      weights: await read('w'),
      biases: (await read('b')).data,
      leaves: await read('phi'),
    };
    const inputs = await read('x');
    const expected = golden.expected as Record<'pathProbabilities' | 'mixture', number[][]> &
      Record<'loss' | 'mixtureLoss' | 'alpha' | 'bestLeaf', number[]> & { regulariser: number };
    const { pathProbabilities, leaf } = predictSoftTree(tree, inputs);
    expectNear(pathProbabilities.data, expected.pathProbabilities.flat(), 1e-9);
    expect([...leaf]).toEqual(expected.bestLeaf);
    expectNear(predictSoftTree(tree, inputs, { by: 'mixture' }).values.data, expected.mixture.flat(), 1e-9);
    const losses = softTreeLoss(tree, { inputs, targets: await read('targets') }, { balance: lambda });
    expectNear(losses.expected, expected.loss, 1e-9);
    expectNear(losses.mixture, expected.mixtureLoss, 1e-9);
    expectNear(losses.alpha, expected.alpha, 1e-9);
    expect(losses.regulariser).toBeCloseTo(expected.regulariser, 9);
  });
});

describe.each(goldens.ofMethod('nbdt'))('$id', (golden) => {
  test('merges, soft and hard inference', async () => {
    const weights = await goldens.arrayOf(golden.inputs['weights']);
    const features = await goldens.arrayOf(golden.inputs['features']);
    const tree = await neuralBackedTree(weights);
    const expected = golden.expected as {
      merges: { children: [number[], number[]]; height: number }[];
      soft: number[][];
      hard: number[];
    };
    const [count, width] = weights.shape as [number, number];
    const merged = tree.nodes.slice(count);
    expect(merged).toHaveLength(expected.merges.length);
    merged.forEach(({ children, height }, i) => {
      const { children: sides, height: own } = expected.merges[i] as (typeof expected.merges)[number];
      expect(children.map((child) => tree.nodes[child]?.classes).sort()).toEqual([...sides].sort());
      expect(height).toBeCloseTo(own, 6);
    });
    const examples = features.shape[0] as number;
    const logits = Float64Array.from({ length: examples * count }, (_, i) => {
      const [example, k] = [Math.floor(i / count), i % count];
      let sum = 0;
      for (let d = 0; d < width; d++) {
        sum += (weights.data[k * width + d] as number) * (features.data[example * width + d] as number);
      }
      return sum;
    });
    const { probabilities, hard } = predictHierarchy(tree, { shape: [examples, count], data: logits });
    expectNear(probabilities.data, expected.soft.flat(), 1e-9);
    expect([...hard]).toEqual(expected.hard);
  });
});
