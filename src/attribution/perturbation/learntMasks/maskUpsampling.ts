import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type SeparableMap, separable, separableGradient } from '../../../backend/separable.ts';
import { blur } from '../../../image/blur.ts';

/** How a coarse mask becomes one of the size of a picture. */
export interface MaskUpsampling {
  readonly plane: readonly [number, number];
  /** Pixels to a cell of the coarse mask, along each axis. */
  readonly cellSize: number;
  /** The standard deviation of the Gaussian that smooths it, in pixels. */
  readonly sigma: number;
}

/** Rows and columns of the coarse mask. */
export function gridOf({ plane, cellSize }: MaskUpsampling): readonly [number, number] {
  return [Math.ceil(plane[0] / cellSize), Math.ceil(plane[1] / cellSize)];
}

/** Nearest-neighbour upsampling and smoothing as one linear map of the rows and one of the columns. */
export function upsamplingMap({ plane, cellSize, sigma }: MaskUpsampling): SeparableMap {
  const [rows, columns] = plane.map((length) => {
    const cells = Math.ceil(length / cellSize);
    const nearest = new Float32Array(length * cells);
    for (let pixel = 0; pixel < length; pixel++) nearest[pixel * cells + Math.floor(pixel / cellSize)] = 1;
    // Blurred along the pixels, each cell a channel.
    const smooth = blur({ shape: [1, length, 1, cells], data: nearest }, sigma);
    return tf.transpose(tf.tensor2d(smooth.data, [length, cells]));
  });
  return { rows, columns } as SeparableMap;
}

/** Coarse masks `[b, rows, columns]` in the size of the picture, `[b, h, w]`. */
export function upsampled(masks: Tensor3D, map: SeparableMap): Tensor3D {
  return withoutChannel(separable(withChannel(masks), map));
}

/** The gradient of {@link upsampled}. */
export function upsampledGradient(cotangent: Tensor3D, map: SeparableMap): Tensor3D {
  return withoutChannel(separableGradient(withChannel(cotangent), map));
}

function withChannel(masks: Tensor): Tensor4D {
  return tf.expandDims(masks, 3);
}

function withoutChannel(masks: Tensor4D): Tensor3D {
  return tf.squeeze(masks, [3]);
}
