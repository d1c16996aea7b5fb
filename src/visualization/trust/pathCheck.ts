import { inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import type { Site } from '../../network/graph/graph.ts';
import type { Network } from '../../network/network.ts';
import { layerAddress, runChecks } from '../../network/runChecks.ts';
import type { Input, Model, RunOptions } from '../../network/types.ts';
import { readInputs } from '../../network/walk/inputs.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, rowOf } from '../../numeric/ndarray.ts';
import {
  anything,
  assertOptions,
  count,
  listOf,
  type OptionChecks,
  required,
  safeInteger,
} from '../../numeric/options.ts';
import type { Sliced } from '../../numeric/sliced.ts';
import { type ImageSource, imagesOf, inputsOf } from '../../readings/imageSource.ts';
import type { Objective } from '../objectives/objective.ts';
import { chosenNatural, readNatural } from './naturalProfiles.ts';
import { type PathPoint, type Profiles, pathPoint } from './pathCurve.ts';
import { type NaturalImage, objectivesOf, rankedImages } from './rankedImages.ts';
import { unitProfiles } from './unitProfiles.ts';

/** Options of {@link pathCheck}. */
export interface PathCheckOptions<L extends string = string> extends RunOptions {
  /** What the pictures were made to be great in. */
  readonly objective: Objective;
  /** Natural images, as the model takes them. */
  readonly images: ImageSource;
  /** The addresses of the layers on the way, with two units or more. */
  readonly layers: readonly L[];
  /** How many natural images speak for the objective: those in which it is greatest, at most half of all; 9 by default. */
  readonly count?: number;
  /** How many of the others are drawn for comparison; 32 by default. */
  readonly samples?: number;
  /** Of that draw; 0 by default. */
  readonly seed?: number;
}

const checks: OptionChecks<PathCheckOptions> = {
  ...runChecks,
  objective: required(anything),
  images: required(anything),
  layers: required(listOf(layerAddress)),
  count: count(1),
  samples: count(1),
  seed: safeInteger,
};

/** What {@link pathCheck} returns: plain data. */
export interface PathCheck {
  /** A point for each layer, in their order. */
  readonly curve: readonly PathPoint[];
  /** The objective of each picture. */
  readonly objective: Float32Array;
  /** The natural images that speak for the objective, the greatest objective first. */
  readonly natural: readonly NaturalImage[];
  /** Why the curve says less than it seems to; none where nothing does. */
  readonly warnings: readonly string[];
}

/**
 * Whether pictures that were made for an objective run through a network along the paths of natural images: a check of
 * feature visualizations.
 *
 * At each layer the units of a picture (means over positions) are compared with those of the natural images T in which the
 * objective is greatest, by Spearman's rank correlation ρ, on a scale between these images among each other and others O:
 * $$ \frac{\bar\rho(x, T) - \bar\rho(T, O)}{\bar\rho(T, T) - \bar\rho(T, O)} $$
 * 1 is as natural images of the objective are to each other, 0 as to images that have nothing to do with it; above 1 a
 * picture is nearer to them than they are. Pictures that score low at the layers between, but excite the unit, show
 * what it could do and not what it does; a circuit that fools visualizations on purpose scores low. Nothing is refused, and
 * no threshold is known: look at the curve, and at how far natural images lie from 1 themselves.
 *
 * Source: Geirhos et al. 2024, "Don't trust your eyes: on the (un)reliability of feature visualizations", §4, with images by
 * their objective in place of their class, so that it can be asked of any unit.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x the pictures `[n, …]`, as the model takes them: `toInput(picture, scale)` of a picture of a visualization.
 * @param options `objective`, `images`, `layers`; `count`, `samples`, `seed`, `batchSize`, `signal`, `onProgress`. The
 * images are read twice.
 * @returns for each layer the score of each picture, with what it is made of, and the objective of pictures and of the best
 * natural images. Of a picture that is one of these itself, that one is left out; a single one has correlation 1 to itself.
 * @throws {VitrineError} if a layer is unknown or has one unit, the objective is not of the network or not finite, there
 * are fewer than two images, an image is not as the model takes it, or they cannot be read twice; the signal's reason.
 * @example
 * ```ts
 * import { pathCheck } from 'vitrine/visualization';
 * const images = [0.1, 0.7, 1.3, 2.9].map((from) => ({
 *   shape: [1, 16, 16, 3],
 *   data: Float32Array.from({ length: 768 }, (_, i) => Math.sin(from * (i + 1))),
 * }));
 * const objective = { layer: 'conv3', unit: 5 };
 * const { curve } = await pathCheck(model, x, { objective, images, layers: ['conv1', 'conv2'], count: 2 });
 * for (const { layer, score } of curve) console.log(layer, score);
 * ```
 */
export async function pathCheck(model: Model, x: Input, options: PathCheckOptions): Promise<PathCheck> {
  assertOptions(options, checks);
  const { images, ...others } = options;
  const [source, [input, own]] = await Promise.all([imagesOf(images), owned(x, others)]);
  return withNetwork(model, async (network) => {
    const sites = own.layers.map((layer) => siteOf(network, layer));
    const pictures = await readInputs(network, input);
    const objectives = [own.objective];
    const [ranking = []] = await rankedImages(network, inputsOf(network, source), {
      ...own,
      objectives,
      stage: 'objective',
    });
    if (ranking.length < 2) throw new VitrineError('bad-argument', '"images" expected two images or more, got one');
    const chosen = chosenNatural(ranking, own);
    const natural = await readNatural(network, source, { ...own, sites, chosen });
    const given = { ...own, total: pictures[0]?.shape[0] as number, stage: 'pictures' };
    const [objective] = await objectivesOf(network, once(pictures), { ...given, objectives });
    const profiles = await unitProfiles(network, once(pictures), { ...given, sites });
    const isItself = (picture: number, top: number) => isSame(pictures, picture, natural.inputs[top] ?? []);
    const work = curve(own.layers, (i) => ({ pictures: profiles[i] ?? [], ...natural.profiles(i), isItself }));
    return {
      curve: await inSlices(work, own),
      objective: objective as Float32Array,
      natural: chosen.top,
      warnings: warningsOf(ranking),
    };
  });
}

function siteOf(network: Network, layer: string): Site {
  const site = network.site(layer, 'layers');
  const units = site.shape.at(-1);
  if (units !== 1) return site;
  throw new VitrineError('bad-argument', `"layers" expected layers of two units or more, got "${layer}" of one`);
}

async function* once(inputs: readonly NdArray[]): AsyncGenerator<readonly NdArray[]> {
  yield inputs;
}

/** Whether a row is an image, number by number. */
function isSame(pictures: readonly NdArray[], row: number, image: readonly NdArray[]): boolean {
  return pictures.every((array, i) => {
    const data = image[i]?.data;
    return rowOf(array, row).every((value, place) => value === data?.[place]);
  });
}

function* curve(layers: readonly string[], profilesOf: (layer: number) => Profiles): Sliced<readonly PathPoint[]> {
  const points: PathPoint[] = [];
  for (const [i, layer] of layers.entries()) points.push(yield* pathPoint(layer, profilesOf(i)));
  return points;
}

function warningsOf(ranking: readonly NaturalImage[]): readonly string[] {
  if (ranking[0]?.objective !== ranking.at(-1)?.objective) return [];
  return ['the objective is the same in all natural images: chance has chosen those that speak for it'];
}
