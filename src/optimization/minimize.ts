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
  /** What the optimizer remembered of the parameters when an earlier run ended; nothing by default. */
  readonly memory?: readonly NdArray[];
  /** The steps that were made before; none by default. */
  readonly before?: number;
  /** The number of steps. */
  readonly iterations: number;
  readonly optimizer: Optimizer;
  /** Evaluated in a `tf.tidy` before the first and after each step; every tensor returned must be a new one. */
  readonly objective: (parameters: readonly Tensor[], iteration: number) => Evaluation<K>;
  /** Brings a parameter back to where it may be, after each step. */
  readonly project?: (parameter: Tensor) => Tensor;
  readonly signal?: AbortSignal | undefined;
}

/** Where a minimization has come to; another can go on from there. */
export interface Minimized {
  readonly parameters: readonly NdArray[];
  /** What the optimizer remembers of each parameter, one after the other. */
  readonly memory: readonly NdArray[];
}

/**
 * Goes down the gradient of an objective.
 *
 * @param consume is given what was read, from the start (iteration 0, or the steps made before) to after the last step.
 * @throws the signal's reason, once everything is freed.
 */
export async function minimize<K extends string>(
  { start, memory, before = 0, iterations, optimizer, objective, project = tf.clone, signal }: Minimization<K>,
  consume: (part: Record<K, NdArray>, iteration: number) => void,
): Promise<Minimized> {
  const last = before + iterations;
  let states = start.map((parameter, i) => beginning(parameter, optimizer, memory?.slice(i * optimizer.memories)));
  const iterate = (iteration: number): Record<K, Tensor> => {
    const { gradients, read } = objective(parametersOf(states), iteration);
    if (iteration === last) return read;
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
    await inTurn(
      Array.from({ length: iterations + 1 }, (_, i) => before + i),
      iterate,
      consume,
      signal,
    );
    return {
      parameters: await Promise.all(parametersOf(states).map(readTensor)),
      memory: await Promise.all(states.flatMap((state) => state.memory).map(readTensor)),
    };
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

/** About how many operations it takes to move a number. */
const MOVE = 10;

/** Goes down the gradient of an objective of 64-bit numbers, in slices; a large parameter is best handed over in parts. */
export function* minimizeArrays({ parameters, steps, optimizer, gradients, onStep }: ArrayMinimization): Sliced<void> {
  const memoryOf = ({ length }: Float64Array): Float64Array[] =>
    Array.from({ length: optimizer.memories }, () => new Float64Array(length));
  const memories = parameters.map(memoryOf);
  for (let step = 0; step < steps; step++) {
    const found = yield* gradients(step);
    if (!found) return;
    for (const [i, values] of parameters.entries()) {
      const memory = memories[i] as Float64Array[];
      optimizer.move(values, found[i] as Float64Array, { memory, steps: step });
      yield MOVE * values.length;
    }
    onStep?.(step);
  }
}

/** A parameter and what the optimizer remembers of it. */
interface State {
  readonly parameter: Tensor;
  readonly memory: readonly Tensor[];
}

function beginning(parameter: NdArray, { memories }: Optimizer, remembered?: readonly NdArray[]): State {
  const memory = Array.from({ length: memories }, (_, i) =>
    remembered ? tensorOf(remembered[i] as NdArray) : tf.zeros([...parameter.shape]),
  );
  return { parameter: tensorOf(parameter), memory };
}

function tensorOf({ shape, data }: NdArray): Tensor {
  return tf.tensor(data.slice(), [...shape], 'float32');
}

function parametersOf(states: readonly State[]): readonly Tensor[] {
  return states.map(({ parameter }) => parameter);
}

function tensorsOf(states: readonly State[]): readonly Tensor[] {
  return states.flatMap(({ parameter, memory }) => [parameter, ...memory]);
}
