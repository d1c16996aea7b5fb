import { expect, test } from 'vitest';
import { neuralBackedTree } from '../../src/distillation/hierarchy/neuralBackedTree.ts';
import { growDecisionTree } from '../../src/distillation/rationale/growDecisionTree.ts';
import type { SoftTree } from '../../src/distillation/soft/gates.ts';
import { surrogateTree } from '../../src/distillation/surrogate/surrogateTree.ts';
import { treeOutline, treeText } from '../../src/distillation/treeOutline.ts';

test('a hierarchy of classes', async () => {
  const tree = await neuralBackedTree({ shape: [3, 2], data: Float32Array.of(1, 0, 0, 4, 1, 0.5) });
  expect(treeText(tree, { labels: ['cat', 'car', 'dog'] })).toBe(
    [
      'cat, car, dog (3 classes, distance 4.48)',
      '├─ car',
      '└─ cat, dog (2 classes, distance 0.5)',
      '   ├─ cat',
      '   └─ dog',
    ].join('\n'),
  );
  expect(treeText(tree, { depth: 1 }).split('\n')).toHaveLength(3);
});

test('a surrogate', () => {
  const features = { shape: [4, 1], data: Float32Array.of(0, 1, 2, 3) };
  const outputs = { shape: [4], data: Int32Array.of(0, 0, 1, 1) };
  const tree = surrogateTree({ features, outputs }, { task: 'classification' });
  expect(treeText(tree, { features: ['wheels'], labels: ['cat', 'car'] })).toBe(
    ['wheels ≤ 1.5? (cat 0.5, 4 examples)', '├─ cat 1 (2 examples)', '└─ car 1 (2 examples)'].join('\n'),
  );
});

test('a soft tree, with thumbnails of gates', () => {
  const tree: SoftTree = {
    kind: 'soft',
    depth: 1,
    inverseTemperature: 1,
    weights: { shape: [1, 1], data: Float64Array.of(1) },
    biases: Float64Array.of(0),
    leaves: { shape: [2, 2], data: Float64Array.of(Math.log(3), 0, 0, 0) },
  };
  expect(treeText(tree)).toBe('gate 0 (left or right)\n├─ class 0 (p = 0.75)\n└─ class 0 (p = 0.5)');
  expect(treeText(tree, { features: ['legs'] }).split('\n')[0]).toBe('gate 0 (+1 legs)');
  const pictures = { ...tree, weights: { shape: [1, 1, 1, 1], data: tree.weights.data } };
  expect(treeText(pictures, { features: ['legs'] })).toBe(treeText(tree));
  const dot = { width: 1, height: 1, data: new Uint8ClampedArray(4) };
  const outline = treeOutline(tree, { thumbnail: (node) => (node === 0 ? dot : undefined) });
  expect(outline.thumbnail).toBe(dot);
  expect(outline.children.map(({ thumbnail }) => thumbnail)).toEqual([undefined, undefined]);
});

test('a tree of rationales', () => {
  const data = Float64Array.of(1, 0, 1, 0, 0, 1);
  const tree = growDecisionTree(
    {
      responses: { shape: [3, 2], data },
      rationales: { shape: [3, 2], data },
      outputs: [2, 2, 2],
      biases: [1, 1, 1],
    },
    { maxMerges: 1 },
  );
  expect(treeText(tree, { features: ['head', 'tail'] })).toBe(
    [
      '3 images (2 groups)',
      '├─ image 2 (+1 tail)',
      '└─ 2 images (+1 head)',
      '   ├─ image 0 (+1 head)',
      '   └─ image 1 (+1 head)',
    ].join('\n'),
  );
});
