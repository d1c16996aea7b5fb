import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { inSteps } from '../backend/inSteps.ts';
import { readTensor } from '../backend/inTurn.ts';
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
  const slots = 1 + optimizer.memories;
  return inSteps<K, Minimized>(
    {
      start: () =>
        start.flatMap((parameter, i) => beginning(parameter, optimizer, memory?.slice(i * optimizer.memories))),
      first: before,
      last,
      step(state, iteration) {
        const states = start.map((_, i) => state.slice(i * slots, (i + 1) * slots));
        const { gradients, read } = objective(states.map(parameterOf), iteration);
        if (iteration === last) return { read };
        const next = states.flatMap(([parameter, ...memory], i) => {
          const { change, memory: remembered } = optimizer.step(gradients[i] as Tensor, memory, iteration);
          return [project(tf.add(parameter as Tensor, change)), ...remembered];
        });
        return { next, read };
      },
      signal,
    },
    consume,
    async (state) => {
      const arrays = await Promise.all(state.map(readTensor));
      return {
        parameters: arrays.filter((_, i) => i % slots === 0),
        memory: arrays.filter((_, i) => i % slots !== 0),
      };
    },
  );
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

/** A parameter, and what the optimizer remembers of it. */
function beginning(parameter: NdArray, { memories }: Optimizer, remembered?: readonly NdArray[]): readonly Tensor[] {
  const memory = Array.from({ length: memories }, (_, i) =>
    remembered ? tensorOf(remembered[i] as NdArray) : tf.zeros([...parameter.shape]),
  );
  return [tensorOf(parameter), ...memory];
}

function parameterOf(state: readonly Tensor[]): Tensor {
  return state[0] as Tensor;
}

function tensorOf({ shape, data }: NdArray): Tensor {
  return tf.tensor(data.slice(), [...shape], 'float32');
}
