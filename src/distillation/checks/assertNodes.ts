import { assertInteger, assertList, assertNumbers, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';

/**
 * Refuses lists of nodes that are no trees: a child comes before its parent, and has no other. So no walk down comes to
 * a node twice.
 *
 * @param check looks at what else a node has.
 */
export function assertNodes(
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
