import { isGraphModel } from '../../network/graph/graphModel.ts';
import { assertLayersModel } from '../../network/graph/layersModel.ts';
import type { Model } from '../../network/types.ts';
import { isNetwork } from '../../network/withNetwork.ts';

/** Refuses what is no model, by the name of an argument other than `model`. */
export function assertModel(argument: string, model: unknown): void {
  if (isNetwork(model as Model) || isGraphModel(model)) return;
  assertLayersModel(model, argument);
}
