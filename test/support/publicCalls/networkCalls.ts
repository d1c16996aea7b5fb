import * as tf from '@tensorflow/tfjs-core';
import { describeBackend, useBackend } from '../../../src/backend/index.ts';
import { decodeImage } from '../../../src/image/files/decodeImage.ts';
import { encodePng } from '../../../src/image/files/encodePng.ts';
import type { Model, Network } from '../../../src/network/index.ts';
import { activations, loadModel, loadNetwork, predict } from '../../../src/network/index.ts';
import type { ModelFiles } from '../../../src/network/loading/source.ts';
import { layerGradients, perturbedScores, scores, withNetwork } from '../../../src/scoring/index.ts';
import { backend } from '../backend.ts';
import { readable } from '../savedModel.ts';
import type { Given } from './given.ts';
import { type PublicCalls, sent } from './sent.ts';

const x = (given: Given) => given.input([2, 12, 12, 3], 1);
const source = ({ files }: Given): ModelFiles => readable(files);

/** Backends, pictures, networks and their files. */
export const networkCalls: PublicCalls = {
  describeBackend: () => sent(describeBackend),
  useBackend: () => sent(useBackend, [backend]),
  decodeImage: () =>
    sent(decodeImage, encodePng({ width: 2, height: 1, data: Uint8ClampedArray.of(1, 2, 3, 255, 250, 0, 128, 255) })),
  predict: (given) => sent(predict, given.pictures, x(given), given.run),
  activations: (given) => sent(activations, given.pictures, x(given), ['conv', 'top'], given.run),
  layerGradients: (given) =>
    sent(layerGradients, given.pictures, x(given), { layers: ['conv'], target: [0, 2], ...given.run }),
  scores: (given) => sent(scores, given.pictures, x(given), { target: [0, 2], ...given.run }),
  perturbedScores: (given) =>
    sent(perturbedScores, given.pictures, x(given), {
      samples: 2,
      rows: ({ shown }, start, end) => tf.tile(shown, [end - start, 1, 1, 1]),
      baseline: given.input([12, 12, 3], 2),
      target: [0, 2],
      ...given.run,
    }),
  withNetwork: (given) =>
    sent(
      (model: Model, job: (network: Network) => Promise<unknown>) => withNetwork(model, job),
      given.pictures,
      (network) => predict(network, given.array([1, 12, 12, 3], 1)),
    ),
  loadModel: (given) =>
    sent(
      async (...args: Parameters<typeof loadModel>) => {
        const model = await loadModel(...args);
        const weights = await Promise.all(model.getWeights().map((weight) => weight.data()));
        model.dispose();
        return weights;
      },
      source(given),
      signalOf(given),
    ),
  loadNetwork: (given) =>
    sent(
      async (...args: Parameters<typeof loadNetwork>) => {
        const network = await loadNetwork(...args);
        const found = await predict(network, { shape: [1, 12, 12, 3], data: new Float32Array(432).fill(0.5) });
        network.dispose();
        return found;
      },
      source(given),
      signalOf(given),
    ),
};

function signalOf({ run: { signal } }: Given): { readonly signal?: AbortSignal } {
  return signal ? { signal } : {};
}
