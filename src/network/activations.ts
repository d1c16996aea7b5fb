import * as tf from '@tensorflow/tfjs-core';
import { owned } from '../backend/owned.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { assertOptions, listOf, text } from '../numeric/options.ts';
import { runChecks } from './runChecks.ts';
import type { Input, Model, RunOptions } from './types.ts';
import { mapBatches } from './walk/batches.ts';
import { readInputs, rowsOf } from './walk/inputs.ts';
import { withNetwork } from './withNetwork.ts';

/**
 * The outputs of layers.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch in the shape of the model's input.
 * @param layers addresses: `conv1`, `outer/inner` in a nested model, `shared#1` for the second call of a shared layer.
 * @param options `batchSize`, `signal`, `onProgress`.
 * @returns per address the output after the layer's activation, `[n, …]`.
 * @throws {VitrineError} if there is no such layer (the message names near ones) or `x` does not fit.
 * @example
 * ```ts
 * import { activations } from 'vitrine';
 * const { conv3 } = await activations(model, x, ['conv3']);
 * console.log(conv3.shape);
 * ```
 */
export async function activations<L extends string>(
  model: Model,
  x: Input,
  layers: readonly L[],
  options: RunOptions = {},
): Promise<Record<L, NdArray>> {
  assertOptions(options, runChecks);
  addresses('layers', layers);
  const copies = owned(x, layers, options);
  return withNetwork(model, async (network) => {
    const [input, names, own] = await copies;
    const sites = names.map((layer) => network.site(layer, 'layers'));
    const inputs = await readInputs(network, input);
    const total = inputs[0]?.shape[0] as number;
    return mapBatches({ ...own, stage: 'activations', total }, (start, end) => {
      const rows = inputs.map((input) => rowsOf(input, start, end));
      const record = network.forward(rows, { taps: sites });
      return Object.fromEntries(sites.map((site, i) => [names[i] as L, tf.clone(record.value(site))])) as Record<
        L,
        ReturnType<typeof record.value>
      >;
    });
  });
}

const addresses = listOf(text);
