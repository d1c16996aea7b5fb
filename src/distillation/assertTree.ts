import {
  assertArray,
  assertChoice,
  assertFiniteArray,
  assertInteger,
  assertList,
  assertNumber,
  assertNumbers,
  describe,
} from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import type { NeuralBackedTree } from './hierarchy/neuralBackedTree.ts';
import type { GrownTree, RationaleTree } from './rationale/types.ts';
import type { SoftTree } from './soft/gates.ts';
import type { SurrogateNode, SurrogateTree } from './surrogate/types.ts';

/** Any tree of this module. */
export type AnyTree = Omit<GrownTree, 'logLikelihood'> | SoftTree | NeuralBackedTree | SurrogateTree;

/** Refuses what is no tree of this module: for trees that come from JSON. */
export function assertTree(tree: unknown): asserts tree is AnyTree {
  const kinds = {
    rationale: assertRationaleTree,
    soft: assertSoftTree,
    hierarchy: assertHierarchy,
    surrogate: assertSurrogate,
  };
  const { kind } = objectOf('tree', tree) as { readonly kind?: keyof typeof kinds };
  assertChoice('tree.kind', kind as keyof typeof kinds, Object.keys(kinds) as (keyof typeof kinds)[]);
  kinds[kind as keyof typeof kinds](tree);
}

/** Refuses what is no tree of rationales: nodes of equally many weights, and the children of the root. */
export function assertRationaleTree(tree: unknown): asserts tree is RationaleTree {
  const { nodes, secondLayer } = objectOf('tree', tree);
  let width: number | undefined;
  assertNodes('tree.nodes', nodes, (at, { images, weights, bias }) => {
    assertNumbers(`${at}.images`, images);
    assertNumbers(`${at}.weights`, weights, width);
    width = weights.length;
    assertNumber(`${at}.bias`, bias as number);
  });
  assertNumbers('tree.secondLayer', secondLayer);
  if (secondLayer.length === 0) throw new VitrineError('bad-argument', '"tree.secondLayer" expected nodes, got none');
  for (const place of secondLayer) assertInteger('tree.secondLayer', place, [0, nodes.length - 1]);
}

/** Refuses what is no hierarchy of classes: leaves, then nodes of two children. */
export function assertHierarchy(tree: unknown): asserts tree is NeuralBackedTree {
  assertKind(tree, 'hierarchy');
  const { nodes } = objectOf('tree', tree);
  let leaves = 0;
  assertNodes('tree.nodes', nodes, (at, { classes, children, height }, place) => {
    const isLeaf = (children as readonly number[]).length === 0;
    if (isLeaf && leaves === place) leaves++;
    assertNumbers(`${at}.children`, children, place < leaves ? 0 : 2);
    assertNumbers(`${at}.classes`, classes);
    assertNumber(`${at}.height`, height as number, 0);
  });
  if (leaves < 2 || nodes.length !== 2 * leaves - 1) {
    throw new VitrineError(
      'bad-argument',
      `"tree.nodes" expected two or more leaves and a node fewer above them, got ${nodes.length} nodes, ${leaves} of them leaves`,
    );
  }
  nodes.forEach((node, place) => {
    const { classes } = node as unknown as NeuralBackedTree['nodes'][number];
    for (const one of classes) assertInteger(`tree.nodes[${place}].classes`, one, [0, leaves - 1]);
  });
}

const deepestSoftTree = 20;

/** Refuses what is no soft tree: typed arrays for all gates and leaves of a complete tree. */
export function assertSoftTree(tree: unknown): asserts tree is SoftTree {
  assertKind(tree, 'soft');
  const { depth, inverseTemperature, weights, biases, leaves } = objectOf('tree', tree) as unknown as SoftTree;
  assertInteger('tree.depth', depth, [1, deepestSoftTree]);
  assertNumber('tree.inverseTemperature', inverseTemperature, Number.MIN_VALUE);
  assertArray('tree.weights', weights, [2, 3, 4]);
  assertArray('tree.biases', { shape: [2 ** depth - 1], data: biases }, [1]);
  assertArray('tree.leaves', leaves, [2]);
  for (const [name, array, expected] of [
    ['weights', weights, 2 ** depth - 1],
    ['leaves', leaves, 2 ** depth],
  ] as const) {
    assertFiniteArray(`tree.${name}`, array);
    if (array.shape[0] === expected) continue;
    throw new VitrineError(
      'bad-shape',
      `"tree.${name}" expected ${expected} rows for depth ${depth}, got ${array.shape[0]}`,
    );
  }
}

const deepestSurrogate = 1000;

/** Refuses what is no tree of questions. */
export function assertSurrogate(tree: unknown): asserts tree is SurrogateTree {
  assertKind(tree, 'surrogate');
  const { root, features } = objectOf('tree', tree) as unknown as SurrogateTree;
  assertInteger('tree.features', features, [1, Number.MAX_SAFE_INTEGER]);
  let level: readonly (readonly [string, SurrogateNode])[] = [['tree.root', root]];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepestSurrogate)
      throw new VitrineError('bad-argument', `"tree.root" expected at most ${deepestSurrogate} levels`);
    level = level.flatMap(([at, node]) => questionsBelow(at, node, features));
  }
}

function questionsBelow(at: string, node: SurrogateNode, features: number): (readonly [string, SurrogateNode])[] {
  const { value, count, feature, threshold, left, right } = objectOf(at, node) as unknown as SurrogateNode;
  assertNumbers(`${at}.value`, [value].flat());
  assertInteger(`${at}.count`, count, [0, Number.MAX_SAFE_INTEGER]);
  const asked = [feature, threshold, left, right];
  if (asked.every((part) => part === undefined)) return [];
  assertInteger(`${at}.feature`, feature as number, [0, features - 1]);
  assertNumber(`${at}.threshold`, threshold as number);
  return [
    [`${at}.left`, left as SurrogateNode],
    [`${at}.right`, right as SurrogateNode],
  ];
}

function assertKind(tree: unknown, kind: AnyTree['kind']): void {
  assertChoice('tree.kind', objectOf('tree', tree)['kind'] as string, [kind]);
}

function objectOf(argument: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  throw new VitrineError('bad-argument', `"${argument}" expected a tree, got ${describe(value)}`);
}

/**
 * Refuses lists of nodes that are no trees: a child comes before its parent, and has no other. So no walk down comes to
 * a node twice.
 *
 * @param check looks at what else a node has.
 */
function assertNodes(
  argument: string,
  nodes: unknown,
  check: (at: string, node: Readonly<Record<string, unknown>>, place: number) => void,
): asserts nodes is readonly { readonly children: readonly number[] }[] {
  assertList(argument, nodes);
  const parents = new Map<number, number>();
  nodes.forEach((node: unknown, place) => {
    const at = `${argument}[${place}]`;
    if (typeof node !== 'object' || node === null)
      throw new VitrineError('bad-argument', `"${at}" expected a node, got ${describe(node)}`);
    const { children } = node as { readonly children?: unknown };
    assertNumbers(`${at}.children`, children);
    for (const child of children) {
      assertInteger(`${at}.children`, child, [0, place - 1]);
      const parent = parents.get(child);
      if (parent !== undefined)
        throw new VitrineError('bad-argument', `"${at}.children" expected no child of node ${parent}, got ${child}`);
      parents.set(child, place);
    }
    check(at, node as Readonly<Record<string, unknown>>, place);
  });
}
