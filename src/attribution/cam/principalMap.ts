import { allFinite } from '../../numeric/allFinite.ts';
import { leadingComponent } from '../../numeric/leadingComponent.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { sizeOf } from '../../numeric/shape.ts';
import type { Sliced } from '../../numeric/sliced.ts';

/**
 * Projects each position of `[n, …, c]` on the first principal direction of its example's channels: `[n, …]`, NaN for
 * examples that have no direction since not all of their values are finite.
 */
export function* principalMap({ shape, data }: NdArray, center: boolean): Sliced<NdArray> {
  const [examples, channels] = [shape[0] as number, shape.at(-1) as number];
  const positions = sizeOf(shape.slice(1, -1));
  const map = new Float32Array(examples * positions);
  for (let example = 0; example < examples; example++) {
    const start = example * positions * channels;
    const matrix = { shape: [positions, channels], data: data.subarray(start, start + positions * channels) };
    if (allFinite(matrix.data)) map.set((yield* leadingComponent(matrix, { center })).projection, example * positions);
    else map.fill(Number.NaN, example * positions, (example + 1) * positions);
  }
  return { shape: shape.slice(0, -1), data: map };
}
