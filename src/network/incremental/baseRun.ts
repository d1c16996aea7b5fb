import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { OperationGraph, Site } from '../graph/graph.ts';
import type { Network } from '../network.ts';
import type { PlannedStep } from '../plan/plan.ts';
import { type ForwardOptions, influencedBy, prepared, type Values, walk } from '../walk/forward.ts';
import { type Attempt, attemptsOn } from './attempts.ts';
import type { Change } from './change.ts';
import type { BaseStep } from './changedOutput.ts';
import { type ChangedRun, changedRun } from './changedRun.ts';
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
  /**
   * A change in one row that the run may go on from: then what it reaches is what the run was made on. It stays outside of
   * any `tf.tidy` until it is accepted or rejected, or the run is disposed of.
   */
  attempt(changes: ReadonlyMap<Site, Change>): Attempt;
  /** Frees what the run keeps; a `tf.tidy` does not. */
  dispose(): void;
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
    attempt(changes) {
      network.assertUsable();
      return run.attempt(changes);
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
  const { attempt, reject } = attemptsOn(base, values);
  return {
    change: (changes) => changedRun(values, changedValues(base, changes)),
    attempt,
    dispose() {
      reject();
      tf.dispose([...values.values()]);
    },
  };
}

/** Tensors beyond the enclosing `tf.tidy`; those that the caller gave stay with the caller. */
function keptTensors(make: () => Values, kept: ReadonlySet<number>): Map<number, Tensor> {
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
