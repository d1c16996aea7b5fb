import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../../numeric/ndarray.ts';
import { backPhases, forwardPhases, type Phases, productPhases } from './convolving/phases.ts';
import { byLanes, byPanels, fitsLanes } from './convolving/products.ts';
import type { SimdConvolution } from './convolving/simdConvolution.ts';
import { byWinograd, fitsWinograd } from './convolving/winograd.ts';
import { axisOf, extentOf, type WindowGeometry } from './geometry.ts';
import { canUseSimd } from './simd/simd.ts';

/**
 * How exact the convolutions of a network are on wasm: `'exact'`, to the bit what tfjs's own kernels give; `'default'`;
 * `'fast'`, by Winograd's F(4 × 4) wherever that can be.
 */
export type Precision = 'exact' | 'default' | 'fast';

/** What decides how a convolution is computed. */
export interface ConvolutionUse {
  readonly precision: Precision;
  /** Whether it makes values of a network, or passes cotangents back. */
  readonly passes: 'values' | 'cotangents';
}

/**
 * The convolution of x, [batch, rows, columns, in], with a kernel [rows, columns, in, out]; undefined where tfjs shall do
 * it.
 */
export function simdConvolution(
  x: Tensor4D,
  kernel: Tensor4D,
  geometry: WindowGeometry,
  use: ConvolutionUse,
): SimdConvolution | undefined {
  return canUseSimd([x, kernel]) ? chosen(use, forwardPhases(x.shape, kernel.shape, geometry)) : undefined;
}

/** The gradient of that convolution with respect to an input of a shape, as a map of cotangents of its output. */
export function simdInputGradient(
  cotangent: Tensor4D,
  kernel: Tensor4D,
  inputShape: readonly number[],
  { geometry, ...use }: ConvolutionUse & { readonly geometry: WindowGeometry },
): SimdConvolution | undefined {
  if (!canUseSimd([cotangent, kernel])) return undefined;
  return chosen(use, backPhases(inputShape as Tensor4D['shape'], kernel.shape, geometry));
}

/**
 * The product of rows x with a kernel [in, out], or with its transpose. `'exact'` leaves it to tfjs, and so do kernels so
 * large that to keep them once more, for each direction, could fill the memory of wasm.
 */
export function simdProduct(
  x: Tensor2D,
  kernel: Tensor2D,
  direction: Phases['direction'],
  { precision }: Pick<ConvolutionUse, 'precision'>,
): SimdConvolution | undefined {
  if (precision === 'exact' || kernel.size > MOST_KEPT || !canUseSimd([x, kernel])) return undefined;
  const passes = direction === 'forward' ? 'values' : 'cotangents';
  return chosen({ precision, passes }, productPhases(x.shape[0], kernel.shape, direction));
}

/** How the current backend convolves with a kernel of a shape: `Winograd F(2×2)`, `products`, `tfjs`. */
export function convolutionMethod(
  kernelShape: Tensor4D['shape'],
  geometry: WindowGeometry,
  precision: Precision,
): string {
  if (!canUseSimd([])) return TFJS;
  const [rows, columns] = [extentOf(axisOf(geometry, 0)), extentOf(axisOf(geometry, 1))];
  return chosen({ precision, passes: 'values' }, forwardPhases([1, rows, columns], kernelShape, geometry)).method;
}

/** The same of depthwise convolutions, which `'exact'` leaves to tfjs. */
export function depthwiseMethod(precision: Precision): string {
  return canUseSimd([]) && precision !== 'exact' ? 'depthwise sums' : TFJS;
}

/** The same of dense layers with a kernel of so many weights. */
export function productMethod(weights: number, precision: Precision): string {
  return canUseSimd([]) && precision !== 'exact' && weights <= MOST_KEPT ? 'products' : TFJS;
}

const TFJS = 'tfjs';

/** 64 MB; the first dense layer of VGG-16 has 411, and its product with one row takes as long as to read them. */
const MOST_KEPT = 2 ** 24;

/** F(4 × 4) keeps four times the memory of a kernel; with more weights than this F(2 × 2) is nearly as fast. */
const MOST_WEIGHTS = 128 ** 2;
/** Sums of fewer channels are more than twice as exact by tfjs's own kernels as by F(4 × 4). */
const LEAST_SUMMED = 64;

/**
 * In F(2 × 2) each output is made of what its own window sees, as in the sum itself, so that ties stay ties and what is
 * not changed keeps its bits: it makes values. F(4 × 4) mixes the pixels of a tile by rounding; cotangents decide nothing.
 */
function chosen({ precision, passes }: ConvolutionUse, phases: Phases): SimdConvolution {
  const [inputs, outputs] = phases.channels;
  if (sizeOf(phases.output) * inputs * outputs === 0) return zeros([...phases.output, outputs]);
  if (precision === 'exact') return byPanels(phases, 'plain');
  if (fitsWinograd(phases)) {
    const isLight = inputs >= LEAST_SUMMED && inputs * outputs <= MOST_WEIGHTS;
    return byWinograd(precision === 'fast' || (passes === 'cotangents' && isLight) ? 4 : 2, phases);
  }
  return fitsLanes(phases) ? byLanes(phases) : byPanels(phases, 'fastest');
}

/** Where nothing is read or nothing made, of which tfjs's kernels know nothing. */
function zeros(shape: number[]): SimdConvolution {
  return { method: 'nothing', name: 'zeros', pack: () => tf.zeros([0]), run: () => tf.zeros(shape) };
}
