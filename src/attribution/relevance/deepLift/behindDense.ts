import type { Graph } from '../../../network/graph.ts';

/** The layers whose values come from dense layers, with no convolution in between: dense layers and what follows them. */
export function behindDense({ steps }: Graph): ReadonlySet<string> {
  const sources = new Map<number, ReadonlySet<string>>();
  const found = new Set<string>();
  for (const { operation, inputs, output } of steps) {
    const nearest = operation.linear ? [operation.kind] : inputs.flatMap((value) => [...(sources.get(value) ?? [])]);
    sources.set(output, new Set(nearest));
    if (nearest.length > 0 && nearest.every((kind) => kind === 'dense')) found.add(operation.address);
  }
  return found;
}
