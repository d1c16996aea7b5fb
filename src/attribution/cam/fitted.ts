import { resize } from '../../image/resize.ts';
import type { Site } from '../../network/graph.ts';
import type { Network } from '../../network/network.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import type { Session } from '../session.ts';
import { valuesBehind } from './valuesBehind.ts';

/** A map over the places of a layer, brought to the input that the layer sees: a picture `[n, h, w]`, a sequence `[n, t]`. */
export function fitted(map: NdArray, site: Site, { network, inputs }: Session): NdArray {
  const { shape } = inputs[seenInput(network, site)] as NdArray;
  const [count, length] = [map.shape[0] as number, shape[1] as number];
  if (shape.length === 4) return resize(map, [length, shape[2] as number]);
  const along = resize({ shape: [count, map.shape[1] as number, 1], data: map.data }, [length, 1]);
  return { shape: [count, length], data: along.data };
}

/** The first input before a layer that has places like the layer: rows and columns, or a sequence. */
export function seenInput({ graph, inputs }: Network, site: Site): number {
  const behind = valuesBehind(graph, [site]);
  const find = (fits: (rank: number) => boolean): number =>
    inputs.findIndex(({ value, shape }) => behind.has(value) && fits(shape.length));
  const picture = site.shape.length === 4 ? find((rank) => rank === 4) : -1;
  if (picture >= 0) return picture;
  // A convolution over words may be one of pictures that are as wide as the embedding.
  const sequence =
    (site.shape[2] ?? 1) === 1 || site.shape.length === 3 ? find((rank) => rank === 2 || rank === 3) : -1;
  if (sequence >= 0) return sequence;
  throw new Error(`"size" expected 'layer': no input before "${site.address}" has such places, to resize the map to`);
}
