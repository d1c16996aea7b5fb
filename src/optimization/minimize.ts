import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { inTurn, readTensor } from '../backend/inTurn.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import type { Sliced } from '../numeric/sliced.ts';
import type { Optimizer } from './optimizer.ts';

/** What an objective is at some parameters. */
interface Evaluation<K extends string> {
  /** The gradient of each parameter. */
  readonly gradients: readonly Tensor[];
  /** What is read in each iteration: the loss, and whatever else there is to see. */
  readonly read: Record<K, Tensor>;
}

/** A function to be made small, and how. */
export interface Minimization<K extends string> {
  readonly start: readonly NdArray[];
  /** The number of steps. */
  readonly iterations: number;
  readonly optimizer: Optimizer;
  /** Evaluated in a `tf.tidy` before the first and after each step; every tensor returned must be a new one. */
  readonly objective: (parameters: readonly Tensor[], iteration: number) => Evaluation<K>;
  /** Brings a parameter back to where it may be, after each step. */
  readonly project?: (parameter: Tensor) => Tensor;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Goes down the gradient of an objective.
 *
 * @param consume is given what was read, from iteration 0 (the start) to `iterations` (after the last step).
 * @returns the last parameters.
 * @throws the signal's reason, once everything is freed.
 */
export async function minimize<K extends string>(
  { start, iterations, optimizer, objective, project = tf.clone, signal }: Minimization<K>,
  consume: (part: Record<K, NdArray>, iteration: number) => void,
): Promise<readonly NdArray[]> {
  let states = start.map((parameter) => beginning(parameter, optimizer));
  const iterate = (iteration: number): Record<K, Tensor> => {
    const { gradients, read } = objective(parametersOf(states), iteration);
    if (iteration === iterations) return read;
    const next = states.map((state, i) => {
      const { change, memory } = optimizer.step(gradients[i] as Tensor, state.memory, iteration);
      return { parameter: project(tf.add(state.parameter, change)), memory };
    });
    tensorsOf(states).forEach((tensor) => tensor.dispose());
    tensorsOf(next).forEach((tensor) => tf.keep(tensor));
    states = next;
    return read;
  };
  try {
    await inTurn(Array(iterations + 1).keys(), iterate, consume, signal);
    return await Promise.all(parametersOf(states).map(readTensor));
  } finally {
    tensorsOf(states).forEach((tensor) => tensor.dispose());
  }
}

/** A function of plain arrays to be made small, and how. */
export interface ArrayMinimization {
  /** They are moved where they stand. */
  readonly parameters: readonly Float64Array[];
  /** The number of steps. */
  readonly steps: number;
  readonly optimizer: Optimizer;
  /** The gradient of each parameter before a step; none where no step leads further. */
  readonly gradients: (step: number) => Sliced<readonly Float64Array[] | undefined>;
  /** Called after each step. */
  readonly onStep?: (step: number) => void;
}

/** Goes down the gradient of an objective of 64-bit numbers, in slices. */
export function* minimizeArrays({ parameters, steps, optimizer, gradients, onStep }: ArrayMinimization): Sliced<void> {
  const memoryOf = ({ length }: Float64Array): Float64Array[] =>
    Array.from({ length: optimizer.memories }, () => new Float64Array(length));
  const memories = parameters.map(memoryOf);
  for (let step = 0; step < steps; step++) {
    const found = yield* gradients(step);
    if (!found) return;
    parameters.forEach((values, i) => {
      const memory = memories[i] as Float64Array[];
      optimizer.move(values, found[i] as Float64Array, { memory, steps: step });
    });
    onStep?.(step);
  }
}

/** A parameter and what the optimizer remembers of it. */
interface State {
  readonly parameter: Tensor;
  readonly memory: readonly Tensor[];
}

function beginning({ shape, data }: NdArray, { memories }: Optimizer): State {
  const memory = Array.from({ length: memories }, () => tf.zeros([...shape]));
  return { parameter: tf.tensor(data.slice(), [...shape], 'float32'), memory };
}

function parametersOf(states: readonly State[]): readonly Tensor[] {
  return states.map(({ parameter }) => parameter);
}

function tensorsOf(states: readonly State[]): readonly Tensor[] {
  return states.flatMap(({ parameter, memory }) => [parameter, ...memory]);
}
