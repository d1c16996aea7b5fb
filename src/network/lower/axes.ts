import type { Operation } from '../graph/operation.ts';
import type { OperationSource } from '../operations/base.ts';
import { permute } from '../operations/shape.ts';

/** Runs operations that work along the last axis along another one. */
export function alongAxis(
  { axis, rank }: { axis: number; rank: number },
  source: OperationSource,
  operations: readonly Operation[],
): readonly Operation[] {
  if (axis === rank - 1) return operations;
  const all = Array.from({ length: rank }, (_, i) => i);
  const there = [...all.filter((i) => i !== axis), axis];
  const back = all.map((i) => there.indexOf(i));
  return [permute(source, there), ...operations, permute(source, back)];
}
