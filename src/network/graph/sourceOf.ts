import type { LayersModel } from '@tensorflow/tfjs-layers';
import { loadedSource } from '../graphModel/networkSource.ts';
import { buildGraph } from './buildGraph.ts';
import { type GraphModel, isGraphModel } from './graphModel.ts';
import { layersSource, type NetworkSource } from './networkSource.ts';

/**
 * What is compiled of a model that must be a `LayersModel` or a loaded `GraphModel`, at once, by code that is
 * there for every kind of model; `withNetwork` loads that of the model it is given.
 */
export function sourceOf(model: LayersModel | GraphModel): NetworkSource {
  return isGraphModel(model) ? loadedSource(model) : layersSource(model, buildGraph);
}
