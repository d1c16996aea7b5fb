import type { LayersModel } from '@tensorflow/tfjs-layers';

/** All weights of a model. */
export async function weightsOf(model: LayersModel): Promise<readonly Float32Array[]> {
  return Promise.all(model.getWeights().map(async (weight) => (await weight.data()).slice() as Float32Array));
}
