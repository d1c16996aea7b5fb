import type { Tensor } from '@tensorflow/tfjs-core';
import { layerAddress } from '../network/runChecks.ts';
import type { Input, Model } from '../network/types.ts';
import { mapBatches } from '../network/walk/batches.ts';
import { signalAt } from '../network/walk/signals.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { listOf, type OptionChecks, required } from '../numeric/options.ts';
import { explainChecks } from './explainChecks.ts';
import { exampleRange, explain } from './session.ts';
import type { ExplainOptions } from './types.ts';

/** Which layers {@link layerGradients} differentiates by. */
export interface LayerGradientOptions<L extends string> extends Omit<ExplainOptions, 'seed'> {
  /** The addresses of the layers. */
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
  return explain(model, x, options, { checks }, async (session, { layers, ...run }) => {
    const { network, scorer, count, rows } = session;
    const sites = layers.map((layer) => network.site(layer, 'layers'));
    return mapBatches({ ...run, stage: 'layerGradients', total: count }, (start, end) => {
      const record = network.forward(rows(start, end), { taps: scorer.taps, differentiate: { to: sites } });
      const signals = record.backward(scorer.score(record, exampleRange(start, end)).seeds, { to: sites });
      return Object.fromEntries(sites.map((site, i) => [layers[i] as L, signalAt(signals, site)])) as Record<L, Tensor>;
    });
  });
}

const { seed: _, ...withoutSeed } = explainChecks;

const checks: OptionChecks<LayerGradientOptions<string>> = { ...withoutSeed, layers: required(listOf(layerAddress)) };
