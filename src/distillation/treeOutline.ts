import type { Picture } from '../image/types.ts';
import { assertInteger, assertList, describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import { assertOptions, callback, listOf, type OptionChecks, text } from '../numeric/options.ts';
import { type AnyTree, assertTree } from './assertTree.ts';
import type { NeuralBackedTree } from './hierarchy/neuralBackedTree.ts';
import type { GrownTree } from './rationale/types.ts';
import type { SoftTree } from './soft/gates.ts';
import type { SurrogateNode } from './surrogate/types.ts';

/** A tree as it is printed and drawn: a node with those below it. */
export interface TreeOutline {
  readonly label: string;
  readonly children: readonly TreeOutline[];
  /** A second line. */
  readonly detail?: string;
  readonly thumbnail?: Picture;
}

/** What the parts of a tree are called, and what they look like. */
export interface OutlineOptions {
  /** Names of filters or features, of which gates of a soft tree name the weightiest; their numbers by default. */
  readonly features?: readonly string[];
  /** Names of classes; their numbers by default. */
  readonly labels?: readonly string[];
  /** Of a node by its place in the tree's nodes: the children of `nodes`, of soft trees inner nodes, then leaves; none by default. */
  readonly thumbnail?: (node: number) => Picture | undefined;
  /** Down to which level, the root being 0; all by default. */
  readonly depth?: number;
}

const checks: OptionChecks<OutlineOptions> = {
  features: listOf(text),
  labels: listOf(text),
  thumbnail: callback,
  depth: (argument, depth) => {
    if (depth !== Number.POSITIVE_INFINITY) assertInteger(argument, depth as number, [0, Number.POSITIVE_INFINITY]);
  },
};

/**
 * A tree of any kind as plain labels, for {@link treeText} and `treeDiagram`.
 *
 * @param tree a tree of {@link growDecisionTree}, {@link distillDecisionTree}, {@link fitSoftTree}, {@link neuralBackedTree} or
 * {@link surrogateTree}.
 * @param options names of `features` and `labels` of classes, `thumbnail` of a node, `depth`.
 * @returns the root, with all below it.
 * @throws {VitrineError} if it is no tree, such as one that JSON has changed.
 * @example
 * ```ts
 * import { neuralBackedTree } from 'vitrine';
 * import { treeOutline } from 'vitrine/distillation';
 * const tree = await neuralBackedTree({ shape: [3, 2], data: Float32Array.of(1, 0, 0.9, 0, 0, 1) });
 * console.log(treeOutline(tree, { labels: ['cat', 'dog', 'car'] }).label); // cat, dog, car
 * ```
 */
export function treeOutline(tree: AnyTree, options: OutlineOptions = {}): TreeOutline {
  assertOptions(options, checks);
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

function className(k: number, { labels }: OutlineOptions): string {
  return labels?.[k] ?? `class ${k}`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${rounded(Math.abs(value))}`;
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(3))).replace('-', '−');
}

/**
 * Writes a tree of any kind as text, a node to a line.
 *
 * @param tree a tree, or an outline made of one.
 * @param options names of `features` and `labels` of classes, `thumbnail`, `depth`; for a tree, an outline takes none.
 * @returns lines that begin with the branches that lead to the node.
 * @throws {VitrineError} if it is no tree, such as one that JSON has changed.
 * @example
 * ```ts
 * import { surrogateTree, treeText } from 'vitrine';
 * const features = { shape: [4, 1], data: Float32Array.of(0, 1, 2, 3) };
 * const tree = surrogateTree({ features, outputs: { shape: [4], data: Float32Array.of(-1, -1, 1, 1) } });
 * console.log(treeText(tree, { features: ['wheels'] }));
 * // wheels ≤ 1.5? (0, 4 examples)
 * // ├─ −1 (2 examples)
 * // └─ 1 (2 examples)
 * ```
 */
export function treeText(tree: AnyTree | TreeOutline, options: OutlineOptions = {}): string {
  assertOptions(options, checks);
  if (typeof tree === 'object' && tree !== null && 'kind' in tree)
    return linesOf(treeOutline(tree, options)).join('\n');
  assertOutline('tree', tree);
  return linesOf(tree).join('\n');
}

function linesOf({ label, detail, children }: TreeOutline): readonly string[] {
  const below = children.flatMap((child, i) => {
    const isLast = i === children.length - 1;
    return linesOf(child).map((line, j) => `${j > 0 ? (isLast ? '   ' : '│  ') : isLast ? '└─ ' : '├─ '}${line}`);
  });
  return [detail ? `${label} (${detail})` : label, ...below];
}

const deepest = 1000;

/** Refuses what is no tree of labels: for those that come from JSON. */
export function assertOutline(argument: string, root: unknown): asserts root is TreeOutline {
  let level: readonly (readonly [string, unknown])[] = [[argument, root]];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) throw new VitrineError('bad-argument', `"${argument}" expected at most ${deepest} levels`);
    level = level.flatMap(([at, node]) => {
      const { label, detail, children } = Object(node) as Partial<TreeOutline>;
      if (typeof label !== 'string')
        throw new VitrineError('bad-argument', `"${at}.label" expected a string, got ${describe(label)}`);
      if (detail !== undefined && typeof detail !== 'string') {
        throw new VitrineError('bad-argument', `"${at}.detail" expected a string, got ${describe(detail)}`);
      }
      assertList(`${at}.children`, children);
      return children.map((child, i) => [`${at}.children[${i}]`, child] as const);
    });
  }
}
