import * as tf from '@tensorflow/tfjs-core';
import { eventLoopTurn } from '../backend/inTurn.ts';
import * as simd from '../backend/kernels/simd/simd.generated.ts';
import { assertOptions } from '../numeric/options.ts';
import { type CompileOptions, compileChecks } from './compile.ts';
import { sourceOf } from './graph/sourceOf.ts';
import { storedSource } from './graphModel/networkSource.ts';
import { storedGraph } from './graphModel/storedGraph.ts';
import { buildModel } from './loading/buildModel.ts';
import { readStored } from './loading/readStored.ts';
import { type LoadOptions, loadChecks, type ModelSource } from './loading/source.ts';
import type { StoredGraphModel, StoredLayers } from './loading/storedModel.ts';
import type { Network } from './network.ts';
import { createNetwork } from './walk/createNetwork.ts';

/**
 * Opens a saved model of any kind and compiles it: what `loadModel` opens, and GraphModels, whose layers are the nodes
 * of a TensorFlow graph. A GraphModel's files are `model.json` and its weight files, as tensorflowjs_converter writes
 * them, quantised ones included; tfjs-converter is not needed. The network owns the model: `dispose` frees all of it. A
 * call that fails leaves nothing behind.
 *
 * @param source what `loadModel` takes.
 * @param options those of `loadModel` and of `compile`: `signal`, `onProgress`, `fetch`, `output`, `precision`.
 * @returns the network, for every function that takes a model.
 * @throws {VitrineError} as `loadModel` does, or if a node of a GraphModel is of an op that is not known or has no gradient, such
 *   as control flow.
 * @throws the signal's reason.
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { loadNetwork, predict } from 'vitrine';
 * const read = (path: string) => readFile(`examples/models/efficientnet-lite0/${path}`);
 * const classifier = await loadNetwork({ json: await read('model.json'), read });
 * classifier.dispose();
 * ```
 */
export async function loadNetwork(source: ModelSource, options: LoadOptions & CompileOptions = {}): Promise<Network> {
  assertOptions(options, { ...loadChecks, ...compileChecks });
  const { output, precision, ...load } = options;
  const stored = await readStored(source, load);
  await tf.ready();
  await eventLoopTurn();
  options.signal?.throwIfAborted();
  const compiled = { ...(output !== undefined && { output }), ...(precision !== undefined && { precision }) };
  return stored.format === 'graph' ? ofGraph(stored, compiled) : ofLayers(stored, compiled);
}

function ofLayers(stored: StoredLayers, options: CompileOptions): Network {
  const model = buildModel(stored);
  return owning(
    () => model.dispose(),
    (release) => createNetwork(sourceOf(model), { ...options, simd, release }),
  );
}

async function ofGraph(stored: StoredGraphModel, options: CompileOptions): Promise<Network> {
  const { graph, weights, freeUnread, dispose } = await storedGraph(stored);
  const network = owning(dispose, (release) =>
    createNetwork(storedSource(graph, weights), { ...options, simd, release }),
  );
  return owning(
    () => network.dispose(),
    () => {
      // What operations are made of is read here once: what is left are shapes, axes and the like.
      for (const { parameters } of network.operations) void parameters;
      freeUnread();
      return network;
    },
  );
}

/** A network that frees what it owns; if it cannot be made, that is freed at once. */
function owning(release: () => void, make: (release: () => void) => Network): Network {
  try {
    return make(release);
  } catch (error) {
    release();
    throw error;
  }
}
