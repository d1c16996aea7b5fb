import type { WindowGeometry } from '../../src/backend/kernels/geometry.ts';
import { conv } from './convolution.ts';
import { type Block, zeros } from './windows.ts';

/** A convolution of one example written as a matrix [in, out]: each row is what one input alone gives. */
export function unrolledConv(
  kernel: Block,
  [rows, columns]: readonly [number, number],
  geometry: WindowGeometry,
): number[][] {
  const shape: Block['shape'] = [1, rows, columns, kernel.shape[2]];
  return Array.from({ length: zeros(shape).data.length }, (_, i) => {
    const one = zeros(shape);
    one.data[i] = 1;
    return [...conv(one, kernel, geometry).data];
  });
}
