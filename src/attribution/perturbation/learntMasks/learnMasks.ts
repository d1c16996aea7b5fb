import type { Tensor1D, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { withTensors } from '../../../backend/withTensors.ts';
import { type Chunk, chunksOf } from '../../../network/walk/batches.ts';
import { type NdArray, sizeOf } from '../../../numeric/ndarray.ts';
import { type Minimized, minimize } from '../../../optimization/minimize.ts';
import type { Optimizer } from '../../../optimization/optimizer.ts';
import type { Session } from '../../../scoring/session.ts';

/** Masks of some examples in one iteration. */
export interface MaskEvaluation {
  /** Of what is minimised, by the parameters. */
  readonly gradient: Tensor3D;
  /** The masks `[b, h, w]` that the parameters make. */
  readonly mask: Tensor3D;
  /** What is recorded of each iteration, `[b]`. */
  readonly curve: Tensor1D;
}

/** How the masks of examples are learnt. */
export interface MaskLearning<T extends object> {
  readonly stage: string;
  readonly plane: readonly [number, number];
  /** The parameters `[n, rows, columns]` to start from, in 0…1. */
  readonly start: NdArray;
  readonly iterations: number;
  readonly optimizer: Optimizer;
  /** Tensors that are needed in every iteration on some examples. */
  readonly prepare: (chunk: Chunk) => T;
  readonly evaluate: (parameters: Tensor3D, prepared: T, at: { chunk: Chunk; iteration: number }) => MaskEvaluation;
}

/** Masks, as far as they have been learnt. */
export interface LearntMasks {
  /** `[n, h, w]` */
  readonly masks: NdArray;
  /** `[n, rows, columns]` */
  readonly parameters: NdArray;
  /** `[n, iterations + 1]`, from the start to after the last step. */
  readonly curve: NdArray;
}

/** Learns a mask for each example by going down a gradient; parameters stay in 0…1. */
export async function learnMasks<T extends object>(
  { count, options }: Pick<Session, 'count' | 'options'>,
  learning: MaskLearning<T>,
  onIteration: (soFar: LearntMasks) => void,
): Promise<LearntMasks> {
  const { stage, plane, start, iterations } = learning;
  const learnt = {
    masks: zeros([count, ...plane]),
    parameters: zeros(start.shape),
    curve: zeros([count, iterations + 1]),
  };
  const chunks = chunksOf({ ...options, total: count });
  const total = chunks.length * (iterations + 1);
  for (const [i, chunk] of chunks.entries()) {
    const parameters = await learnChunk(learning, { chunk, signal: options.signal }, ({ mask, curve }, iteration) => {
      setRows(learnt.masks, mask, chunk);
      curve.data.forEach((value, row) => {
        learnt.curve.data[(chunk.start + row) * (iterations + 1) + iteration] = value;
      });
      options.onProgress?.({ stage, done: i * (iterations + 1) + iteration + 1, total });
      onIteration(learnt);
    });
    setRows(learnt.parameters, parameters, chunk);
  }
  return learnt;
}

async function learnChunk<T extends object>(
  { start, iterations, optimizer, prepare, evaluate }: MaskLearning<T>,
  { chunk, signal }: { chunk: Chunk; signal: AbortSignal | undefined },
  consume: (part: Record<'mask' | 'curve', NdArray>, iteration: number) => void,
): Promise<NdArray> {
  const job = (prepared: T): Promise<Minimized> =>
    minimize(
      {
        start: [examplesOf(start, chunk)],
        iterations,
        optimizer,
        objective([parameters], iteration) {
          const { gradient, ...read } = evaluate(parameters as Tensor3D, prepared, { chunk, iteration });
          return { gradients: [gradient], read };
        },
        project: (parameter) => tf.clipByValue(parameter, 0, 1),
        signal,
      },
      consume,
    );
  const { parameters } = await withTensors(() => prepare(chunk), job);
  return parameters[0] as NdArray;
}

function zeros(shape: readonly number[]): NdArray {
  return { shape, data: new Float32Array(sizeOf(shape)) };
}

function examplesOf({ shape, data }: NdArray, { start, end }: Chunk): NdArray {
  const size = sizeOf(shape.slice(1));
  return { shape: [end - start, ...shape.slice(1)], data: data.slice(start * size, end * size) };
}

function setRows({ shape, data }: NdArray, rows: NdArray, { start }: Chunk): void {
  data.set(rows.data, start * sizeOf(shape.slice(1)));
}
