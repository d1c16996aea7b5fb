import type { Network } from '../../../network/network.ts';
import { type NdArray, rowOf } from '../../../numeric/ndarray.ts';
import { type ImageDataset, inputsOf } from '../../../readings/imageSource.ts';

/** The images of a data set one at a time, each `[1, h, w, c]`, for a model that takes nothing else. */
export async function* singleImages(network: Network, images: ImageDataset): AsyncGenerator<NdArray> {
  for await (const [batch] of inputsOf(network, images)) {
    const { shape } = batch as NdArray;
    for (let row = 0; row < (shape[0] as number); row++) {
      yield { shape: [1, ...shape.slice(1)], data: rowOf(batch as NdArray, row).slice() };
    }
  }
}
