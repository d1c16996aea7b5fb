import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Patch, Position } from '../../../../backend/kernels/cropRegions.ts';
import { type Chunk, chunksOf, forEachBatch } from '../../../../network/walk/batches.ts';
import { type NdArray, rowOf } from '../../../../numeric/ndarray.ts';
import type { AttackBatch } from '../../field/attackBatch.ts';
import { type Followed, followed } from '../followed.ts';
import { imageSize } from '../imageSize.ts';

/** Pixels and the colours that they are given. */
export interface PixelChange {
  readonly at: readonly Position[];
  /** `[k, c]` */
  readonly colors: Float32Array;
}

/** A picture whose pixels are changed, and how its changes are judged. */
export interface PixelTask {
  readonly original: Float32Array;
  readonly size: readonly [rows: number, columns: number, channels: number];
  /** By how much the label is beaten after each change; more than 0 is a success. */
  losses(changes: readonly PixelChange[], onChunk?: (end: number) => void): Promise<Float64Array>;
}

/** Rows in one pass: what is computed again is small, so that its cost is that of a call. */
const TOGETHER = 16;

/** The parts in which candidates are judged. */
export function chunksOfCandidates(total: number): readonly Chunk[] {
  return chunksOf({ total, batchSize: TOGETHER });
}

/** Searches changes for one example of a batch after the other, and gives the pictures with what was found. */
export async function eachPicture(
  batch: AttackBatch,
  search: (task: PixelTask, example: number) => Promise<PixelChange>,
): Promise<NdArray> {
  const size = imageSize(batch.x, 'onePixel');
  const data = Float32Array.from(batch.x.data);
  for (const [row, example] of batch.examples.entries()) {
    const picture = { original: rowOf(batch.x, row), size };
    const own = followed(batch, row);
    try {
      const losses: PixelTask['losses'] = (changes, onChunk) =>
        lossesOf(batch, { ...picture, own }, { changes, onChunk });
      const found = await search({ ...picture, losses }, example);
      data.set(painted(picture, found), row * picture.original.length);
    } finally {
      own.dispose();
    }
  }
  return { shape: batch.x.shape, data };
}

async function lossesOf(
  { site, signal }: AttackBatch,
  { own, ...picture }: Pick<PixelTask, 'original' | 'size'> & { readonly own: Followed },
  {
    changes,
    onChunk,
  }: { readonly changes: readonly PixelChange[]; readonly onChunk?: ((end: number) => void) | undefined },
): Promise<Float64Array> {
  const losses = new Float64Array(changes.length);
  await forEachBatch<'losses'>(
    { stage: 'candidates', total: changes.length, batchSize: TOGETHER, ...(signal && { signal }) },
    ({ start, end }) => {
      const changed = own.run().change(new Map([[site, patchOf(picture, changes.slice(start, end))]]));
      return { losses: own.losses(changed, end - start) };
    },
    (part, { start, end }) => {
      losses.set(part.losses.data, start);
      onChunk?.(end);
    },
  );
  return losses;
}

/** A picture with some of its pixels changed; of a pixel that is named twice the last colour counts. */
function painted({ original, size }: Pick<PixelTask, 'original' | 'size'>, change: PixelChange): Float32Array {
  const [, columns, channels] = size;
  const changed = Float32Array.from(original);
  change.at.forEach(([row, column], i) =>
    changed.set(change.colors.subarray(i * channels, (i + 1) * channels), (row * columns + column) * channels),
  );
  return changed;
}

/** The parts of the pictures that hold all pixels of the changes, of one size. */
function patchOf(picture: Pick<PixelTask, 'original' | 'size'>, changes: readonly PixelChange[]): Patch {
  const [rows, columns, channels] = picture.size;
  const along = (axis: 0 | 1) => changes.map(({ at }) => at.map((place) => place[axis]));
  const longest = (axis: 0 | 1): number =>
    along(axis).reduce((most, places) => Math.max(most, Math.max(...places) - Math.min(...places) + 1), 1);
  const [tall, wide] = [longest(0), longest(1)];
  const at = changes.map(
    ({ at: places }): Position => [
      Math.min(Math.min(...places.map(([row]) => row)), rows - tall),
      Math.min(Math.min(...places.map(([, column]) => column)), columns - wide),
    ],
  );
  const data = new Float32Array(changes.length * tall * wide * channels);
  changes.forEach((change, i) => {
    const whole = painted(picture, change);
    const [top, left] = at[i] as Position;
    for (let row = 0; row < tall; row++) {
      const from = ((top + row) * columns + left) * channels;
      data.set(whole.subarray(from, from + wide * channels), (i * tall + row) * wide * channels);
    }
  });
  const tensor: Tensor4D = tf.tensor(data, [changes.length, tall, wide, channels]);
  return { tensor, at };
}
