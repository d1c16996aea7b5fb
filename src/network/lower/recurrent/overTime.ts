import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { cellAtInference } from './cellAtInference.ts';
import { type RecurrentLayer, statesOf } from './recurrentLayer.ts';

/**
 * Runs the cell of a recurrent layer along time: h_t = cell(x_t, h_{t−1}). Its own `call` moves the states of a stateful
 * layer, and its gradient fails for sequences of one step.
 *
 * @param inputs `[n, t, …]`, and behind it the first states if they are given.
 * @returns the last output, or all in the order in which they were made, and behind it the last states.
 */
export function overTime(layer: RecurrentLayer, inputs: readonly Tensor[]): readonly Tensor[] {
  const [x, ...given] = inputs as readonly [Tensor, ...Tensor[]];
  const cell = cellAtInference(layer.cell);
  const steps = layer.goBackwards ? [...stepsOf(x)].reverse() : stepsOf(x);
  const outputs: Tensor[] = [];
  let states = given.length > 0 ? given : firstStates(layer, x);
  for (const step of steps) {
    const [output, ...next] = cell.call([step, ...states], { training: false });
    outputs.push(output as Tensor);
    states = next;
  }
  return [layer.returnSequences ? sequenceOf(outputs) : (outputs.at(-1) as Tensor), ...states];
}

/** The states that the layer has come to, of which there is one for all rows; else what it begins with. */
function firstStates(layer: RecurrentLayer, x: Tensor): Tensor[] {
  if (!layer.stateful) return layer.getInitialState(x);
  const [rows = 1] = x.shape;
  return statesOf(layer).map((state) => tf.tile(state, [rows, ...state.shape.slice(1).map(() => 1)]));
}

function stepsOf(x: Tensor): readonly Tensor[] {
  const [rows = 0, length] = x.shape;
  // The gradient of tfjs takes the one part of what is unstacked for a list.
  return length === 1 ? [tf.reshape(x, [rows, ...x.shape.slice(2)])] : tf.unstack(x, 1);
}

function sequenceOf(outputs: readonly Tensor[]): Tensor {
  return outputs.length === 1 ? tf.expandDims(outputs[0] as Tensor, 1) : tf.stack([...outputs], 1);
}
