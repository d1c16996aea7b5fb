import { VitrineError } from '../../numeric/errors.ts';
import type { OpenShape } from '../graph/graph.ts';

/** The shape of what operands of these shapes give element by element; an open length stays open beside 1. */
export function broadcastShape(shapes: readonly OpenShape[], name: string): OpenShape {
  const rank = Math.max(...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, axis) => {
    const lengths = shapes.map((shape) => shape[axis - rank + shape.length]).filter((length) => length !== undefined);
    const known = lengths.filter((length) => length !== null && length !== 1);
    if (new Set(known).size > 1)
      throw new VitrineError('unsupported-layer', `${name} cannot join shapes ${shapes.map(listed).join(' and ')}`);
    return known[0] ?? (lengths.includes(null) ? null : 1);
  });
}

/** An axis counted from the front. */
export function axisOf(axis: number, rank: number): number {
  const counted = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(axis) && counted >= 0 && counted < rank) return counted;
  throw new VitrineError('bad-shape', `"axis" expected one of ${-rank}..${rank - 1}, got ${axis}`);
}

/** Axes counted from the front, in order; all but the batch axis where none are given. */
export function axesOf(axes: readonly number[] | undefined, rank: number): readonly number[] {
  const given = axes ?? Array.from({ length: rank - 1 }, (_, axis) => axis + 1);
  return [...new Set(given.map((axis) => axisOf(axis, rank)))].sort((a, b) => a - b);
}

/** Refuses what would mix the examples of a batch. */
export function assertNoBatchAxis(axes: readonly number[], name: string): void {
  if (axes.includes(0)) throw new VitrineError('unsupported-layer', `${name} over the batch axis would mix examples`);
}

/** The number of elements of some axes; `null` where one of them is open. */
export function openSize(lengths: OpenShape): number | null {
  return lengths.reduce<number | null>((size, length) => (size === null || length === null ? null : size * length), 1);
}

/** A shape for messages. */
export function listed(shape: OpenShape): string {
  return `[${shape.map((length) => length ?? 'null').join(', ')}]`;
}

/** Whether two shapes have the same axes, open ones included. */
export function sameOpenShape(a: OpenShape, b: OpenShape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}
