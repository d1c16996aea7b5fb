import type { Tensor } from '@tensorflow/tfjs-core';
import { owned } from '../backend/owned.ts';
import { withMeaning } from '../network/heads/statedHeads.ts';
import type { Input, Model } from '../network/types.ts';
import { mapBatches } from '../network/walk/batches.ts';
import { readInputs, rowsOf } from '../network/walk/inputs.ts';
import { signalAt } from '../network/walk/signals.ts';
import { withNetwork } from '../network/withNetwork.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { createScorer, headOf } from './targets/createScorer.ts';
import type { ExplainOptions } from './types.ts';

/** Which layers {@link layerGradients} differentiates by. */
export interface LayerGradientOptions<L extends string> extends Omit<ExplainOptions, 'seed'> {
  readonly layers: readonly L[];
}

/**
 * The gradients $\partial F / \partial A$ of the explained score with respect to the outputs of layers, all from one
 * backward walk.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch in the shape of the model's input.
 * @param options `layers` (required), `target`, `scale`, `output`, `batchSize`, `signal`, `onProgress`.
 * @returns per address the gradient in the shape of the layer's output, `[n, …]`.
 * @throws {VitrineError} if a layer is unknown or `x` does not fit.
 * @throws {VitrineError} if the score does not depend on a layer.
 * @example
 * ```ts
 * import { layerGradients } from 'vitrine';
 * const { conv3 } = await layerGradients(model, x, { layers: ['conv3'], target: 1 });
 * ```
 */
export async function layerGradients<L extends string>(
  model: Model,
  x: Input,
  options: LayerGradientOptions<L>,
): Promise<Record<L, NdArray>> {
  return withNetwork(model, async (given) => {
    const [input, { layers, target, scale, output, ...run }] = await owned(x, options);
    const network = withMeaning(given, output, headOf(given, target));
    const sites = layers.map((layer) => network.site(layer, 'layers'));
    const inputs = await readInputs(network, input);
    const count = inputs[0]?.shape[0] as number;
    const scorer = createScorer(network, { target, scale, count });
    return mapBatches({ ...run, stage: 'layerGradients', total: count }, (start, end) => {
      const rows = inputs.map((input) => rowsOf(input, start, end));
      const record = network.forward(rows, { taps: scorer.taps, differentiate: { to: sites } });
      const example = Int32Array.from({ length: end - start }, (_, i) => start + i);
      const signals = record.backward(scorer.score(record, example).seeds, { to: sites });
      return Object.fromEntries(sites.map((site, i) => [layers[i] as L, signalAt(signals, site)])) as Record<L, Tensor>;
    });
  });
}
