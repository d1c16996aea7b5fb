import { owned } from '../backend/owned.ts';
import { layerAddress, runChecks } from '../network/runChecks.ts';
import type { Model, RunOptions } from '../network/types.ts';
import { withNetwork } from '../network/withNetwork.ts';
import { assertChoice, assertInteger, assertNumbers, describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import {
  anything,
  assertOptions,
  count,
  integer,
  listOf,
  number,
  type OptionChecks,
  oneOf,
  record,
  required,
} from '../numeric/options.ts';
import { type ImageSource, imagesOf } from '../readings/imageSource.ts';
import {
  arrayMaps,
  type FeatureMaps,
  isFeatureMaps,
  type MapReader,
  networkMaps,
  type SourceLayer,
} from '../readings/mapSource.ts';
import type { FittedLayer } from './fit/candidates.ts';
import { fitLayer } from './fit/fitLayer.ts';
import { readDeviations, readMaps } from './fit/readMaps.ts';
import type { ExplanatoryGraph } from './types.ts';

/** Options of {@link fitExplanatoryGraph}. */
export interface ExplanatoryGraphOptions extends RunOptions {
  /** Addresses of layers with rows and columns, from the lowest to the top. */
  readonly layers: readonly string[];
  /** Nodes of each unit, for all layers or by layer; 10/7 of the side of the map by default: 40 of 28 × 28, 20 of 14 × 14. */
  readonly patternsPerFilter?: number | Readonly<Record<string, number>>;
  /** M: how many nodes of the layer above tell where a node is; 15 by default, fewer where there are not so many. */
  readonly neighbours?: number;
  /** Steps of expectation-maximisation in each layer; 20 by default. */
  readonly iterations?: number;
  /** What no node explains has the density τ / area of the image; 0.1 by default. */
  readonly tau?: number;
  /**
   * Whether a node is found at the pixel of the best position ('unit', as the paper has it), or at the top of a parabola
   * through it and the positions beside; `'interpolated'` by default, since a step of a high layer is many pixels.
   */
  readonly peaks?: 'unit' | 'interpolated';
  /** By layer, the units that take part; all by default. */
  readonly units?: Readonly<Record<string, readonly number[]>>;
  /** Of the first positions; 0 by default. */
  readonly seed?: number;
}

/** What the deviations are taken over in place of the images. */
export interface GraphNegatives<N> {
  /** Images of other things: units are divided by their deviation over these; over the images of the fit by default. */
  readonly negatives?: N;
}

/**
 * Learns which part patterns the units of a network mix, and how these move together: an explanatory graph.
 *
 * Each unit gets some nodes. A response $F(x) = \max(f_x, 0)$, in deviations of its unit, counts as that many
 * activations at its pixel, each explained by a node of the unit or by none; the nodes of a layer make the likelihood
 * $$ P(X | R, \theta) = \prod_x \Big[ \sum_V P(V)\, P(p_x | V, R, \theta) \Big]^{F(x)}, \qquad P(p_x | V, R, \theta)
 * = \prod_{V' \in E_V} \mathcal N(p_x; \mu_V - \mu_{V'} + \hat p_{V'}, \sigma_{V'}^2)^{1/M} $$
 * as great as they can, given where the nodes $E_V$ of the layer above were found on each image. Layers are fitted from
 * the top down, by expectation-maximisation of the positions. In each layer nodes begin alone at random places of
 * activation, with one width each that is fitted too; in lower layers then get the M neighbours that move along best,
 * chosen again twice where the likelihood does not fall by it. All positions are pixels, whatever the strides.
 *
 * The network is run once for each layer, so that the maps of one layer at a time are in memory: images × units ×
 * positions 32-bit floats. A unit that is nowhere positive, or the same everywhere, gets no nodes.
 *
 * Where this differs from the authors' code: exact maximisation takes the place of damped steps on a grid of candidates,
 * $\Lambda$ and $\bar\sigma$ are as the formula says, displacements are pixels, deviations are per unit rather than
 * per unit and position, and peaks lie between positions (`peaks`).
 *
 * Source: Zhang et al. 2018, "Interpreting CNN knowledge via an explanatory graph", eqs. (1) to (5) and algorithm 1;
 * Zhang et al. 2020, "Extraction of an explanatory graph to interpret a CNN".
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`; or, with `options` next, maps of layers.
 * @param images of one kind of object, as the model takes them, best cut out so that the object fills them; read once
 * for each layer.
 * @param options `layers`; `patternsPerFilter`, `neighbours`, `iterations`, `tau`, `peaks`, `units`, `negatives`,
 * `seed`, `batchSize`, `signal`, `onProgress`.
 * @returns the graph, plain data.
 * @throws {VitrineError} if a layer or unit is unknown, a layer has no rows and columns or comes before a lower one, an
 * activation is not finite, a number is out of its range, or there is no image, or if `layers` is no list.
 * @example
 * ```ts
 * import { fitExplanatoryGraph } from 'vitrine';
 * const graph = await fitExplanatoryGraph(model, [x], { layers: ['conv2', 'conv3'], patternsPerFilter: { conv2: 3, conv3: 2 } });
 * for (const { name, nodes } of graph.layers) console.log(name, nodes.length, nodes[0].position, nodes[0].neighbours);
 * ```
 */
export async function fitExplanatoryGraph(
  model: Model,
  images: ImageSource,
  options: ExplanatoryGraphOptions & GraphNegatives<ImageSource>,
): Promise<ExplanatoryGraph>;
export async function fitExplanatoryGraph(
  maps: FeatureMaps,
  options: ExplanatoryGraphOptions & GraphNegatives<FeatureMaps>,
): Promise<ExplanatoryGraph>;
export async function fitExplanatoryGraph(
  source: Model | FeatureMaps,
  second: ImageSource | (ExplanatoryGraphOptions & GraphNegatives<FeatureMaps>),
  third?: ExplanatoryGraphOptions & GraphNegatives<ImageSource>,
): Promise<ExplanatoryGraph> {
  return isFeatureMaps(source)
    ? fitToMaps(source, second as ExplanatoryGraphOptions & GraphNegatives<FeatureMaps>)
    : fitToModel(source, second as ImageSource, third as ExplanatoryGraphOptions & GraphNegatives<ImageSource>);
}

const checks: OptionChecks<ExplanatoryGraphOptions & GraphNegatives<unknown>> = {
  ...runChecks,
  layers: required(listOf(layerAddress)),
  patternsPerFilter: (argument, patterns) => {
    if (typeof patterns !== 'number') record(argument, patterns);
  },
  neighbours: integer(1),
  iterations: count(1),
  tau: number(Number.MIN_VALUE),
  peaks: oneOf(['unit', 'interpolated']),
  units: record,
  seed: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  negatives: anything,
};

async function fitToModel(
  model: Model,
  images: ImageSource,
  given: ExplanatoryGraphOptions & GraphNegatives<ImageSource>,
): Promise<ExplanatoryGraph> {
  assertOptions(given, checks);
  assertLayersOf(given);
  const { negatives, ...asked } = given;
  const [[options], dataset, others] = await Promise.all([
    owned(asked),
    imagesOf(images),
    negatives === undefined ? undefined : imagesOf(negatives, 'negatives'),
  ]);
  const { layers, batchSize, signal, onProgress } = options;
  const plan = {
    layers,
    stage: 'activations',
    ...(batchSize !== undefined && { batchSize }),
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  };
  return withNetwork(model, (network) =>
    fitted(networkMaps(network, dataset, plan), {
      options,
      negatives: others && networkMaps(network, others, { ...plan, argument: 'negatives' }),
    }),
  );
}

async function fitToMaps(
  source: FeatureMaps,
  given: ExplanatoryGraphOptions & GraphNegatives<FeatureMaps>,
): Promise<ExplanatoryGraph> {
  assertOptions(given, checks);
  assertLayersOf(given);
  if (given.negatives !== undefined && !isFeatureMaps(given.negatives)) {
    throw new VitrineError('bad-argument', `"negatives" expected maps of layers, got ${describe(given.negatives)}`);
  }
  const [maps, { negatives, ...options }] = await owned(source, given);
  const { layers, signal } = options;
  return fitted(arrayMaps(maps, layers, signal), {
    options,
    negatives: negatives && arrayMaps(negatives, layers, signal),
  });
}

interface Task {
  readonly options: ExplanatoryGraphOptions;
  readonly negatives: MapReader | undefined;
}

/** Refuses what is said of layers that are not fitted. */
function assertLayersOf({ layers, units, patternsPerFilter }: ExplanatoryGraphOptions): void {
  const patterns = typeof patternsPerFilter === 'number' ? undefined : patternsPerFilter;
  for (const [argument, byLayer] of Object.entries({ units, patternsPerFilter: patterns })) {
    if (byLayer === undefined) continue;
    const names = Object.keys(byLayer);
    if (names.length === 0) {
      throw new VitrineError('bad-argument', `"${argument}" expected some of ${layers.join(', ')}, got none`);
    }
    for (const name of names) assertChoice(argument, name, layers);
  }
}

async function fitted(source: MapReader, { options, negatives }: Task): Promise<ExplanatoryGraph> {
  const {
    layers,
    iterations = 20,
    neighbours = 15,
    tau = 0.1,
    seed = 0,
    peaks = 'interpolated',
    signal,
    onProgress,
  } = options;
  const units = source.layers.map((layer) => unitsOf(layer, options));
  const patterns = source.layers.map((layer) => patternsOf(layer, options));
  const noneDensity = tau / (source.imageSize[0] * source.imageSize[1]);
  let above: FittedLayer | undefined;
  const done: FittedLayer[] = [];
  let imageCount = 0;
  for (let layer = layers.length - 1; layer >= 0; layer--) {
    const own = units[layer] as readonly number[];
    const { maps, deviations } = await readMaps(source, layer, own);
    imageCount = maps.length;
    above = await fitLayer({
      source: source.layers[layer] as SourceLayer,
      units: own,
      deviations: negatives ? knownDeviations(deviations, await readDeviations(negatives, layer, own)) : deviations,
      maps,
      above,
      plan: { patterns: patterns[layer] as number, iterations, neighbours, noneDensity, peaks },
      seed,
      depth: layers.length - 1 - layer,
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
    });
    done.unshift(above);
  }
  return {
    format: 'vitrine/explanatory-graph',
    version: 1,
    imageSize: source.imageSize,
    imageCount,
    tau,
    seed,
    peaks,
    layers: done.map(({ layer }) => layer),
  };
}

/** A unit that is dead on the images stays so; one that the negatives never excite keeps its own deviation. */
function knownDeviations(own: readonly number[], negative: readonly number[]): readonly number[] {
  return own.map((deviation, f) => (deviation > 0 ? negative[f] || deviation : 0));
}

function unitsOf({ name, units: count }: SourceLayer, { units }: ExplanatoryGraphOptions): readonly number[] {
  const own = units?.[name];
  if (own === undefined) return Array.from({ length: count }, (_, i) => i);
  assertNumbers(`units.${name}`, own);
  for (const unit of own) assertInteger(`units.${name}`, unit, [0, count - 1]);
  if (own.length > 0 && new Set(own).size === own.length) return own;
  throw new VitrineError(
    'bad-argument',
    `"units.${name}" expected units of the layer, each once, got ${describe(own)}`,
  );
}

function patternsOf({ name, size }: SourceLayer, { patternsPerFilter }: ExplanatoryGraphOptions): number {
  const cells = size[0] * size[1];
  const given = typeof patternsPerFilter === 'number' ? patternsPerFilter : patternsPerFilter?.[name];
  // 40 of 28 × 28, 20 of 14 × 14, 10 of 7 × 7 (§1.3).
  const patterns = given ?? Math.min(cells, Math.ceil((10 / 7) * Math.sqrt(cells)));
  assertInteger('patternsPerFilter', patterns, [1, cells]);
  return patterns;
}
