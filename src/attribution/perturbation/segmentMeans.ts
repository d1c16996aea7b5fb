import type { NdArray } from '../../numeric/ndarray.ts';

/** Images or volumes whose segments `[n, …]` are filled with their own mean colours. */
export function segmentMeans({ shape, data }: NdArray, labels: NdArray<Int32Array>): NdArray {
  const [count, channels] = [shape[0] as number, shape.at(-1) as number];
  const pixels = labels.data.length / count;
  const filled = new Float32Array(data.length);
  for (let example = 0; example < count; example++) {
    const own = labels.data.subarray(example * pixels, (example + 1) * pixels);
    const sizes = new Map<number, number>();
    for (const label of own) sizes.set(label, (sizes.get(label) ?? 0) + 1);
    const sums = new Float64Array(sizes.size * channels);
    own.forEach((label, pixel) => {
      for (let c = 0; c < channels; c++) {
        const value = data[(example * pixels + pixel) * channels + c] as number;
        sums[label * channels + c] = (sums[label * channels + c] as number) + value;
      }
    });
    own.forEach((label, pixel) => {
      for (let c = 0; c < channels; c++) {
        const mean = (sums[label * channels + c] as number) / (sizes.get(label) as number);
        filled[(example * pixels + pixel) * channels + c] = mean;
      }
    });
  }
  return { shape, data: filled };
}
