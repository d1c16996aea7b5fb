import type { Graph, Site } from '../../network/graph.ts';

/** The values that sites depend on, their own included. */
export function valuesBehind({ steps }: Graph, sites: readonly Site[]): Set<number> {
  const reached = new Set(sites.map(({ value }) => value));
  for (const { inputs, output } of [...steps].reverse()) {
    if (reached.has(output)) inputs.forEach((value) => reached.add(value));
  }
  return reached;
}
