import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { readTensor } from '../../backend/inTurn.ts';
import { oneHot } from '../../backend/portable.ts';
import { withTensors } from '../../backend/withTensors.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, sizeOf } from '../../numeric/ndarray.ts';
import { random } from '../../numeric/random.ts';
import { type Minimized, minimize } from '../../optimization/minimize.ts';
import type { Optimizer } from '../../optimization/optimizer.ts';
import type { Penalty } from '../../optimization/penalties.ts';
import type { ReadyObjective } from '../objectives/readyObjective.ts';
import { faded } from '../parameterizations/alpha.ts';
import type { Parameterization, PictureShape } from '../parameterizations/parameterization.ts';
import { rendered } from '../parameterizations/rendered.ts';
import { redirectedRelus } from '../redirectedRelu.ts';
import type { Size, Transform, View } from '../transforms/transform.ts';
import { viewOf } from '../transforms/view.ts';
import type { Snapshot } from '../types.ts';
import { type Look, scoredPictures, type Viewer } from './scoredPictures.ts';

/** Pictures of parameters that go up the gradient of an objective together. */
export interface Ascent extends Viewer {
  readonly shape: PictureShape;
  readonly parameterization: Parameterization;
  /** The objective of a step, and which of the pictures it is for; all of them where it does not say. */
  readonly objective: (step: number) => { readonly objective: ReadyObjective; readonly pictures?: readonly number[] };
  readonly transforms: readonly Transform[];
  /** How many times transforms are drawn in a step. */
  readonly views: number;
  /** The size that the network sees pictures in. */
  readonly inputSize: Size;
  readonly optimizer: Optimizer;
  readonly steps: number;
  /** In how many of the first steps gradients that are zero are redirected. */
  readonly redirected: number;
  readonly start: AscentStart;
  /** After how many steps the pictures are looked at. */
  readonly snapshots: readonly number[];
  readonly seed: number;
  /** Of the pictures among those that are made apart; another number draws others. */
  readonly group: number;
  readonly signal: AbortSignal | undefined;
}

/** Where an ascent begins. */
export interface AscentStart {
  readonly parameters: readonly NdArray[];
  readonly memory?: readonly NdArray[];
  /** The steps that were made before. */
  readonly before: number;
}

/** What an ascent reports on its way. */
export interface AscentReport {
  /** The objective before a step, as the step saw it, `[n]`, or of the pictures that it saw. */
  readonly onStep: (step: number, score: Float32Array) => void;
  readonly onSnapshot: (snapshot: Snapshot) => void;
}

/** Where an ascent has come to. */
export interface Ascended {
  readonly parameters: readonly NdArray[];
  readonly memory: readonly NdArray[];
  /** Per pixel the sum of the magnitudes of all gradients, `[n, h, w, c]`. */
  readonly transparency: NdArray;
}

/**
 * Goes up: pictures are rendered, transformed and shown to the network, whose own gradient comes back the same way.
 *
 * The network never runs on tfjs's tape, which takes its fused operations apart.
 */
export async function ascend(ascent: Ascent, { onStep, onSnapshot }: AscentReport): Promise<Ascended> {
  const { shape, parameterization, optimizer, start, signal } = ascent;
  const magnitudes = tensorSum();
  const run = (tables: readonly Tensor[]): Promise<Minimized> =>
    minimize<string>(
      {
        start: start.parameters,
        ...(start.memory && { memory: start.memory }),
        before: start.before,
        iterations: ascent.steps,
        optimizer,
        objective: (parameters, step) => evaluated(ascent, { parameters, tables, step, magnitudes }),
        signal,
      },
      ({ score, pictures, objective }, step) => {
        if (score) onStep(step, finiteScores(score, step));
        if (pictures && objective) onSnapshot({ step, pictures, objective: finiteScores(objective, step) });
      },
    );
  try {
    const minimized = await withTensors(
      () => [...(parameterization.tables?.(shape) ?? [])],
      (tables) => run(tables),
    );
    return { ...minimized, transparency: await magnitudes.read([shape.count, ...shape.size, shape.channels]) };
  } finally {
    magnitudes.dispose();
  }
}

interface Evaluating {
  readonly parameters: readonly Tensor[];
  readonly tables: readonly Tensor[];
  readonly step: number;
  readonly magnitudes: TensorSum;
}

