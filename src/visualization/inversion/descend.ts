import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { withTensors } from '../../backend/withTensors.ts';
import type { ChannelScale, PixelScale } from '../../image/pixelScale.ts';
import type { Network } from '../../network/network.ts';
import type { RunOptions } from '../../network/types.ts';
import { type Chunk, chunksOf, concatenated } from '../../network/walk/batches.ts';
import { rowsOf } from '../../network/walk/inputs.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, sizeOf } from '../../numeric/ndarray.ts';
import { type Minimization, type Minimized, minimize } from '../../optimization/minimize.ts';
import { modelScale } from '../ascent/modelScale.ts';
import { type InversionPrior, type InvertedFeatures, inversionEnergy } from './inversionEnergy.ts';
import type { InvertedInput } from './invertedInput.ts';
import { momentumSchedule, type SchedulePhase } from './momentumSchedule.ts';

/** How the energy of images goes down. */
export interface Descent {
  readonly network: Network;
  readonly inverted: Pick<InvertedInput, 'site' | 'features' | 'scale'>;
  /** `[1, …]` */
  readonly mask: NdArray;
  /** σ_y of each example. */
  readonly norms: Float32Array;
  readonly prior: InversionPrior;
  /** σ_x */
  readonly pixelNorm: number;
  readonly schedule: readonly SchedulePhase[];
  /** `[n, h, w, c]` in units of 0…255 less the centre. */
  readonly start: NdArray;
}

/** What a descent has found. */
export interface Descended {
  /** `[n, h, w, c]` in units of 0 to 1, which they may leave. */
  readonly pictures: NdArray;
  /** The relative error of the features, `[n, steps + 1]`. */
  readonly curve: NdArray;
  /** `[n, steps + 1]` */
  readonly energy: NdArray;
}

/** Goes down the energy of images, some examples at a time. */
export async function descend(descent: Descent, options: PixelScale & RunOptions): Promise<Descended> {
  const count = descent.start.shape[0] as number;
  const iterations = descent.schedule.reduce((sum, { steps }) => sum + steps, 0);
  const chunks = chunksOf({ ...options, total: count });
  const table = (): NdArray => ({ shape: [count, iterations + 1], data: new Float32Array(count * (iterations + 1)) });
  const [curve, energy] = [table(), table()];
  const found: NdArray[] = [];
  for (const [i, chunk] of chunks.entries()) {
    const record: Consume = (part, iteration) => {
      assertBounded(part.energy, iteration, chunk);
      setColumn(curve, part.error, { chunk, iteration });
      setColumn(energy, part.energy, { chunk, iteration });
      const [done, total] = [i * (iterations + 1) + iteration + 1, chunks.length * (iterations + 1)];
      options.onProgress?.({ stage: 'inversion', done, total });
    };
    found.push(await descendChunk(descent, { chunk, iterations, options }, record));
  }
  return { pictures: uncentered(concatenated(found), descent.inverted.scale), curve, energy };
}

type Consume = (part: Record<'error' | 'energy', NdArray>, iteration: number) => void;

interface ChunkRun {
  readonly chunk: Chunk;
  readonly iterations: number;
  readonly options: PixelScale & RunOptions;
}

async function descendChunk(
  descent: Descent,
  { chunk, iterations, options }: ChunkRun,
  consume: Consume,
): Promise<NdArray> {
  const { network, inverted, prior, pixelNorm, schedule } = descent;
  const viewer = { network, toModel: modelScale(options, inverted.scale.channels) };
  const run = ({ center, ...features }: ChunkTensors): Promise<Minimized> => {
    const terms = { viewer, features: { site: inverted.site, ...features }, prior, center, pixelNorm };
    const objective: Minimization<'error' | 'energy'>['objective'] = ([pixels]) => {
      const { gradient, ...read } = inversionEnergy(pixels as Tensor4D, terms);
      return { gradients: [gradient], read };
    };
    const optimizer = momentumSchedule(schedule);
    const start = [examplesOf(descent.start, chunk)];
    return minimize({ start, iterations, optimizer, objective, signal: options.signal }, consume);
  };
  const { parameters } = await withTensors(() => chunkTensors(descent, chunk), run);
  return parameters[0] as NdArray;
}

interface ChunkTensors extends Omit<InvertedFeatures, 'site'> {
  readonly center: Tensor1D;
}

function chunkTensors({ inverted, mask, norms }: Descent, { start, end }: Chunk): ChunkTensors {
  return {
    target: rowsOf(inverted.features, start, end),
    mask: rowsOf(mask, 0, 1),
    squaredNorm: tf.tensor1d(norms.slice(start, end).map((norm) => norm ** 2)),
    center: tf.tensor1d([...centerOf(inverted.scale)]),
  };
}

/** What is subtracted of each channel of a picture: the mean of the scale, or mid-grey where that is no colour between. */
function centerOf({ mean, order, channels }: ChannelScale): readonly number[] {
  return Array.from({ length: channels }, (_, channel) => {
    const value = mean[channels === 3 ? order.indexOf(channel) : channel] as number;
    return value > 0 && value < 255 ? value : 127.5;
  });
}

function uncentered({ shape, data }: NdArray, scale: ChannelScale): NdArray {
  const center = centerOf(scale);
  return { shape, data: data.map((value, i) => (value + (center[i % center.length] as number)) / 255) };
}

function examplesOf({ shape, data }: NdArray, { start, end }: Chunk): NdArray {
  const size = sizeOf(shape.slice(1));
  return { shape: [end - start, ...shape.slice(1)], data: data.slice(start * size, end * size) };
}

function setColumn({ shape, data }: NdArray, { data: values }: NdArray, at: { chunk: Chunk; iteration: number }): void {
  values.forEach((value, row) => {
    data[(at.chunk.start + row) * (shape[1] as number) + at.iteration] = value;
  });
}

function assertBounded({ data }: NdArray, iteration: number, { start }: Chunk): void {
  const row = data.findIndex((value) => !Number.isFinite(value));
  if (row < 0) return;
  throw new VitrineError(
    'not-finite',
    `"schedule" expected learning rates that lead down, got an energy of ${data[row]} for example ${start + row} after ${iteration} steps`,
  );
}
