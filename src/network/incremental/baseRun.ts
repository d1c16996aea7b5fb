import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { VitrineError } from '../../numeric/errors.ts';
import type { OperationGraph, Site } from '../graph/graph.ts';
import type { Network } from '../network.ts';
import type { PlannedStep } from '../plan/plan.ts';
import { type ForwardOptions, influencedBy, prepared, type Values, walk } from '../walk/forward.ts';
import { type Change, wholeRows } from './change.ts';
import type { BaseStep } from './changedOutput.ts';
import { changedValues } from './changedValues.ts';
import { readingsOf } from './reading.ts';

/** What is kept of a run that will be changed. */
export interface BaseOptions extends Pick<ForwardOptions, 'from' | 'parameters'> {
  /** The values to return; the model's outputs by default. */
  readonly taps?: readonly Site[];
  /** Where it will be changed: inputs or layers. */
  readonly at: readonly Site[];
}

/** A run on one example, of which changes can be followed. */
export interface BaseRun {
  /**
   * What the network gives where some values are others, in each row of a batch. At each step only what a change can
   * have reached is computed again; what comes out is exact. The tensors belong to the enclosing `tf.tidy`.
   *
   * @param changes whole values `[k, …]`, or patches `[k, h, w, c]` of what the run made there.
   */
  change(changes: ReadonlyMap<Site, Change>): ChangedRun;
  /** Frees what the run keeps; a `tf.tidy` does not. */
  dispose(): void;
}

/** The values of a changed run. */
interface ChangedRun {
  /** The tensor at a tapped site, one row for each of the batch. */
  value(site: Site): Tensor;
}

/**
 * Runs a network on one example and keeps every value that a change at some sites can reach; dispose of the run after
 * that. The network makes sure before the run and before each change that it can still run.
 */
export function baseRun(network: Network, inputs: readonly Tensor[], options: BaseOptions): BaseRun {
  network.sweep();
  const run = runOf(network.graph, inputs, options);
  return {
    ...run,
    change(changes) {
      network.assertUsable();
      return run.change(changes);
    },
  };
}

function runOf(graph: OperationGraph, inputs: readonly Tensor[], { at, ...options }: BaseOptions): BaseRun {
  const { taps, fed, steps } = prepared(graph, inputs, { ...options, differentiate: { to: at } });
  const reached = [...influencedBy(steps, at, new Map())];
  const needed = [...taps, ...at].map(({ value }) => value);
  const kept = new Set([...needed, ...reached.flatMap(({ inputs: read, output }) => [...read, output])]);
  const values = keptTensors(() => walk(steps, { fed, kept, edits: new Map() }).values, kept);
  const base = { steps: reached.map((step) => baseStep(step, values)), taps, values };
  return {
    change(changes) {
      const { count, changed } = changedValues(base, changes);
      return {
        value(site) {
          const plane = values.get(site.value);
          if (!plane)
            throw new VitrineError(
              'bad-argument',
              `layer "${site.address}" was not kept by this run; name it in "taps"`,
            );
          return wholeRows(plane, changed.get(site.value), count);
        },
      };
    },
    dispose: () => tf.dispose([...values.values()]),
  };
}

/** Tensors beyond the enclosing `tf.tidy`; those that the caller gave stay with the caller. */
function keptTensors(make: () => Values, kept: ReadonlySet<number>): Values {
  const clones = new Map<number, Tensor>();
  tf.tidy(() => {
    for (const [value, tensor] of make()) if (kept.has(value)) clones.set(value, tf.keep(tf.clone(tensor)));
  });
  return clones;
}

function baseStep(step: PlannedStep, values: Values): BaseStep {
  const shapeOf = (value: number): readonly number[] => values.get(value)?.shape as readonly number[];
  const inputShapes = step.inputs.map(shapeOf);
  const shape = shapeOf(step.output);
  const hasPlanes = [shape, ...inputShapes].every(({ length }) => length === 4);
  const readings = hasPlanes ? readingsOf(step.operation, inputShapes, shape) : inputShapes.map(() => 'all' as const);
  return { ...step, inputShapes, readings };
}
