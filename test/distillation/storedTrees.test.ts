import { expect, test } from 'vitest';
import { neuralBackedTree } from '../../src/distillation/hierarchy/neuralBackedTree.ts';
import { predictHierarchy } from '../../src/distillation/hierarchy/predictHierarchy.ts';
import { growDecisionTree } from '../../src/distillation/rationale/growDecisionTree.ts';
import { parseTree } from '../../src/distillation/rationale/parseTree.ts';
import { predictSoftTree } from '../../src/distillation/soft/softTree.ts';
import { predictSurrogate, surrogateTree } from '../../src/distillation/surrogate/surrogateTree.ts';
import { treeText } from '../../src/distillation/treeOutline.ts';

const features = { shape: [4, 1], data: Float32Array.of(0, 1, 2, 3) };
const surrogate = surrogateTree({ features, outputs: { shape: [4], data: Float32Array.of(-1, -1, 1, 1) } });
const images = {
  responses: { shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 1, 1) },
  rationales: { shape: [3, 2], data: Float32Array.of(1, 0, 0, 1, 0.6, 0.8) },
  outputs: [1, 4, 2],
  biases: [0, 0, 0],
};
const rationale = growDecisionTree(images);
const hierarchy = await neuralBackedTree({ shape: [3, 2], data: Float32Array.of(1, 0, 0.9, 0, 0, 1) });
const soft = {
  kind: 'soft' as const,
  depth: 1,
  inverseTemperature: 1,
  weights: { shape: [1, 2], data: Float64Array.of(3, 0) },
  biases: Float64Array.of(0),
  leaves: { shape: [2, 2], data: Float64Array.of(2, -2, -2, 2) },
};

/** A tree as JSON keeps it, with a part of it changed: `path` leads there. */
function changed<T>(tree: T, path: string, value: unknown): T {
  const copy = JSON.parse(JSON.stringify(tree)) as T;
  const keys = path.split('.');
  const holder = keys
    .slice(0, -1)
    .reduce((part, key) => part[key] as Record<string, unknown>, copy as Record<string, unknown>);
  holder[keys.at(-1) as string] = value;
  return copy;
}

test.each<[string, unknown, string]>([
  ['root.threshold', null, '"tree.root.threshold" expected a finite number, got null'],
  ['root.feature', 1, '"tree.root.feature" expected an integer in 0..0, got 1'],
  ['root.left.value', 'x', '"tree.root.left.value[0]" expected a finite number, got "x"'],
  ['root.right', null, '"tree.root.right" expected a tree, got null'],
  ['features', 0, '"tree.features" expected an integer in 1..'],
  ['kind', 'other', '"tree.kind" expected one of soft, '],
])('a surrogate tree that JSON has changed: %s', (path, value, message) => {
  const tree = changed(surrogate, path, value);
  expect(() => treeText(tree)).toThrow(message);
  if (path !== 'kind') expect(() => predictSurrogate(tree, features)).toThrow(message);
});

test.each<[string, unknown, string]>([
  ['nodes.3.children', [3, 1], '"tree.nodes[3].children" expected an integer in 0..2, got 3'],
  ['nodes.3.children', [0, 0], '"tree.nodes[3].children" expected no child of node 3, got 0'],
  ['nodes.1.weights', [1], '"tree.nodes[1].weights" expected 2 numbers, got 1'],
  ['nodes.1.bias', null, '"tree.nodes[1].bias" expected a finite number, got null'],
  ['nodes.1.images', null, '"tree.nodes[1].images" expected a list, got null'],
  ['secondLayer', [9], '"tree.secondLayer" expected an integer in 0..'],
  ['nodes', {}, '"tree.nodes" expected a list, got a value of type Object'],
])('a tree of rationales that JSON has changed: %s', (path, value, message) => {
  const tree = changed(rationale, path, value);
  expect(() => treeText(tree)).toThrow(message);
  expect(() => parseTree(tree, images)).toThrow(message);
});

test.each<[string, unknown, string]>([
  ['nodes.4.children', [2], '"tree.nodes[4].children" expected 2 numbers, got 1'],
  ['nodes.4.classes', [7], '"tree.nodes[4].classes" expected an integer in 0..2, got 7'],
  ['nodes.4.height', -1, '"tree.nodes[4].height" expected a finite number of at least 0, got -1'],
  ['nodes', [], '"tree.nodes" expected two or more leaves and a node fewer above them, got 0 nodes, 0 of them leaves'],
])('a hierarchy that JSON has changed: %s', (path, value, message) => {
  const tree = changed(hierarchy, path, value);
  expect(() => treeText(tree)).toThrow(message);
  expect(() => predictHierarchy(tree, { shape: [1, 3], data: new Float32Array(3) })).toThrow(message);
});

test('what JSON makes of a soft tree has no typed arrays any more', () => {
  const read = JSON.parse(JSON.stringify(soft)) as typeof soft;
  expect(() => treeText(read)).toThrow('"tree.weights" expected {shape, data} with a typed array');
  const inputs = { shape: [1, 2], data: new Float32Array(2) };
  expect(() => predictSoftTree({ ...soft, depth: 2 }, inputs)).toThrow('"tree.biases" expected 3 numbers');
  expect(() => predictSoftTree({ ...soft, depth: 21 }, inputs)).toThrow('"tree.depth" expected an integer in 1..20');
  expect(treeText(soft)).toContain('gate 0');
});

test('trees without end are refused', () => {
  const outline = Array.from({ length: 2000 }).reduce<object>((child) => ({ label: 'a', children: [child] }), {
    label: 'b',
    children: [],
  });
  expect(() => treeText(outline as never)).toThrow('"tree" expected at most 1000 levels');
  const { root } = surrogate;
  const deep = Array.from({ length: 2000 }).reduce<object>((left) => ({ ...root, left }), root);
  expect(() => treeText({ ...surrogate, root: deep as typeof root })).toThrow(
    '"tree.root" expected at most 1000 levels',
  );
});

test('trees that JSON has kept whole are as before', () => {
  for (const tree of [surrogate, rationale, hierarchy]) {
    expect(treeText(JSON.parse(JSON.stringify(tree)) as typeof tree)).toBe(treeText(tree));
  }
});
