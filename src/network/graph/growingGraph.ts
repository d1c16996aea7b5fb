import { headsOf } from '../heads/heads.ts';
import type { GraphStep, OpenShape, OperationGraph, Site } from './graph.ts';
import type { Operation } from './operation.ts';

/** A graph in the making. */
export interface GrowingGraph extends Pick<OperationGraph, 'sites' | 'shapes'> {
  /** A value that no operation makes. */
  addValue(shape: OpenShape): number;
  /** A chain of operations, the first of which reads the inputs; the value that the last one makes. */
  append(operations: readonly Operation[], inputs: readonly number[], shape: OpenShape): number;
  /** Gives a place its address, unless another has it. */
  addSite(site: Site): Site;
  /** The graph between these ends. */
  finish(inputs: readonly Site[], outputs: readonly Site[]): OperationGraph;
}

/** A graph without steps. */
export function growingGraph(): GrowingGraph {
  const steps: GraphStep[] = [];
  const shapes: OpenShape[] = [];
  const sites = new Map<string, Site>();
  const addValue = (shape: OpenShape): number => shapes.push(shape) - 1;
  return {
    sites,
    shapes,
    addValue,
    append: (operations, inputs, shape) =>
      operations.reduce<readonly number[]>((read, operation) => {
        const output = addValue(shape);
        steps.push({ operation, inputs: read, output });
        return [output];
      }, inputs)[0] as number,
    addSite(site) {
      if (!sites.has(site.address)) sites.set(site.address, site);
      return site;
    },
    finish: (inputs, outputs) => ({
      steps,
      inputs,
      heads: headsOf(outputs, { steps, shapes }),
      sites,
      shapes,
      valueCount: shapes.length,
    }),
  };
}
