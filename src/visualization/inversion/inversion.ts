import type { Network } from '../../network/network.ts';
import type { RunOptions } from '../../network/types.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { relativeDistances } from './featureDistance.ts';
import { type InversionError, inversionError } from './inversionError.ts';
import { featuresOf, type InvertedInput, toModelRange } from './invertedInput.ts';

/** Images that a layer takes for others. */
export interface Inversion {
  /** Pictures `[n, h, w, c]` of 0 to 1. */
  readonly images: NdArray;
  /** What was found, `[n, h, w, c]` in the model's range, which it may leave. */
  readonly inputs: NdArray;
  readonly layer: string;
  /** ‖M ∘ (Φ(x) − Φ₀)‖² / ‖M ∘ Φ₀‖² of each example at the end, of `inputs`. */
  readonly error: Float32Array;
  /** The same in the course of the steps, `[n, steps + 1]`. */
  readonly curve: NdArray;
  /** σ_y = ‖M ∘ Φ₀‖ of each example. */
  readonly featureNorm: Float32Array;
  /** The error that the paper reports, of several examples that differ; see {@link inversionError}. */
  readonly reported?: InversionError;
  /** Of images that no picture can be, which a wrong scale makes. */
  readonly warnings: readonly string[];
}

/** What a descent has found. */
export interface Inverted {
  /** `[n, h, w, c]` in units of 0 to 1, which they may leave. */
  readonly pictures: NdArray;
  readonly curve: NdArray;
  readonly mask: NdArray;
  readonly norms: Float32Array;
}

/** Plain data of an inversion: what was found is shown to the network once more. */
export async function inversionOf(
  network: Network,
  { scale, features: targets, pictures: originals }: InvertedInput,
  { pictures, curve, mask, norms }: Inverted,
  options: RunOptions & { readonly layer: string },
): Promise<Inversion> {
  const inputs = toModelRange(pictures, scale);
  const features = await featuresOf(network, inputs, options);
  const [found, wanted] = [masked(features, mask), masked(targets, mask)];
  return {
    images: { shape: pictures.shape, data: pictures.data.map((value) => Math.min(Math.max(value, 0), 1)) },
    inputs,
    layer: options.layer,
    error: relativeDistances(found, wanted),
    curve,
    featureNorm: norms,
    ...(differ(wanted) && { reported: inversionError(found, wanted) }),
    warnings: warningsOf(originals),
  };
}

function masked({ shape, data }: NdArray, mask: NdArray): NdArray {
  return { shape, data: data.map((value, i) => value * (mask.data[i % mask.data.length] as number)) };
}

/** Whether there are several examples, of which one differs from the first. */
function differ({ shape, data }: NdArray): boolean {
  const size = data.length / (shape[0] as number);
  return data.some((value, i) => value !== data[i % size]);
}

/** What is said of images beyond black and white by more than a filter overshoots. */
function warningsOf({ shape, data }: NdArray): readonly string[] {
  const size = data.length / (shape[0] as number);
  const wrong = data.findIndex((value) => value < -0.1 || value > 1.1);
  if (wrong < 0) return [];
  const pixel = (255 * (data[wrong] as number)).toFixed(0);
  return [
    `example ${Math.floor(wrong / size)} has a pixel of ${pixel}, by the scale that was given; no picture can be like it`,
  ];
}
