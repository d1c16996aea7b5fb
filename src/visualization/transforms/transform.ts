import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Affine, Outside, Size } from '../../backend/kernels/sampling/affineTable.ts';
import type { Random } from '../../numeric/random.ts';

export type { Affine, Outside, Size };

/** When a transform is drawn. */
export interface Draw {
  readonly random: Random;
  /** How far the run is, from 0 at the first step to 1 at the last. */
  readonly progress: number;
}

/** A transform that moves pixels. All that follow each other are composed into one sampling. */
export interface GeometricTransform {
  readonly name: string;
  /** Which map is drawn, and the size of its result, for pictures of a size. */
  readonly place: (size: Size, draw: SeenDraw) => Placement;
  readonly outside?: Outside;
}

/** A draw that knows which size the network sees. */
export interface SeenDraw extends Draw {
  readonly seen: Size;
}

/** Where the pixels of a result of some size come from. */
export interface Placement {
  readonly affine: Affine;
  readonly size: Size;
  /**
   * What of the result stands for the whole picture, around its centre: what the network sees is stretched to it in the
   * end. Of transforms that give a size of their own it is that; the others leave it as it was.
   */
  readonly frame?: Size;
}

/** A transform of pixels where they are, with its exact transpose. */
export interface PixelTransform {
  readonly name: string;
  /** The pictures as they are seen, and the way back. */
  readonly apply: (pictures: Tensor4D, draw: Draw) => View;
}

/**
 * Any differentiable function of pictures `[n, h, w, c]` to as many with as many channels; tfjs's tape finds its
 * transpose. It is run once more for that, and `draw.random` gives the same numbers again.
 */
export type TransformFunction = (pictures: Tensor4D, draw: Draw) => Tensor4D;

/** What happens to pictures before the network sees them. */
export type Transform = GeometricTransform | PixelTransform | TransformFunction;

/** Pictures as they are seen, and the way back of a gradient. */
export interface View {
  readonly pictures: Tensor4D;
  /** The gradient of the pictures that were given, from that of those that are seen. */
  readonly pullback: (cotangent: Tensor4D) => Tensor4D;
}
