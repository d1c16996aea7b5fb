import type { Tensor } from '@tensorflow/tfjs-core';
import type { Position } from '../cropRegions.ts';
import type { Activation } from '../elementwise.ts';
import { bySimd } from '../simd/simd.ts';

/** A linear map of images by a kernel as the SIMD kernels compute it. */
export interface SimdConvolution {
  /** How it computes, for people. */
  readonly method: string;
  /** Tells what {@link SimdConvolution.pack} makes from what is made of the same kernel for other uses. */
  readonly name: string;
  /** The kernel as it is read; it is worth keeping. */
  pack(kernel: Tensor): Tensor;
  run(x: Tensor, packed: Tensor, added?: Added): Tensor;
}

/** What is known of x and of what becomes of the output. */
export interface Added {
  readonly bias?: Tensor | undefined;
  readonly activation?: Activation | undefined;
  /** Where each image of x begins in a larger one, of which the same was computed before. */
  readonly at?: readonly Position[] | undefined;
}

/** A result of kernels that were found to be usable. */
export function computed(...call: Parameters<typeof bySimd>): Tensor {
  return bySimd(...call) as Tensor;
}

/** The least and the largest value that is given. */
export function limits(activation: Activation | undefined): [number, number] {
  return activation ? [0, activation.ceiling ?? Infinity] : [-Infinity, Infinity];
}

/** The next multiple of a step. */
export function roundUp(count: number, step: number): number {
  return step * Math.ceil(count / step);
}
