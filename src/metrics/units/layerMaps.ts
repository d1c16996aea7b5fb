import { assertFiniteMaps, type SourceLayer } from '../../graph/maps/mapSource.ts';
import { assertArray, type PerAxis, perAxis } from '../../numeric/check.ts';
import { type NdArray, rowOf } from '../../numeric/ndarray.ts';

/** Where the positions of a layer lie in the image, see `receptiveField`. */
export interface Placement {
  /** The pixel that position (0, 0) stands for; the centre of the first pixel is 0. */
  readonly centre: PerAxis;
  /** Pixels from a position to the next. */
  readonly jump: PerAxis;
}

/** The activations of a layer, checked, image by image. */
export interface LayerMaps {
  readonly images: number;
  readonly layer: SourceLayer;
  /** `[h, w, u]` of an image. */
  of(image: number): Float32Array;
}

/** Activations `[n, h, w, u]` with the place of their positions; refuses what is not finite, by unit and image. */
export function layerMaps(activations: NdArray, { centre, jump }: Placement): LayerMaps {
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
