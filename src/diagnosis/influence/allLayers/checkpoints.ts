import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { withTensors } from '../../../backend/withTensors.ts';
import type { Variable } from '../../../network/graph/layersModel.ts';
import type { Network } from '../../../network/network.ts';
import { readArray } from '../../../network/walk/inputs.ts';
import { withParameters } from '../../../network/withParameters.ts';
import { assertFiniteArray, assertNumber, describe } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { type NdArray, sameShape, type TypedArray } from '../../../numeric/ndarray.ts';
import { assertReplaceable, replacedParameters, type VariableValues } from './variableValues.ts';

/** The weights of a model at some time of its training. */
export interface Checkpoint {
  /** As `model.getWeights()` gives them: in that order, of these shapes. */
  readonly weights: readonly (Tensor | NdArray<TypedArray>)[];
  /** The learning rate of that time, by which its products count. */
  readonly learningRate: number;
}

/** The weights of a checkpoint as arrays that fit the model. */
export interface ReadCheckpoint {
  readonly weights: readonly NdArray[];
  readonly learningRate: number;
}

/** Reads and checks the checkpoints of a model, which stay the caller's. */
export async function readCheckpoints(
  network: Network,
  checkpoints: readonly Checkpoint[] | undefined,
): Promise<readonly ReadCheckpoint[]> {
  if (!Array.isArray(checkpoints) || checkpoints.length === 0)
    throw new VitrineError(
      'bad-argument',
      `"checkpoints" expected a list of {weights, learningRate}, got ${describe(checkpoints)}`,
    );
  const variables = variablesOf(network);
  assertReplaceable(network, variables);
  return Promise.all(checkpoints.map((checkpoint, i) => readCheckpoint(checkpoint, variables, `checkpoints[${i}]`)));
}

/** Lends a job a network with the weights of a checkpoint; the model keeps its own. */
export async function withCheckpoint<T>(
  network: Network,
  { weights }: ReadCheckpoint,
  job: (network: Network) => Promise<T>,
): Promise<T> {
  const variables = variablesOf(network);
  const make = () => {
    const tensors = weights.map(({ shape, data }) => tf.tensor(data, [...shape]));
    const values: VariableValues = (variable) => tensors[variables.indexOf(variable)] as Tensor;
    return { tensors, parameters: replacedParameters(network, variables, values) };
  };
  return withTensors(make, async ({ parameters }) => {
    const view = withParameters(network, (operation) => parameters[network.operations.indexOf(operation)]);
    try {
      return await job(view);
    } finally {
      view.dispose();
    }
  });
}

function variablesOf({ source }: Network): readonly Variable[] {
  const { model, format, name } = source;
  if (format === 'layers' && model) return model.weights as unknown as readonly Variable[];
  throw new VitrineError(
    'unsupported',
    `"checkpoints" expected a LayersModel, whose weights have an order, but "${name}" is a GraphModel`,
  );
}

async function readCheckpoint(
  { weights, learningRate }: Checkpoint,
  variables: readonly Variable[],
  argument: string,
): Promise<ReadCheckpoint> {
  assertNumber(`${argument}.learningRate`, learningRate, 0);
  if (!Array.isArray(weights) || weights.length !== variables.length)
    throw new VitrineError(
      'bad-argument',
      `"${argument}.weights" expected the ${variables.length} weights of model.getWeights(), got ${Array.isArray(weights) ? weights.length : describe(weights)}`,
    );
  const read = variables.map(async (variable, i) => readWeight(weights[i], variable, `${argument}.weights[${i}]`));
  return { weights: await Promise.all(read), learningRate };
}

async function readWeight(
  weight: Checkpoint['weights'][number] | undefined,
  variable: Variable,
  argument: string,
): Promise<NdArray> {
  const array = await readArray(weight as Tensor | NdArray<TypedArray>, argument);
  const { shape } = variable.read();
  if (!sameShape(array.shape, shape))
    throw new VitrineError(
      'bad-shape',
      `"${argument}" expected shape [${shape.join(', ')}] of "${variable.name}", got [${array.shape.join(', ')}]`,
    );
  assertFiniteArray(argument, array);
  return array;
}
