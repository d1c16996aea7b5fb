import type { LayersModel, layers as layersOf } from '@tensorflow/tfjs-layers';
import { initializers, layers as l, sequential } from '@tensorflow/tfjs-layers';
import { assertRoom, describe } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { assertOptions, integer, type OptionChecks, oneOf, required, safeInteger } from '../../../numeric/options.ts';

/** What {@link upconvolutionalDecoder} is told. */
export interface DecoderShape {
  /** Of the features of one image: `[units]` or `[rows, columns, units]`. */
  readonly featureShape: readonly number[];
  /** Of one picture: `[height, width, channels]`. */
  readonly imageShape: readonly number[];
  /** How many channels the last but one layer makes; each layer before it twice as many. 16 by default. */
  readonly base?: number;
  /** Units of the dense layer that features without places enter first; 128 by default. */
  readonly hidden?: number;
  /** A transposed convolution of 4 × 4 with stride 2 (by default), or nearest neighbours and a convolution of 5 × 5. */
  readonly upConvolution?: 'transposed' | 'upsampled';
  /** Of the weights; 0 by default. */
  readonly seed?: number;
}

const checks: OptionChecks<DecoderShape> = {
  featureShape: required(lengths([1, 3], '[units] or [rows, columns, units]')),
  imageShape: required(lengths([3], '[height, width, channels]')),
  base: integer(1),
  hidden: integer(1),
  upConvolution: oneOf(['transposed', 'upsampled']),
  seed: safeInteger,
};

type Layer = layersOf.Layer;

/**
 * An untrained network of up-convolutions, from the features of an image to a picture of 0 to 1.
 *
 * Features without places go through a dense layer to a map of at most eight rows; maps through a convolution. Then each
 * up-convolution doubles rows and columns and halves the channels, until the picture is covered, which is cut out of the
 * middle. Leaky ReLUs with a slope of 0.2 between, a sigmoid at the end.
 *
 * Source: Dosovitskiy and Brox 2016, "Inverting visual representations with convolutional networks", §3; transposed
 * convolutions of 4 × 4 as in the generators of Dosovitskiy and Brox 2016, "Generating images with perceptual similarity
 * metrics based on deep networks".
 *
 * @param shape `featureShape`, `imageShape`, `base`, `hidden`, `upConvolution`, `seed`.
 * @returns a `LayersModel` `[n, …featureShape]` → `[n, …imageShape]`, which is the caller's to dispose.
 * @throws {VitrineError} if a shape has other axes, or a layer of it would be too large.
 * @example
 * ```ts
 * import { upconvolutionalDecoder } from 'vitrine/visualization';
 * const decoder = upconvolutionalDecoder({ featureShape: [64], imageShape: [28, 28, 1] });
 * console.log(decoder.outputs[0]!.shape); // [null, 28, 28, 1]
 * decoder.dispose();
 * ```
 */
export function upconvolutionalDecoder(shape: DecoderShape): LayersModel {
  assertOptions(shape, checks);
  const plan = planOf(shape);
  const up = upConvolutions[shape.upConvolution ?? 'transposed'];
  const seeds = seedsFrom(shape.seed ?? 0);
  const ups = Array.from({ length: plan.doublings }, (_, i) => {
    const isLast = i === plan.doublings - 1;
    const channels = isLast ? (shape.imageShape[2] as number) : plan.channels / 2 ** (i + 1);
    return [...up(channels, seeds), ...(isLast ? [] : [leaky()])];
  }).flat();
  const layers = [
    ...entry(shape, plan, seeds),
    ...ups,
    ...ending(shape, plan, seeds),
    l.activation({ activation: 'sigmoid' }),
  ];
  return sequential({ layers });
}

interface Plan {
  /** Rows and columns of the map that is doubled. */
  readonly grid: readonly [number, number];
  readonly doublings: number;
  /** Of the map that is doubled first. */
  readonly channels: number;
}

