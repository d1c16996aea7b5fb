import { leadingComponent } from '../../numeric/leadingComponent.ts';
import type { NdArray } from '../../numeric/ndarray.ts';

/** Projects each position of `[n, h, w, c]` on the first principal direction of its example's channels: `[n, h, w]`. */
export function principalMap({ shape, data }: NdArray, center: boolean): NdArray {
  const [examples, rows, columns, channels] = shape as readonly [number, number, number, number];
  const positions = rows * columns;
  const map = new Float32Array(examples * positions);
  for (let example = 0; example < examples; example++) {
    const start = example * positions * channels;
    const matrix = { shape: [positions, channels], data: data.subarray(start, start + positions * channels) };
    map.set(leadingComponent(matrix, { center }).projection, example * positions);
  }
  return { shape: [examples, rows, columns], data: map };
}
