import { assertArray, type PerAxis, perAxis } from '../numeric/check.ts';
import { type NdArray, rowOf } from '../numeric/ndarray.ts';
import { assertFiniteMaps, type SourceLayer } from './mapSource.ts';
import type { Placement } from './placement.ts';

/** The activations of a layer, checked, image by image. */
export interface CheckedMaps {
  readonly images: number;
  readonly layer: SourceLayer;
  /** `[h, w, u]` of an image. */
  of(image: number): Float32Array;
}

/** Activations `[n, h, w, u]` with the place of their positions; refuses what is not finite, by unit and image. */
export function layerMaps(
  activations: NdArray,
  { centre, jump }: Pick<Placement<PerAxis>, 'centre' | 'jump'>,
): CheckedMaps {
  assertArray('activations', activations, [4]);
  const [images, rows, columns, units] = activations.shape as [number, number, number, number];
  const layer: SourceLayer = {
    name: 'activations',
    units,
    size: [rows, columns],
    centre: perAxis('centre', centre),
    jump: perAxis('jump', jump, Number.MIN_VALUE),
  };
  for (let image = 0; image < images; image++) assertFiniteMaps(rowOf(activations, image), layer, image);
  return { images, layer, of: (image) => rowOf(activations, image) };
}
