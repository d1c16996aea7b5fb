import type { LabelledImage } from '../../../src/readings/labels.ts';
import { dataset as sound } from './dissected.ts';

export { model } from './dissected.ts';

/** The same images, of which one has activations that are not finite, and one a label that stands for nothing. */
export function dataset(shard: number, of: number): readonly LabelledImage[] {
  return sound(shard, of).map((item) => {
    if (item.name === 'image-5.png') {
      return { ...item, image: { shape: [12, 12, 3], data: new Float32Array(12 * 12 * 3).fill(Number.NaN) } };
    }
    if (item.name !== 'image-10.png') return item;
    return { ...item, planes: { ...item.planes, data: Int32Array.from(item.planes.data, () => 999) } };
  });
}
