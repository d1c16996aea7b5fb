import { eventLoopTurn, inSlices } from '../backend/inTurn.ts';
import type { Site } from '../network/graph/graph.ts';
import type { Network } from '../network/network.ts';
import type { RunOptions } from '../network/types.ts';
import { assertArray, assertChoice, assertNumber, describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import { allFinite, type NdArray, rowOf } from '../numeric/ndarray.ts';
import { object } from '../numeric/options.ts';
import { isSliced, type Sliced } from '../numeric/sliced.ts';
import { visitLayers } from './forEachImage.ts';
import type { ImageDataset } from './imageSource.ts';
import { inputsOf } from './imageSource.ts';
import { fieldPlacement, imageSizeOf, type LayerGrid, type Placement } from './placement.ts';

/** The activations of a layer on some images, and where their positions lie in the images. */
export interface LayerMaps extends Pick<Placement, 'centre' | 'jump'> {
  /** `[n, h, w, u]`; negative values may be in it and count for the deviation only. */
  readonly activations: NdArray;
}

/** Activations that were computed elsewhere. */
export interface FeatureMaps extends Pick<Placement, 'imageSize'> {
  /** By name, all of the same images. */
  readonly layers: Readonly<Record<string, LayerMaps>>;
}

/** A layer whose maps can be read. */
export interface SourceLayer extends LayerGrid {
  readonly name: string;
  readonly units: number;
}

/** Where maps come from: a network and images, or arrays. */
export interface MapReader extends Pick<Placement, 'imageSize'> {
  readonly layers: readonly SourceLayer[];
  /**
   * Reads the maps of some layers, image by image: `[h, w, u]` of each of them. What is long about a visit may be
   * returned as a generator, and is done in slices.
   *
   * @returns the number of images.
   */
  read(
    layers: readonly number[],
    visit: (maps: readonly Float32Array[], image: number) => void | Sliced<void>,
  ): Promise<number>;
}

/** Which maps are read, and how. */
interface MapPlan extends RunOptions {
  readonly layers: readonly string[];
  readonly stage: string;
  /** What the images are called in messages; `'images'` by default. */
  readonly argument?: string;
}

/** The maps that the layers of a network make of images. */
export function networkMaps(
  network: Network,
  images: ImageDataset,
  { layers, argument = 'images', ...plan }: MapPlan,
): MapReader {
  const sites = layers.map((layer) => network.site(layer, 'layers'));
  const imageSize = fixedSize(network);
  assertOrder(sites);
  const sources = sites.map((site) => sourceLayer(network, site, imageSize));
  return {
    imageSize,
    layers: sources,
    async read(indices, visit) {
      const chosen = indices.map((i) => sites[i] as Site);
      const count = await visitLayers(
        network,
        inputsOf(network, images, argument),
        { ...plan, sites: chosen },
        (maps, image) => {
          const values = maps.map(({ data }) => data as Float32Array);
          assertAllFinite(values, { sources, indices, image });
          return visit(values, image);
        },
      );
      if (count === 0) throw new VitrineError('bad-argument', `"${argument}" expected at least one image, got none`);
      return count;
    },
  };
}

function fixedSize(network: Network): Placement['imageSize'] {
  const size = imageSizeOf(network);
  if (size) return size;
  throw new VitrineError(
    'bad-argument',
    '"model" expected an input with fixed rows and columns, got one that leaves them open',
  );
}

function sourceLayer(network: Network, { address, shape }: Site, imageSize: Placement['imageSize']): SourceLayer {
  const [, rows, columns, units] = shape;
  if (typeof rows !== 'number' || typeof columns !== 'number' || typeof units !== 'number') {
    throw new VitrineError('bad-argument', `"layers" expected layers with rows and columns, got "${address}"`);
  }
  const { centre, jump } = fieldPlacement(network, address, imageSize);
  return { name: address, size: [rows, columns], units, centre, jump };
}

/** A layer above another is computed later. */
function assertOrder(sites: readonly Site[]): void {
  sites.forEach((site, i) => {
    const before = sites[i - 1];
    if (!before || before.value < site.value) return;
    throw new VitrineError(
      'bad-argument',
      `"layers" expected layers from the lowest to the top, each once, got "${before.address}" before "${site.address}"`,
    );
  });
}

/** Whether maps that were computed elsewhere were given, rather than a model. */
export function isFeatureMaps(source: unknown): source is FeatureMaps {
  return typeof source === 'object' && source !== null && 'imageSize' in source;
}

/** Maps that were computed elsewhere. */
export function arrayMaps(maps: FeatureMaps, layers: readonly string[], signal: AbortSignal | undefined): MapReader {
  object('maps.layers', maps.layers);
  const names = Object.keys(maps.layers);
  for (const layer of layers) assertChoice('layers', layer, names);
  const chosen = layers.map((layer) => maps.layers[layer] as LayerMaps);
  assertPair('imageSize', maps.imageSize, 1);
  chosen.forEach((layer, i) => {
    assertLayer(layers[i] as string, layer);
  });
  const counts = chosen.map(({ activations }) => activations.shape[0] as number);
  if (new Set(counts).size > 1) {
    throw new VitrineError('bad-argument', `"maps" expected the same images in each layer, got ${counts.join(', ')}`);
  }
  const sources: readonly SourceLayer[] = chosen.map(({ activations, centre, jump }, i) => {
    const [, rows, columns, units] = activations.shape as [number, number, number, number];
    return { name: layers[i] as string, size: [rows, columns], units, centre, jump };
  });
  return {
    imageSize: maps.imageSize,
    layers: sources,
    async read(indices, visit) {
      const count = counts[0] as number;
      for (let image = 0; image < count; image++) {
        await eventLoopTurn();
        signal?.throwIfAborted();
        const values = indices.map((i) => rowOf((chosen[i] as LayerMaps).activations, image));
        assertAllFinite(values, { sources, indices, image });
        const work = visit(values, image);
        if (isSliced(work)) await inSlices(work, { signal });
      }
      return count;
    },
  };
}

function assertLayer(name: string, layer: LayerMaps): void {
  object(`maps.layers.${name}`, layer);
  const { activations, centre, jump } = layer;
  assertArray(`${name}.activations`, activations, [4]);
  assertPair(`${name}.centre`, centre, Number.NEGATIVE_INFINITY);
  assertPair(`${name}.jump`, jump, Number.MIN_VALUE);
}

function assertPair(argument: string, pair: readonly number[], low: number): void {
  if (!Array.isArray(pair) || pair.length !== 2) {
    throw new VitrineError('bad-argument', `"${argument}" expected [rows, columns], got ${describe(pair)}`);
  }
  for (const value of pair) assertNumber(argument, value as number, low);
}

function assertAllFinite(
  maps: readonly Float32Array[],
  { sources, indices, image }: { sources: readonly SourceLayer[]; indices: readonly number[]; image: number },
): void {
  maps.forEach((map, i) => {
    assertFiniteMaps(map, sources[indices[i] as number] as SourceLayer, image);
  });
}

/** Refuses maps that are not all finite and says where. */
export function assertFiniteMaps(maps: Float32Array, { name, units }: SourceLayer, image: number): void {
  if (allFinite(maps)) return;
  const found = maps.findIndex((value) => !Number.isFinite(value));
  throw new VitrineError(
    'not-finite',
    `"${name}" expected finite activations, got ${maps[found]} in unit ${found % units} of image ${image}`,
  );
}
