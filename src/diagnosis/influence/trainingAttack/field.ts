import { inSlices } from '../../../backend/inTurn.ts';
import type { Network } from '../../../network/network.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';
import { firstGreatest } from '../../../numeric/statistics.ts';
import { type Ball, ballOf } from '../../attacks/field/ball.ts';
import { assertWithin, type InputSpace, inputSpace } from '../../attacks/field/inputSpace.ts';
import type { DenseHead } from '../denseHead.ts';
import { fittedHead } from '../head/fittedHead.ts';
import { exampleGradient, type HeadExamples, type HeadProblem, headAt } from '../head/headProblem.ts';
import { headSolver } from '../head/headSolvers.ts';
import { modelHead } from '../head/modelHead.ts';
import type { ExampleSets } from '../withExamples.ts';
import type { TrainingAttackOptions } from './options.ts';

/** What an attack on training images works on. */
export interface TrainingField {
  readonly network: Network;
  readonly dense: DenseHead;
  /** The training images as they are given. */
  readonly images: NdArray;
  readonly ball: Ball;
  /** The single test example in front of the head, and its class. */
  readonly test: HeadExamples;
  readonly label: number;
  readonly hasBias: boolean;
  readonly options: TrainingAttackOptions;
}

/** A head at its optimum, and what it says of the test image. */
export interface TrainedHead {
  readonly problem: HeadProblem;
  /** How probable each class is. */
  readonly likely: Float64Array;
  readonly predicted: number;
}

/** Reads the arguments of an attack, and trains the head for the first time. */
export async function trainingField({
  network,
  head,
  sets: { training, test },
  options,
}: ExampleSets<'training' | 'test', TrainingAttackOptions>): Promise<{ field: TrainingField; first: TrainedHead }> {
  const [images, ...others] = training.inputs as [NdArray, ...NdArray[]];
  if (others.length > 0)
    throw new VitrineError('unsupported', `"model" expected a single input, got ${others.length + 1}`);
  if (test.labels.length !== 1)
    throw new VitrineError('bad-shape', `"test" expected a single example, got ${test.labels.length}`);
  const space = inputSpace(options, images.shape.at(-1) as number);
  const within = await inSlices(assertWithin(images, space), options);
  const inside = { ...training, inputs: [within] };
  const { penalty = 1e-3, epsilon = halfShade(space) } = options;
  const { dense, problem, examplesOf } = await modelHead(network, head, {
    ...{ training: inside, penalty, refit: true },
    run: options,
  });
  const field: TrainingField = {
    ...{ network, dense, images: within, options },
    ball: ballOf('linf', epsilon, space),
    test: await examplesOf(test),
    label: test.labels[0] as number,
    hasBias: dense.operation.parameters['bias'] !== undefined,
  };
  return { field, first: await seenBy(field, problem) };
}

/** Trains the head on features of which some have changed. */
export async function trainedOn(field: TrainingField, problem: HeadProblem): Promise<TrainedHead> {
  const { signal } = field.options;
  const weights = await inSlices(fittedHead(problem, { start: problem.weights }), { signal });
  return seenBy(field, { ...problem, weights });
}

/** s = H⁻¹ ∇L of the test image. */
export function testDirection({ test, options }: TrainingField, { problem }: TrainedHead): Promise<Float64Array> {
  function* solved() {
    const place = yield* headAt(problem, problem);
    const solver = yield* headSolver('cg', problem, place, { damping: 0, seed: 0 });
    return yield* solver.solve(exampleGradient(test, yield* headAt(problem, test), 0));
  }
  return inSlices(solved(), { signal: options.signal });
}

async function seenBy({ test, options }: TrainingField, problem: HeadProblem): Promise<TrainedHead> {
  const { expected } = await inSlices(headAt(problem, test), { signal: options.signal });
  const [first = 0] = expected;
  const likely = problem.loss === 'binary' ? Float64Array.of(1 - first, first) : expected;
  return { problem, likely, predicted: firstGreatest(likely) };
}

function halfShade({ low, high, isEven }: InputSpace): number | readonly number[] {
  const lengths = Array.from(high, (value, channel) => (value - (low[channel] as number)) / 510);
  return isEven ? (lengths[0] as number) : lengths;
}