/** The gradient of the parameters before a step, and what is read of it; after the last step what is read alone. */
function evaluated(
  ascent: Ascent,
  { parameters, tables, step, magnitudes }: Evaluating,
): { gradients: readonly Tensor[]; read: Record<string, Tensor> } {
  const { shape, parameterization, steps, start, snapshots } = ascent;
  const { pictures, pullback } = rendered(parameterization, parameters, { shape, tables });
  const seen: Record<string, Tensor> = snapshots.includes(step)
    ? { pictures: tf.clone(pictures), objective: scoreOf(ascent, pictures, { step, views: [asTheyAre(ascent)] }).value }
    : {};
  if (step === start.before + steps) return { gradients: [], read: seen };
  const { value, gradient } = scoreOf(ascent, pictures, {
    step,
    views: Array.from({ length: ascent.views }, (_, view) => drawn(ascent, step, view)),
    composite: step < ascent.redirected ? redirectedRelus : [],
  });
  magnitudes.add(tf.abs(gradient));
  return { gradients: pullback(tf.neg(gradient) as Tensor4D), read: { ...seen, score: value } };
}

/** The objective of a step, of the pictures that it is for, and its gradient for all. */
function scoreOf(
  ascent: Ascent,
  pictures: Tensor4D,
  { step, ...look }: Omit<Look, 'objective'> & { readonly step: number },
): Penalty {
  const { objective, pictures: chosen } = ascent.objective(step);
  const score = (colors: Tensor4D): Penalty => scoredPictures(ascent, colors, { ...look, objective });
  const rows = chosen ? chosenRows(pictures, chosen) : { pictures, pullback: (cotangent: Tensor) => cotangent };
  const isFading = (pictures.shape[3] as number) > (ascent.network.inputs[0].shape[3] as number);
  const { value, gradient } = isFading
    ? faded(rows.pictures, random(ascent.seed, ascent.group, 2, step), score)
    : score(rows.pictures);
  return { value, gradient: rows.pullback(gradient) };
}

/** Some of the pictures, and the gradient of all from theirs. */
function chosenRows(
  pictures: Tensor4D,
  chosen: readonly number[],
): { pictures: Tensor4D; pullback: (cotangent: Tensor) => Tensor } {
  const [count, ...rest] = pictures.shape;
  const index = tf.tensor1d([...chosen], 'int32');
  return {
    pictures: tf.gather(pictures, index),
    pullback(cotangent) {
      const places = tf.transpose(oneHot(index, count)) as Tensor2D;
      const rows = tf.reshape(cotangent, [chosen.length, -1]) as Tensor2D;
      return tf.reshape(tf.matMul(places, rows), [count, ...rest]);
    },
  };
}

/** What the network sees of pictures in a view of a step. */
function drawn(
  { seed, group, transforms, steps, start, inputSize }: Ascent,
  step: number,
  view: number,
): (pictures: Tensor4D) => View {
  const progress = steps < 2 ? 0 : (step - start.before) / (steps - 1);
  return (pictures) =>
    viewOf(pictures, transforms, { random: random(seed, group, 1, step, view), progress, seen: inputSize });
}

/** What the network sees of pictures without transforms. */
function asTheyAre({ seed, inputSize }: Ascent): (pictures: Tensor4D) => View {
  return (pictures) => viewOf(pictures, [], { random: random(seed), progress: 1, seen: inputSize });
}

function finiteScores({ data }: NdArray, step: number): Float32Array {
  const picture = data.findIndex((value) => !Number.isFinite(value));
  if (picture < 0) return data as Float32Array;
  throw new VitrineError(
    'not-finite',
    `"objective" expected finite values, got ${data[picture]} of picture ${picture} after ${step} steps; a smaller "learningRate" may help`,
  );
}

/** A sum of tensors that outlives the scopes in which it grows. */
interface TensorSum {
  readonly add: (tensor: Tensor) => void;
  readonly read: (shape: readonly number[]) => Promise<NdArray>;
  readonly dispose: () => void;
}

function tensorSum(): TensorSum {
  let total: Tensor | undefined;
  return {
    add(tensor) {
      const next = tf.keep(total ? tf.add(total, tensor) : tf.clone(tensor));
      total?.dispose();
      total = next;
    },
    async read(shape) {
      return total ? readTensor(total) : { shape, data: new Float32Array(sizeOf(shape)) };
    },
    dispose: () => total?.dispose(),
  };
}
