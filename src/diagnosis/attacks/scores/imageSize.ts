import { VitrineError } from '../../../numeric/errors.ts';
import type { NdArray } from '../../../numeric/ndarray.ts';

/** The rows, columns and channels of pictures; what has no pixels is refused. */
export function imageSize(x: NdArray, method: string): readonly [rows: number, columns: number, channels: number] {
  const [, ...size] = x.shape;
  if (size.length !== 3)
    throw new VitrineError(
      'unsupported',
      `"x" expected pictures [n, height, width, channels], whose pixels "${method}" changes, got examples [${size.join(', ')}]`,
    );
  return size as unknown as readonly [number, number, number];
}
