import { resize } from '../../image/resize.ts';
import type { VolumeSize } from '../../image/types.ts';
import type { OpenShape, OperationGraph, Site } from '../../network/graph/graph.ts';
import { openShapeText } from '../../network/graph/site.ts';
import type { Network } from '../../network/network.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, sizeOf } from '../../numeric/ndarray.ts';
import type { Session } from '../../scoring/session.ts';
import type { Scorer } from '../../scoring/targets/scorer.ts';

/**
 * The layer of a class activation map: the named one, or the last before the target that still has rows and columns, be
 * they of pictures, of volumes or of each frame of a sequence (in a classifier the last before global pooling or
 * flattening, after its batch normalisation and activation). In a network without any, the last that still is a sequence.
 */
export function camLayer(network: Network, scorer: Scorer, layer: string | undefined): Site {
  const sites = [...network.graph.sites.values()];
  if (layer !== undefined) return assertPlaces(network.site(layer), sites);
  const before = valuesBehind(network.graph, scorer.taps);
  scorer.taps.forEach(({ value }) => before.delete(value));
  const candidates = sites
    .filter(({ value, layerClass }) => before.has(value) && layerClass !== 'InputLayer')
    .sort((a, b) => a.value - b.value);
  const last = candidates.filter(hasPlane).at(-1) ?? candidates.filter(isSequence).at(-1);
  if (last) return last;
  throw new VitrineError(
    'unsupported',
    `"layer" expected a layer with rows and columns before the target, got a network with ${listed(candidates)}`,
  );
}

/** Whether there are rows and columns, in a plane, in the planes of a volume, or in each frame. */
function hasPlane(site: Site): boolean {
  return site.shape.length > 3 && hasRank(site) && placesWithin(site).some((length) => length !== 1);
}

function isSequence({ shape }: Site): boolean {
  return shape.length === 3 && shape[1] !== 1;
}

/** Whether the places are those of a sequence, a plane or a volume, in each frame or without frames. */
function hasRank(site: Site): boolean {
  const { length } = placesWithin(site);
  return length >= 1 && length <= 3;
}

function assertPlaces(site: Site, sites: readonly Site[]): Site {
  if (hasRank(site)) return site;
  const near = sites.filter((other) => hasPlane(other) || isSequence(other)).slice(-5);
  const choice = near.length > 0 ? `near: ${near.map(({ address }) => address).join(', ')}` : 'this network has none';
  throw new VitrineError(
    'bad-shape',
    `"layer" expected a layer with rows and columns, "${site.address}" has shape ${openShapeText(site.shape)}; ${choice}`,
  );
}

/** The layers that there are, with their shapes. */
function listed(sites: readonly Site[]): string {
  if (sites.length === 0) return 'none before it';
  return sites
    .slice(-5)
    .map(({ address, shape }) => `"${address}" ${openShapeText(shape)}`)
    .join(', ');
}

/** The values that sites depend on, their own included. */
function valuesBehind({ steps }: OperationGraph, sites: readonly Site[]): Set<number> {
  const reached = new Set(sites.map(({ value }) => value));
  for (const { inputs, output } of [...steps].reverse()) {
    if (reached.has(output)) inputs.forEach((value) => reached.add(value));
  }
  return reached;
}

/** The axes of a layer that are places of one picture, volume or sequence, frames left out. */
function placesWithin({ shape, perFrame }: Pick<Site, 'shape' | 'perFrame'>): OpenShape {
  const places = shape.slice(1, -1);
  return isFramed({ shape, perFrame }) ? places.slice(1) : places;
}

/** Whether a layer has places in each frame; what it has one vector of per frame is a sequence. */
export function isFramed({ shape, perFrame }: { shape: OpenShape; perFrame?: boolean | undefined }): boolean {
  return perFrame === true && shape.length > 3;
}

/**
 * The shape `[n, rows, columns, channels]` in which values `[n, …, channels]` of a layer are planes with formulas that sum
 * over places: planes of a volume lie below each other in one, each frame is a row of the batch.
 */
export function foldedShape(shape: readonly number[], perFrame?: boolean): readonly [number, number, number, number] {
  const framed = isFramed({ shape, perFrame });
  const batch = sizeOf(shape.slice(0, framed ? 2 : 1));
  const places = shape.slice(framed ? 2 : 1, -1);
  return [batch, sizeOf(places.slice(0, -1)), places.at(-1) ?? 1, shape.at(-1) as number];
}

/**
 * A map over the places of a layer, brought to the input that the layer sees: a picture `[n, h, w]`, a volume
 * `[n, d, h, w]`, each frame `[n, t, h, w]`, or a sequence `[n, t]`, also one of frames.
 */
export function fitted(map: NdArray, site: Site, { network, inputs }: Session): NdArray {
  const { shape } = inputs[seenInput(network, site)] as NdArray;
  const hasPlanes = site.shape.length > 3 && shape.length > 3;
  const batch = map.shape.slice(0, isFramed(site) ? 2 : 1);
  const lengths = hasPlanes ? shape.slice(batch.length, -1) : [shape[1] as number];
  const places = hasPlanes ? map.shape.slice(batch.length) : [map.shape[1] as number];
  const { data } = resizedMaps({ shape: [sizeOf(batch), ...places], data: map.data }, lengths);
  return { shape: [...batch, ...lengths], data };
}

/** Maps `[k, …]` over sequences, planes or volumes. */
function resizedMaps(maps: NdArray, lengths: readonly number[]): NdArray {
  if (lengths.length > 1) return resize(maps, lengths as readonly [number, number] | VolumeSize);
  return resize({ ...maps, shape: [...maps.shape, 1] }, [lengths[0] as number, 1]);
}

/** The first input before a layer that has places like the layer: rows and columns, planes of them, or a sequence. */
export function seenInput({ graph, inputs }: Network, site: Site): number {
  const behind = valuesBehind(graph, [site]);
  const find = (fits: (rank: number) => boolean): number =>
    inputs.findIndex(({ value, shape }) => behind.has(value) && fits(shape.length));
  const { length } = site.shape;
  const alike = length > 3 ? find((rank) => rank === length) : -1;
  if (alike >= 0) return alike;
  // A convolution over words may be one of pictures that are as wide as the embedding.
  const isSequence = length === 3 || (length === 4 && (site.shape[2] ?? 1) === 1);
  const sequence = isSequence ? find((rank) => rank === 2 || rank === 3) : -1;
  if (sequence >= 0) return sequence;
  const frames = length === 3 ? find((rank) => rank === 5) : -1;
  if (frames >= 0) return frames;
  throw new VitrineError(
    'bad-shape',
    `"size" expected 'layer' for "${site.address}" of shape ${openShapeText(site.shape)}: no input before it has such places, to resize the map to`,
  );
}
