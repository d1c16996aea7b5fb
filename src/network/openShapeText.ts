import type { OpenShape } from './graph.ts';

/** How a shape appears in messages: `[n, 12, 7]`, with `n` for what is open. */
export function openShapeText(shape: OpenShape): string {
  return `[${shape.map((length) => length ?? 'n').join(', ')}]`;
}
