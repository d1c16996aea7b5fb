import { chosenRules, type RuleOptions, ruleChecks } from '../../attribution/ruleOptions.ts';
import { deconvnetComposite, guidedComposite } from '../../attribution/shared.ts';
import { owned } from '../../backend/owned.ts';
import { type TopImage, topImages } from '../../dissection/index.ts';
import { type PixelScale, pixelScale, scaleChecks } from '../../image/pixelScale.ts';
import { receptiveField } from '../../network/fields/receptiveField.ts';
import { layerAddress, runChecks } from '../../network/runChecks.ts';
import type { Model, RunOptions } from '../../network/types.ts';
import type { Composite } from '../../network/walk/composite.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { assertOptions, integer, kind, type OptionChecks, oneOf, required } from '../../numeric/options.ts';
import { type ImageSource, imagesOf } from '../../readings/imageSource.ts';
import { carriedBack, type DeconvPatch } from './carriedBack.ts';
import { patchTiles } from './patchTiles.ts';

/** How an activation is carried back to the image. */
export type DeconvKind = 'deconvnet' | 'guided' | 'gradient';

/** Which units are shown, and by how many images. */
export interface DeconvChoice extends RunOptions, Pick<RuleOptions, 'rules'> {
  /** The address of a layer with rows and columns. */
  readonly layer: string;
  /** One unit, or some. */
  readonly unit: number | readonly number[];
  /** How many images of each; 9 by default. */
  readonly count?: number;
  /** The rule at ReLUs: `'deconvnet'` (default), that of guided backpropagation, or the gradient. */
  readonly kind?: DeconvKind;
}

/** Options of {@link deconvPatches}: what is shown, and how the numbers of the model's input follow from pixels, as for `toInput`. */
export type DeconvPatchesOptions = DeconvChoice & PixelScale;

const checks: OptionChecks<DeconvPatchesOptions> = {
  ...runChecks,
  ...scaleChecks,
  layer: required(layerAddress),
  unit: required(kind('a unit or a list of units', (value) => typeof value === 'number' || Array.isArray(value))),
  count: integer(1),
  kind: oneOf(['deconvnet', 'guided', 'gradient']),
  rules: ruleChecks.rules,
};

/** The top images of units, with what of them made the units active. */
export interface DeconvPatches {
  readonly layer: string;
  readonly kind: DeconvKind;
  /** Height and width of all tiles, in pixels. */
  readonly size: readonly [height: number, width: number];
  /** For each unit its patches, the one of the greatest activation first. */
  readonly units: readonly { readonly unit: number; readonly patches: readonly DeconvPatch[] }[];
  /** Units that are active in no image, whose projections are empty. */
  readonly warnings: readonly string[];
}

/**
 * What excites units, in the images that excite them most: the image patch that the greatest activation sees, and the
 * activation carried back to the pixels.
 *
 * The signal starts with the activation itself at its position, zero elsewhere. Convolutions are transposed, biases do
 * nothing, max pooling hands it to the place of the maximum, where overlapping windows add (unpooling with switches).
 * At a ReLU with input x a signal R becomes
 * $$ \text{deconvnet } \max(R, 0), \qquad \text{guided } \max(R, 0)\,1[x > 0], \qquad \text{gradient } R\,1[x > 0]. $$
 * Without max pooling and its switches deconvnet patterns hardly depend on the image.
 *
 * A tile is the theoretical receptive field of the position; what of it lies outside of the image is 0 in `values` and
 * grey in the pictures. A field larger than the image shows all of it.
 *
 * Source: Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks", §2.1 and Fig. 2; the three
 * rules in Springenberg et al. 2015, "Striving for simplicity", Fig. 1.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param images a batch `[n, …]`, a list, or a data set, of images of one size; read twice.
 * @param options `layer`, `unit`; `preprocessing`, `range`, or `mean` and `std`, with `channels` and `order`, as the images were
 * made; `count` (9), `kind` (`'deconvnet'`), `rules` for layers that are not known; `batchSize`, `signal`, `onProgress`.
 * @returns for each unit the patches `[h, w, c]` as numbers and as pictures, with images, positions and activations.
 * @throws {VitrineError} as `topImages` of the dissection; if the images have other channels than the scale says, or
 * if the second reading gives other images; the signal's reason.
 * @example
 * ```ts
 * import { deconvPatches } from 'vitrine/visualization';
 * const { units, size } = await deconvPatches(model, x, { layer: 'conv2', unit: [0, 3], count: 2, range: [-1, 1] });
 * const [best] = units[0].patches;
 * console.log(size, best.image, best.activation, best.values.shape, best.projection, best.picture);
 * ```
 */
export async function deconvPatches(
  model: Model,
  images: ImageSource,
  options: DeconvPatchesOptions,
): Promise<DeconvPatches> {
  assertOptions(options, checks);
  pixelScale(options);
  const [source, [own]] = await Promise.all([imagesOf(images), owned(options)]);
  const { layer, unit, count = 9, kind = 'deconvnet', rules, batchSize, signal, onProgress, ...scale } = own;
  const run = { ...(batchSize && { batchSize }), ...(signal && { signal }), ...(onProgress && { onProgress }) };
  return withNetwork(model, async (network) => {
    const composite = chosenRules({ ...(rules && { rules }) }, { own: composites[kind], graph: network.graph });
    const tops = await topImages(network, source, { layer, unit, count, ...run });
    const units = typeof unit === 'number' ? [unit] : unit;
    const tiles = patchTiles(receptiveField(network, layer, { ignoreGates: true }), network, scale as PixelScale);
    const peaks = tops.flatMap((own, i) => own.map((top) => ({ ...top, unit: units[i] as number })));
    const patches = await carriedBack(network, source, { ...run, site: network.site(layer), composite, peaks, tiles });
    return {
      layer,
      kind,
      size: tiles.size,
      units: units.map((unit, i) => ({ unit, patches: ofPlace(patches, tops, i) })),
      warnings: warningsOf(units, tops, layer),
    };
  });
}

const composites: Readonly<Record<DeconvKind, Composite>> = {
  deconvnet: deconvnetComposite,
  guided: guidedComposite,
  gradient: [],
};

type Tops = readonly (readonly TopImage[])[];

/** The patches of the unit at a place, out of those of all units. */
function ofPlace(patches: readonly DeconvPatch[], tops: Tops, place: number): readonly DeconvPatch[] {
  const start = tops.slice(0, place).reduce((sum, { length }) => sum + length, 0);
  return patches.slice(start, start + (tops[place]?.length ?? 0));
}

function warningsOf(units: readonly number[], tops: Tops, layer: string): readonly string[] {
  return units.flatMap((unit, i) => {
    const isActive = tops[i]?.some(({ activation }) => activation !== 0);
    return isActive ? [] : `unit ${unit} of "${layer}" is 0 in every image: its projections are empty`;
  });
}
