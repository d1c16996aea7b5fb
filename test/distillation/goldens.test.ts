import { describe, expect, test } from 'vitest';
import { growDecisionTree } from '../../src/distillation/rationale/growDecisionTree.ts';
import { type ParseStep, parseTree } from '../../src/distillation/rationale/parseTree.ts';
import { type RationaleVectors, rationaleVectors } from '../../src/distillation/rationale/rationaleVectors.ts';
import { routedElsewhere } from '../../src/distillation/rationale/routedElsewhere.ts';
import { treeMetrics } from '../../src/distillation/rationale/treeMetrics.ts';
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
    expectNear(vectors.scale, expected.s, 1e-9);
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
      scale: vectors.scale,
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
