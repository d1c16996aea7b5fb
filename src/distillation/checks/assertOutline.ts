import { assertList, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { TreeOutline } from '../text/types.ts';

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
