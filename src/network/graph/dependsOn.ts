import type { OperationGraph, Site } from './graph.ts';

/** Whether one of some values depends on one of others, or is one of them. */
export function dependsOn({ steps }: OperationGraph, later: readonly Site[], earlier: readonly Site[]): boolean {
  const influenced = new Set(earlier.map(({ value }) => value));
  for (const { inputs, output } of steps) if (inputs.some((value) => influenced.has(value))) influenced.add(output);
  return later.some(({ value }) => influenced.has(value));
}
