import type { Operation } from '../../network/graph/operation.ts';
import type { Network } from '../../network/network.ts';
import { layerAddress } from '../../network/runChecks.ts';
import type { Input, Model } from '../../network/types.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { nearestNames } from '../../numeric/nearestNames.ts';
import { callback, listOf, type OptionChecks, oneOf } from '../../numeric/options.ts';
import type { ExplainOptions } from '../../scoring/types.ts';
import { explained, explainerChecks } from '../explained.ts';
import type { ExplainerOption, MetricResult } from '../types.ts';
import { mapSimilarity, prepared, type SimilarityOptions, similarityChecks } from './mapSimilarity.ts';
import { layerOf, shuffledWeights, type Weights, weightedLayers } from './shuffledWeights.ts';
import { withWeights } from './withWeights.ts';

/** How weights are randomised and maps compared. */
export interface ModelRandomizationOptions extends ExplainerOption, SimilarityOptions {
  /** `'cascading'` (default) adds one layer after the other, from the output down; `'independent'` takes each alone. */
  readonly randomize?: 'cascading' | 'independent';
  /** The layers to randomise, in this order; by default all that have weights, from the output to the input. */
  readonly layers?: readonly string[];
  /** What is compared of a map, `(map) => reduceChannels(map, 'maxAbs')` for instance; the map as it is by default. */
  readonly prepare?: (map: NdArray) => NdArray;
}

const checks: OptionChecks<ExplainOptions & ModelRandomizationOptions> = {
  ...explainerChecks,
  ...similarityChecks,
  randomize: oneOf(['cascading', 'independent']),
  layers: listOf(layerAddress),
  prepare: callback,
};

/** What {@link modelRandomization} returns. */
export interface ModelRandomization extends MetricResult {
  /** `[n, layers]`. */
  readonly curve: NdArray;
  /** The layer that is randomised at each point of the curve. */
  readonly layers: readonly string[];
}

/**
 * Model parameter randomisation: whether a map still looks the same when the network has forgotten what it learned.
 *
 * The weights of one layer after the other are put in random order, from the output down, and each network's map is
 * compared with the first one, $\mathrm{sim}(\phi_{\theta}(x), \phi_{\theta_l}(x))$ with the layers down to $l$
 * shuffled. A map that depends on what was learned changes: the similarity falls to 0. A map that stays, as that of
 * guided backpropagation does for the upper layers, is an edge detector. The model is not touched.
 *
 * Source: Adebayo et al. 2018, "Sanity checks for saliency maps", §4.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `explainer` (required), `randomize`, `layers`, `similarity` (`'spearman'`), `dataRange`, `prepare`,
 * `seed`, `target`, `scale` (that of the explainer by default). A predicted class is that of the trained model. Of several
 * inputs the map of the first is compared.
 * @returns the last similarity per example (for `'independent'` their mean), of which less is better, and `curve`
 * `[n, layers]` with `layers`.
 * @throws {VitrineError} if a layer is not known or has no weights, or if a layer's weights cannot be reached.
 * @example
 * ```ts
 * import { gradient, modelRandomization } from 'vitrine';
 * const { layers, curve } = await modelRandomization(model, x, { explainer: gradient });
 * console.log(layers, curve.shape); // ['logits', 'fc1', …, 'conv1']
 * ```
 */
export async function modelRandomization(
  model: Model,
  x: Input,
  options: ExplainOptions & ModelRandomizationOptions,
): Promise<ModelRandomization> {
  return explained(model, x, options, { checks }, async (session, options) => {
    const { network, count } = session;
    const { randomize = 'cascading', seed = 0, similarity, dataRange } = options;
    const layers = options.layers ? checkedLayers(network, options.layers) : allLayers(network);
    const shuffled = await shuffledWeights(network, seed);
    session.expectRuns(layers.length + 1);
    const mapOf = async (view: Network): Promise<NdArray> => {
      const [map] = await session.maps({ network: view });
      return prepared(map as NdArray, options.prepare);
    };
    const original = await mapOf(network);
    const columns = [];
    for (const [i, layer] of layers.entries()) {
      const chosen = randomize === 'cascading' ? layers.slice(0, i + 1) : [layer];
      const map = await withWeights(network, ofLayers(shuffled, chosen), mapOf);
      columns.push(
        mapSimilarity(original, map, {
          ...(similarity && { similarity }),
          ...(dataRange !== undefined && { dataRange }),
        }).score,
      );
    }
    return {
      metric: 'modelRandomization',
      score: randomize === 'cascading' ? (columns.at(-1) as Float32Array) : meanOf(columns),
      curve: asRows(columns, count),
      layers,
      higherIsBetter: false,
    };
  });
}

function ofLayers(
  shuffled: ReadonlyMap<Operation, Weights>,
  layers: readonly string[],
): ReadonlyMap<Operation, Weights> {
  return new Map([...shuffled].filter(([{ address }]) => layers.includes(layerOf(address))));
}

function meanOf(columns: readonly Float32Array[]): Float32Array {
  return (columns[0] as Float32Array).map(
    (_, example) => columns.reduce((sum, column) => sum + (column[example] as number), 0) / columns.length,
  );
}

function asRows(columns: readonly Float32Array[], count: number): NdArray {
  const width = columns.length;
  const data = Float32Array.from({ length: count * width }, (_, i) => {
    const column = columns[i % width] as Float32Array;
    return column[Math.floor(i / width)] as number;
  });
  return { shape: [count, width], data };
}

function checkedLayers(network: Network, layers: readonly string[]): readonly string[] {
  const known = weightedLayers(network);
  for (const layer of layers) {
    if (known.includes(layer)) continue;
    throw new VitrineError(
      'unknown-layer',
      `"layers" expected layers with weights, got "${layer}"; near: ${nearestNames(layer, known).join(', ')}`,
    );
  }
  return layers;
}

function allLayers(network: Network): readonly string[] {
  const hidden = network.operations.find(
    ({ kind, address, parameters }) =>
      kind === 'opaque' && Object.keys(parameters).length === 0 && network.site(address).parameterCount > 0,
  );
  const layers = weightedLayers(network);
  if (hidden) {
    throw new VitrineError(
      'unsupported-layer',
      `the weights of layer "${hidden.address}" (${hidden.layerClass}) cannot be replaced; name others in "layers": ${layers.join(', ')}`,
    );
  }
  if (layers.length === 0) throw new VitrineError('unsupported', '"model" expected layers with weights');
  return layers;
}
