import { Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';

/** Refuses what is no batch of pictures as many and with as many channels as those that it was made of. */
export function assertPictures(made: unknown, { shape }: Tensor4D, expectation: string): asserts made is Tensor4D {
  const [count, , , channels] = shape;
  const isTensor = made instanceof Tensor;
  if (isTensor && made.rank === 4 && made.shape[0] === count && made.shape[3] === channels && made.size > 0) return;
  throw new VitrineError(
    'bad-shape',
    `${expectation} pictures [${count}, h, w, ${channels}], got ${isTensor ? `[${made.shape.join(', ')}]` : describe(made)}`,
  );
}
