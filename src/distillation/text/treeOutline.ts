import type { Picture } from '../../image/types.ts';
import { assertTree } from '../checks/assertTree.ts';
import type { NeuralBackedTree } from '../hierarchy/neuralBackedTree.ts';
import type { GrownTree } from '../rationale/types.ts';
import type { SoftTree } from '../soft/types.ts';
import type { SurrogateNode } from '../surrogate/types.ts';
import type { AnyTree, TreeOutline } from './types.ts';

/** What the parts of a tree are called, and what they look like. */
export interface OutlineOptions {
  /** Of filters or features; gates of a soft tree of such name the weightiest. */
  readonly features?: readonly string[];
  /** Of classes. */
  readonly classes?: readonly string[];
  /** Of a node by its place in the tree's nodes: the children of `nodes`, of soft trees inner nodes, then leaves. */
  readonly thumbnail?: (node: number) => Picture | undefined;
  /** Down to which level, the root being 0; all by default. */
  readonly depth?: number;
}

/**
 * A tree of any kind as plain labels, for {@link treeText} and `treeDiagram`.
 *
 * @param tree a tree of {@link growDecisionTree}, {@link distillDecisionTree}, {@link fitSoftTree}, {@link neuralBackedTree} or
 * {@link surrogateTree}.
 * @param options names of `features` and `classes`, `thumbnail` of a node, `depth`.
 * @returns the root, with all below it.
 * @throws {VitrineError} if it is no tree, such as one that JSON has changed.
 * @example
 * ```ts
 * import { neuralBackedTree, treeOutline } from 'vitrine';
 * const tree = await neuralBackedTree({ shape: [3, 2], data: Float32Array.of(1, 0, 0.9, 0, 0, 1) });
 * console.log(treeOutline(tree, { classes: ['cat', 'dog', 'car'] }).label); // cat, dog, car
 * ```
 */
export function treeOutline(tree: AnyTree, options: OutlineOptions = {}): TreeOutline {
  assertTree(tree);
  return cut(outlineOf(tree, options), options.depth ?? Number.POSITIVE_INFINITY);
}

function outlineOf(tree: AnyTree, options: OutlineOptions): TreeOutline {
  if (tree.kind === 'rationale') return rationaleOutline(tree, options);
  if (tree.kind === 'soft') return softOutline(tree, options, 0);
  if (tree.kind === 'hierarchy') return hierarchyOutline(tree, options, tree.nodes.length - 1);
  return surrogateOutline(tree.root, options);
}

function rationaleOutline(
  { nodes, secondLayer }: Omit<GrownTree, 'logLikelihood'>,
  options: OutlineOptions,
): TreeOutline {
  const visit = (place: number): TreeOutline => {
    const { images = [], weights = [], children = [] } = nodes[place] ?? {};
    const label = images.length === 1 ? `image ${images[0]}` : `${images.length} images`;
    return {
      label,
      detail: strongest(weights, options),
      children: children.map(visit),
      ...thumbnailOf(place, options),
    };
  };
  const count = nodes.filter(({ children }) => children.length === 0).length;
  return { label: `${count} images`, detail: `${secondLayer.length} groups`, children: secondLayer.map(visit) };
}

function softOutline(tree: SoftTree, options: OutlineOptions, place: number): TreeOutline {
  const inner = 2 ** tree.depth - 1;
  if (place < inner) {
    const children = [2 * place + 1, 2 * place + 2].map((child) => softOutline(tree, options, child));
    const [, width] = tree.weights.shape as [number, number];
    // Pixels have no names.
    const isNamed = options.features && tree.weights.shape.length === 2;
    const gate = tree.weights.data.subarray(place * width, (place + 1) * width);
    const detail = isNamed ? strongest(gate, options) : 'left or right';
    return { label: `gate ${place}`, detail, children, ...thumbnailOf(place, options) };
  }
  const classes = tree.leaves.shape[1] as number;
  const row = Array.from(tree.leaves.data.subarray((place - inner) * classes, (place - inner + 1) * classes));
  const most = Math.max(...row);
  const total = row.reduce((sum, value) => sum + Math.exp(value - most), 0);
  const label = className(row.indexOf(most), options);
  return { label, detail: `p = ${rounded(1 / total)}`, children: [], ...thumbnailOf(place, options) };
}

function hierarchyOutline({ nodes }: NeuralBackedTree, options: OutlineOptions, place: number): TreeOutline {
  const { classes = [], children = [], height = 0 } = nodes[place] ?? {};
  const names = classes.slice(0, 4).map((k) => className(k, options));
  return {
    label: [...names, ...(classes.length > 4 ? ['…'] : [])].join(', '),
    ...(children.length > 0 && { detail: `${classes.length} classes, distance ${rounded(height)}` }),
    children: children.map((child) => hierarchyOutline({ kind: 'hierarchy', nodes }, options, child)),
    ...thumbnailOf(place, options),
  };
}

function surrogateOutline(node: SurrogateNode, options: OutlineOptions): TreeOutline {
  const { feature, threshold, left, right, value, count } = node;
  const said =
    typeof value === 'number'
      ? rounded(value)
      : `${className(value.indexOf(Math.max(...value)), options)} ${rounded(Math.max(...value))}`;
  const detail = `${count} examples`;
  if (feature === undefined || threshold === undefined || !left || !right) return { label: said, detail, children: [] };
  return {
    label: `${featureName(feature, options)} ≤ ${rounded(threshold)}?`,
    detail: `${said}, ${detail}`,
    children: [surrogateOutline(left, options), surrogateOutline(right, options)],
  };
}

/** The three weights that are largest. */
function strongest(weights: ArrayLike<number>, options: OutlineOptions): string {
  const order = Array.from(weights, (_, d) => d)
    .filter((d) => weights[d] !== 0)
    .sort((a, b) => Math.abs(weights[b] as number) - Math.abs(weights[a] as number));
  const named = order.slice(0, 3).map((d) => `${signed(weights[d] as number)} ${featureName(d, options)}`);
  return named.join(', ');
}

function cut({ children, ...node }: TreeOutline, depth: number): TreeOutline {
  return { ...node, children: depth > 0 ? children.map((child) => cut(child, depth - 1)) : [] };
}

function thumbnailOf(node: number, { thumbnail }: OutlineOptions): { thumbnail?: Picture } {
  const picture = thumbnail?.(node);
  return picture ? { thumbnail: picture } : {};
}

function featureName(feature: number, { features }: OutlineOptions): string {
  return features?.[feature] ?? `#${feature}`;
}

function className(k: number, { classes }: OutlineOptions): string {
  return classes?.[k] ?? `class ${k}`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${rounded(Math.abs(value))}`;
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(3))).replace('-', '−');
}
