import { assertOutline } from '../checks/assertOutline.ts';
import { type OutlineOptions, treeOutline } from './treeOutline.ts';
import type { AnyTree, TreeOutline } from './types.ts';

/**
 * Writes a tree of any kind as text, a node to a line.
 *
 * @param tree a tree, or an outline made of one.
 * @param options names of `features` and `classes`, `depth`; for a tree.
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
