import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { SimdModules } from '../backend/kernels/simd/instances.ts';
import { mayUseSimd } from '../backend/kernels/simd/simd.ts';
import { type Check, callback, kind } from '../numeric/options.ts';
import { isGraphModel } from './graph/graphModel.ts';
import { type BuildGraph, layersSource, type NetworkSource } from './graph/networkSource.ts';
import type { Network } from './network.ts';
import type { Model } from './types.ts';
import { createNetwork } from './walk/createNetwork.ts';
import { steady, type WeightNames, weightNames } from './walk/steady.ts';

/** Whether a model has been compiled. */
export function isNetwork(model: Model): model is Network {
  return typeof model === 'object' && model !== null && 'graph' in model && 'sweep' in model;
}

/** Refuses a model that is not compiled where a view is made: it has nobody to free what would be compiled for it. */
export const assertCompiled: Check = kind('a network that compile made', (value) => isNetwork(value as Model));

/**
 * Compiles a model for several calls and frees what it made.
 *
 * A network that is given is lent as it is. The weights must stay what they are during the job. For a model the job begins
 * later, when the code is there that compiles such a model: what it reads of a caller must have been read before.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param job is given the compiled model, which every function takes as `model`.
 * @returns what the job returns.
 * @throws {VitrineError} if `model` is none or `job` is no function; else what the job throws.
 * @example
 * ```ts
 * import { gradCam, lrp, withNetwork } from 'vitrine';
 * const maps = await withNetwork(model, async (network) => [await gradCam(network, x), await lrp(network, x)]);
 * console.log(maps.length); // 2
 * ```
 */
export async function withNetwork<T>(model: Model, job: (network: Network) => T | Promise<T>): Promise<T> {
  callback('job', job);
  if (isNetwork(model)) return job(steady(model));
  const { source, weights } = await sourceOnDemand(model);
  const network = createNetwork(source, { simd: await simdOnDemand() });
  try {
    return await job(steady(network, weights));
  } finally {
    network.dispose();
  }
}

interface SourceNow {
  readonly source: NetworkSource;
  /** Those of the begin of the call. */
  readonly weights: WeightNames;
}

/** What is compiled of a model, by code that is loaded for models of its kind. */
async function sourceOnDemand(model: Exclude<Model, Network>): Promise<SourceNow> {
  if (!isGraphModel(model)) return layersOnDemand(model);
  const { loadedSource } = await import('./graphModel/networkSource.ts');
  const source = loadedSource(model);
  return { source, weights: weightNames(source) };
}

async function layersOnDemand(model: LayersModel): Promise<SourceNow> {
  const loaded: { buildGraph?: BuildGraph } = {};
  const source = layersSource(model, (...given) => (loaded.buildGraph as BuildGraph)(...given));
  const weights = weightNames(source);
  Object.assign(loaded, await import('./graph/buildGraph.ts'));
  return { source, weights };
}

/** The kernels of backends that can run them. */
async function simdOnDemand(): Promise<SimdModules | undefined> {
  return mayUseSimd() ? import('../backend/kernels/simd/simd.generated.ts') : undefined;
}
