import { resize } from '../../image/resize.ts';
import type { VolumeSize } from '../../image/types.ts';
import type { Site } from '../../network/graph.ts';
import type { Network } from '../../network/network.ts';
import { openShapeText } from '../../network/openShapeText.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { sizeOf } from '../../numeric/shape.ts';
import type { Session } from '../session.ts';
import { isFramed } from './layerPlaces.ts';
import { valuesBehind } from './valuesBehind.ts';

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
  throw new Error(
    `"size" expected 'layer' for "${site.address}" of shape ${openShapeText(site.shape)}: no input before it has such places, to resize the map to`,
  );
}
