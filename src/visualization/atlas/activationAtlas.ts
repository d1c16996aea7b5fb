import { inSlices } from '../../backend/inTurn.ts';
import { owned } from '../../backend/owned.ts';
import type { Site } from '../../network/graph/graph.ts';
import { openShapeText } from '../../network/graph/site.ts';
import type { Network } from '../../network/network.ts';
import { layerAddress, runChecks } from '../../network/runChecks.ts';
import type { Model } from '../../network/types.ts';
import { withNetwork } from '../../network/withNetwork.ts';
import { VitrineError } from '../../numeric/errors.ts';
import {
  assertOptions,
  count,
  integer,
  kind,
  listOf,
  number,
  type OptionChecks,
  required,
  text,
} from '../../numeric/options.ts';
import { type ImageDataset, type ImageSource, imagesOf, inputsOf } from '../../readings/imageSource.ts';
import { visualizeChecks } from '../visualize.ts';
import { atlasCells } from './atlasCells.ts';
import { atlasIcons } from './atlasIcons.ts';
import { atlasLayout, squared } from './atlasLayout.ts';
import { sampledActivations } from './sampledActivations.ts';
import type { ActivationAtlas, ActivationAtlasOptions } from './types.ts';
import { whitenedVectors } from './whitening.ts';

const { snapshots: _, count: __, views: ___, start: ____, onSnapshot: _____, ...iconChecks } = visualizeChecks;

const checks: OptionChecks<ActivationAtlasOptions> = {
  ...iconChecks,
  ...runChecks,
  steps: count(0),
  layer: required(layerAddress),
  layout: kind(
    "'tsne', 'pca' or a function",
    (value) => ['tsne', 'pca'].includes(value as string) || typeof value === 'function',
  ),
  perplexity: number(1),
  grid: integer(1, 1000),
  threshold: integer(1),
  power: number(0),
  ridge: number(0),
  together: count(1),
  labels: listOf(text),
};

/**
 * A map of what a layer sees in a data set: activations that are alike lie side by side, and each cell shows a picture of
 * their mean.
 *
 * Of each image one random position of the layer is read, none at its edge. Activations h are laid out in a plane, which
 * is cut into cells; of each cell with enough images the mean activation v becomes an icon, with $S = (A^\top A / m)^{-1}$
 * of all activations and, at the middle of the layer,
 *
 * $$ \max \langle h, v S \rangle \cdot \max\big(0.1, \cos(h, v S)\big)^{\text{power}} $$
 *
 * Its label is the class with the largest mean of $h \cdot \partial\, \text{logit} / \partial h$, which is measured by changing h by
 * 2 % up and down. Where the network takes pictures of one size only, `size` or `inputSize` must be that.
 *
 * UMAP, which the article uses, is a package's: `layout: async (activations) => …` is given the activations and returns
 * their places. Places differ from one seed of t-SNE to another; what lies side by side should not.
 *
 * Source: Carter et al. 2019, "Activation atlas".
 *
 * @param model a `LayersModel` or `GraphModel` with one input of images, or one compiled once by `compile`.
 * @param images a batch `[n, …]`, a list, or a data set, as the model takes them; read once.
 * @param options how pixels of 0 to 255 become the input (`preprocessing`, or `range`, or `mean` and `std`; `channels`,
 * `order`); `layer`; `layout`, `perplexity`, `grid`, `threshold`, `power`, `ridge`, `together`, `labels`; of the icons `size`
 * (80), `steps` (512), `transforms` (`transforms.atlas()`), `inputSize`, `parameterization`, `optimizer`, `learningRate`,
 * `redirected`; `batchSize`, `seed`, `signal`, `onProgress`.
 * @returns cells with their directions, counts and labels, an icon for each, and where each image is.
 * @throws {VitrineError} if the layer is unknown or has neither rows and columns nor units alone, fewer than three images
 * are given, or more than 3000 for t-SNE, no cell has enough of them, or a layout does not fit; as {@link visualize}.
 * @example
 * ```ts
 * import { activationAtlas } from 'vitrine/visualization';
 * const images = { shape: [12, 16, 16, 3], data: Float32Array.from({ length: 9216 }, (_, i) => Math.sin(i * i)) };
 * const { cells, icons } = await activationAtlas(model, images, {
 *   ...{ layer: 'conv3', range: [-1, 1], layout: 'pca', grid: 2, threshold: 2 },
 *   ...{ size: 16, steps: 4 },
 * });
 * for (const { row, column, count, label } of cells) console.log(row, column, count, label?.class);
 * console.log(icons.shape); // [cells, 16, 16, 3]
 * ```
 */
export async function activationAtlas(
  model: Model,
  images: ImageSource,
  options: ActivationAtlasOptions,
): Promise<ActivationAtlas> {
  assertOptions(options, checks);
  const [source, [own]] = await Promise.all([imagesOf(images), owned(options)]);
  return withNetwork(model, (network) => atlasOn(network, source, own));
}

async function atlasOn(
  network: Network,
  images: ImageDataset,
  options: ActivationAtlasOptions,
): Promise<ActivationAtlas> {
  const { layer, layout, perplexity, grid = 10, threshold = 5, labels, batchSize, ...icon } = options;
  const { power = 2, ridge = 0.01, together = 8, ...settings } = icon;
  const { seed = 0, signal, onProgress } = settings;
  const run = { seed, ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const site = readable(network.site(layer, 'layer'));
  const sampled = await sampledActivations(network, inputsOf(network, images), {
    ...run,
    site,
    ...(batchSize && { batchSize }),
  });
  const { activations, positions } = sampled;
  assertEnough(activations.shape[0] as number);
  const places = squared(
    await atlasLayout(activations, { ...run, ...(layout && { layout }), ...(perplexity && { perplexity }) }),
  );
  const { cells, warnings } = atlasCells(places, sampled, { layer, grid, threshold, labels });
  const means = cells.map(({ direction }) => direction.vector);
  const vectors = await inSlices(whitenedVectors(means, activations, ridge), { signal });
  const icons = await atlasIcons(network, vectors, { layer, power, together, options: settings });
  return { layer, grid, cells, ...icons, layout: places, ...(positions && { positions }), warnings, seed };
}

function readable(site: Site): Site {
  if (site.shape.length === 4 || site.shape.length === 2) return site;
  throw new VitrineError(
    'bad-argument',
    `"layer" expected one with rows and columns, or of units alone, got "${site.address}" of shape ${openShapeText(site.shape)}`,
  );
}

function assertEnough(images: number): void {
  if (images >= 3) return;
  throw new VitrineError('bad-argument', `"images" expected at least three, got ${images}`);
}
