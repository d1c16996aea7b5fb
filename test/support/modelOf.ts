import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Network } from '../../src/network/network.ts';

/** The layers model that a network was compiled from. */
export function modelOf({ source }: Network): LayersModel {
  return source.model as LayersModel;
}
