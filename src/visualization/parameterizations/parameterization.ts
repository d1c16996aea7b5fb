import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { NdArray } from '../../numeric/ndarray.ts';
import type { Random } from '../../numeric/random.ts';

/** The pictures that are made together. */
export interface PictureShape {
  /** How many. */
  readonly count: number;
  readonly size: readonly [height: number, width: number];
  /** What the network takes: 3 for colours, 1 for grey, or another number. */
  readonly channels: number;
}

/** What a parameterization is given besides its parameters. */
export interface RenderIo {
  readonly shape: PictureShape;
  /** What {@link Parameterization.tables} made. */
  readonly tables: readonly Tensor[];
}

/** What pictures are made of: the numbers that are optimised, and how they become pictures of 0 to 1. */
export interface Parameterization {
  readonly name: string;
  /** The parameters to start from; pictures of one seed are different ones. */
  readonly start: (shape: PictureShape, random: Random) => readonly NdArray[];
  /** The parameters that make given pictures `[n, h, w, c]` of 0 to 1, as nearly as they can; without it none can be started from. */
  readonly from?: (pictures: NdArray, shape: PictureShape) => readonly NdArray[];
  /** Tensors that every step needs, made once. */
  readonly tables?: (shape: PictureShape) => readonly Tensor[];
  /** The pictures `[n, h, w, c]`, of 0 to 1; with one channel more than the network takes, the last is their opacity. */
  readonly render: (parameters: readonly Tensor[], io: RenderIo) => Tensor4D;
  /**
   * The gradient of each parameter from that of the pictures: the exact transpose of `render`'s derivative. Without it
   * tfjs's tape differentiates `render`.
   */
  readonly pullback?: (
    cotangent: Tensor4D,
    io: RenderIo & { readonly parameters: readonly Tensor[]; readonly pictures: Tensor4D },
  ) => readonly Tensor[];
}
