import * as tf from '@tensorflow/tfjs-core';
import * as trees from '../../../src/distillation/index.ts';
import type { Given } from './given.ts';
import { smallPicture } from './pictureCalls.ts';
import { type PublicCalls, said } from './sent.ts';

const vectors = (given: Given): trees.RationaleVectors =>
  trees.rationaleVectors({
    responses: given.array([5, 2, 2, 3], 1),
    gradients: given.array([5, 2, 2, 3], 2),
    outputs: [3, 4, 5, 6, 7],
  });
const grown = (given: Given): trees.GrownTree => trees.growDecisionTree(vectors(given), { maxMerges: 2 });
const features = (given: Given) => ({ features: given.array([8, 3], 3), outputs: given.array([8, 2], 4) });

const hierarchy = (): trees.NeuralBackedTree => ({
  kind: 'hierarchy',
  nodes: [
    { classes: [0], children: [], height: 0 },
    { classes: [1], children: [], height: 0 },
    { classes: [2], children: [], height: 0 },
    { classes: [1, 2], children: [1, 2], height: 1 },
    { classes: [0, 1, 2], children: [0, 3], height: 2 },
  ],
});

const soft = (): trees.SoftTree => ({
  kind: 'soft',
  depth: 1,
  inverseTemperature: 1,
  weights: { shape: [1, 2], data: Float64Array.of(1, -1) },
  biases: Float64Array.of(0),
  leaves: { shape: [2, 2], data: Float64Array.of(1, 0, 0, 0) },
});

const softExamples = (given: Given): trees.SoftExamples => ({
  inputs: given.array([4, 2], 1),
  targets: { shape: [4, 2], data: Float32Array.of(1, 0, 0, 1, 0.5, 0.5, 1, 0) },
});

/** Trees, without waiting. */
export const treeCalls: PublicCalls = {
  filterPartMatrix: (given) =>
    said(
      trees.filterPartMatrix,
      {
        positions: given.array([4, 3, 2], 1),
        parts: given.array([4, 2, 2], 2),
        scores: given.array([4, 3], 3),
      },
      { maxDistance: 3 },
    ),
  growDecisionTree: (given) =>
    said(trees.growDecisionTree, vectors(given), {
      beta: 1,
      selection: 'lasso',
      criterion: 'gain',
      maxMerges: 2,
    }),
  hierarchyLoss: () => said(trees.hierarchyLoss, hierarchy(), tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]), [0, 2]),
  predictHierarchy: (given) => said(trees.predictHierarchy, hierarchy(), given.array([2, 3], 1)),
  parseTree: (given) =>
    said(trees.parseTree, grown(given), vectors(given), {
      parts: { shape: [2, 3], data: Float32Array.of(1, 0, 1, 0, 1, 0) },
    }),
  rationaleVectors: (given) =>
    said(trees.rationaleVectors, {
      responses: given.array([5, 2, 2, 3], 1),
      gradients: given.array([5, 2, 2, 3], 2),
      outputs: [3, 4, 5, 6, 7],
      meanResponses: [1, 2, 3],
    }),
  routedElsewhere: (given) => said(trees.routedElsewhere, grown(given), vectors(given)),
  softTreeLoss: (given) => said(trees.softTreeLoss, soft(), softExamples(given), { balance: 0.1 }),
  predictSoftTree: (given) => said(trees.predictSoftTree, soft(), given.array([4, 2], 1), { by: 'path' }),
  predictSurrogate: (given) =>
    said(trees.predictSurrogate, trees.surrogateTree(features(given), { maxDepth: 2 }), given.array([4, 3], 2)),
  surrogateTree: (given) =>
    said(trees.surrogateTree, features(given), {
      task: 'regression',
      maxDepth: 2,
      minLeaf: 1,
      heldOut: { features: given.array([4, 3], 5), outputs: given.array([4, 2], 6) },
    }),
  treeMetrics: (given) =>
    said(trees.treeMetrics, grown(given), vectors(given), {
      levels: [2, 'leaves'],
      by: 'route',
      parts: { shape: [2, 3], data: Float32Array.of(1, 0, 1, 0, 1, 0) },
      effects: { shape: [5, 2], data: new Float32Array(10).fill(0.5) },
      positive: [true, true, true, true, true],
    }),
  treeOutline: (given) =>
    said(trees.treeOutline, grown(given), {
      features: ['a', 'b', 'c'],
      labels: ['d'],
      thumbnail: () => smallPicture(),
      depth: 2,
    }),
  treeText: (given) =>
    said(trees.treeText, grown(given), {
      features: ['a', 'b', 'c'],
      labels: ['d'],
      thumbnail: () => undefined,
      depth: 2,
    }),
};