function planOf({ featureShape, imageShape, base = 16, hidden = 128 }: DecoderShape): Plan {
  const [height, width] = imageShape as [number, number];
  const hasPlaces = featureShape.length === 3;
  const side = Math.max(height, width);
  const [rows = 1, columns = 1] = featureShape;
  const doublings = hasPlaces
    ? doublingsFrom([rows, columns], [height, width])
    : Math.max(0, Math.ceil(Math.log2(side / 8)));
  const grid = hasPlaces
    ? ([rows, columns] as const)
    : ([height, width].map((x) => Math.ceil(x / 2 ** doublings)) as [number, number]);
  const channels = base * 2 ** Math.max(0, doublings - 1);
  assertRoom('imageShape', hasPlaces ? [3, 3, rows, channels] : [hidden, ...grid, channels]);
  return { grid, doublings, channels };
}

function doublingsFrom(from: readonly [number, number], to: readonly [number, number]): number {
  return Math.max(0, ...from.map((length, axis) => Math.ceil(Math.log2((to[axis] as number) / length))));
}

/** From features to the map that is doubled. */
function entry({ featureShape, hidden = 128 }: DecoderShape, { grid, channels }: Plan, seeds: Seeds): readonly Layer[] {
  const inputShape = [...featureShape];
  if (featureShape.length === 3) {
    return [l.conv2d({ inputShape, filters: channels, kernelSize: 3, padding: 'same', ...seeds() }), leaky()];
  }
  return [
    l.dense({ inputShape, units: hidden, ...seeds() }),
    leaky(),
    l.dense({ units: grid[0] * grid[1] * channels, ...seeds() }),
    leaky(),
    l.reshape({ targetShape: [...grid, channels] }),
  ];
}

/** What brings the map to the size of the picture. */
function ending({ imageShape }: DecoderShape, { grid, doublings }: Plan, seeds: Seeds): readonly Layer[] {
  const [height, width, channels] = imageShape as [number, number, number];
  const last = doublings > 0 ? [] : [l.conv2d({ filters: channels, kernelSize: 3, padding: 'same', ...seeds() })];
  const surplus = [grid[0] * 2 ** doublings - height, grid[1] * 2 ** doublings - width] as const;
  if (surplus.every((pixels) => pixels === 0)) return last;
  const cropping = surplus.map((pixels) => [Math.floor(pixels / 2), Math.ceil(pixels / 2)]);
  return [...last, l.cropping2D({ cropping: cropping as [[number, number], [number, number]] })];
}

type Seeds = () => { readonly kernelInitializer: ReturnType<typeof initializers.heNormal> };

/** Initialisers with a seed of its own for each layer. */
function seedsFrom(seed: number): Seeds {
  let layer = 0;
  // tfjs takes a seed of 0 for none.
  return () => ({ kernelInitializer: initializers.heNormal({ seed: seed + 0.5 + layer++ / 1024 }) });
}

const upConvolutions: Readonly<
  Record<'transposed' | 'upsampled', (filters: number, seeds: Seeds) => readonly Layer[]>
> = {
  transposed: (filters, seeds) => [
    l.conv2dTranspose({ filters, kernelSize: 4, strides: 2, padding: 'same', ...seeds() }),
  ],
  upsampled: (filters, seeds) => [
    l.upSampling2d({ size: [2, 2] }),
    l.conv2d({ filters, kernelSize: 5, padding: 'same', ...seeds() }),
  ],
};

function leaky(): Layer {
  return l.leakyReLU({ alpha: 0.2 });
}

function lengths(ranks: readonly number[], expected: string) {
  return (argument: string, value: unknown): void => {
    const isShape =
      Array.isArray(value) && ranks.includes(value.length) && value.every((n) => Number.isInteger(n) && n > 0);
    if (!isShape) throw new VitrineError('bad-shape', `"${argument}" expected ${expected}, got ${describe(value)}`);
  };
}
