import type { NdArray } from '../../numeric/ndarray.ts';
import type { Upsampling } from '../../readings/placement.ts';
import { axesOf } from './axes.ts';
import { litPixels } from './litPixels.ts';

/**
 * Where the activations `[h, w]` of a unit, interpolated to `size`, are above its threshold: 1 for each such pixel. These
 * are the pixels that a dissection counts, of labels of that size.
 */
export function litMask(
  { shape, data }: NdArray<Float32Array | Float64Array>,
  { threshold, upsampling }: { readonly threshold: number; readonly upsampling: Upsampling },
  size: readonly [height: number, width: number],
): Uint8Array {
  const positions = shape as unknown as readonly [number, number];
  const mask = new Uint8Array(size[0] * size[1]);
  const axes = axesOf(upsampling, positions, size);
  litPixels({ shape: [...positions, 1], data }, Float64Array.of(threshold), axes, (_, lit) => {
    for (const pixel of lit) mask[pixel] = 1;
  });
  return mask;
}
