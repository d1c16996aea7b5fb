import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { VitrineError } from '../../../numeric/errors.ts';
import { functions } from '../../functions/functions.ts';
import type { TensorFunction } from '../../functions/tensorFunction.ts';
import type { OpenShape } from '../../graph/graph.ts';
import type { OwnLayer, OwnOperand } from '../ownLayer.ts';
import { chained } from './chained.ts';

interface Size {
  readonly height: number;
  readonly width: number;
}

interface ResizingOptions extends Size {
  readonly interpolation: 'bilinear' | 'nearest';
  readonly cropToAspectRatio: boolean;
  readonly padToAspectRatio: boolean;
  readonly fillValue: number;
}

/** A picture in another size, by half-pixel centres; cut or padded to the new proportions first where that is asked for. */
export const resizing: OwnLayer<ResizingOptions> = {
  name: 'Resizing',
  options: {
    height: 1,
    width: 1,
    interpolation: 'bilinear',
    cropToAspectRatio: false,
    padToAspectRatio: false,
    fillValue: 0,
  },
  apply: (options) =>
    chained('resizing', (shape) => {
      const last = resized(options, options.interpolation);
      if (options.cropToAspectRatio) return [cutTo(proportional(shape, options, Math.min), shape), last];
      if (options.padToAspectRatio) return [paddedTo(proportional(shape, options, Math.max), shape, options), last];
      return [last];
    }),
};

/** The middle of a picture, or all of it made larger where it is too small. */
export const centerCrop: OwnLayer<Size> = {
  name: 'CenterCrop',
  options: { height: 1, width: 1 },
  apply: (size) =>
    chained('centerCrop', (shape) => {
      const [, rows, columns] = shape;
      if (typeof rows !== 'number' || typeof columns !== 'number') return [openTo(size)];
      const fits = rows >= size.height && columns >= size.width;
      if (fits) return [cutTo([size.height, size.width], shape)];
      return [cutTo(proportional(shape, size, Math.min), shape), resized(size, 'bilinear')];
    }),
};

/** Pixels repeated, or drawn out linearly by half-pixel centres. */
export const upSampling2d: OwnLayer<{ size: readonly number[]; interpolation: 'bilinear' | 'nearest' }> = {
  name: 'UpSampling2D',
  options: { size: [2, 2], interpolation: 'nearest' },
  apply: ({ size, interpolation }) =>
    functions.resize({ times: size as [number, number], interpolation, halfPixelCenters: true }),
};

/** scale · x + offset with a number for each channel. */
export const rescaling: OwnLayer<{ scale: number | readonly number[]; offset: number | readonly number[] }> = {
  name: 'Rescaling',
  options: { scale: 1, offset: 0 },
  operands: ({ scale, offset }): readonly OwnOperand[] => [0, ...[scale, offset].map(constantOf)],
  apply: () => scaledAndShifted(),
};

function constantOf(given: number | readonly number[]): { shape: readonly number[]; numbers: readonly number[] } {
  return typeof given === 'number' ? { shape: [], numbers: [given] } : { shape: [given.length], numbers: given };
}

function scaledAndShifted(): TensorFunction {
  const [product, sum] = [functions.multiply(), functions.add()];
  return {
    applied: { name: 'rescaling' },
    apply: ([x, scale, offset]) => [tf.add(tf.mul(x as Tensor, scale as Tensor), offset as Tensor)],
    shapes: ([shape = [], scale = [], offset = []]) => sum.shapes([product.shapes([shape, scale])[0] ?? [], offset]),
    lower: ({ source, operands: [value, scale, offset] }) => {
      if (!value || !scale || !offset) return undefined;
      const first = product.lower?.({ source, operands: [value, scale] });
      const second = sum.lower?.({ source, operands: [{ shape: value.shape }, offset] });
      return first && second && [...first, ...second];
    },
  };
}

function resized({ height, width }: Size, interpolation: 'bilinear' | 'nearest'): TensorFunction {
  return functions.resize({ size: [height, width], interpolation, halfPixelCenters: true });
}

/** What remains open until the size of the picture is known. */
function openTo({ height, width }: Size): TensorFunction {
  const fails = (): never => {
    throw new VitrineError('unsupported-layer', 'the size of the picture is open');
  };
  return {
    applied: { name: 'centerCrop' },
    apply: fails,
    shapes: ([shape = []]) => [[shape[0] ?? null, height, width, shape[3] ?? null]],
  };
}

/** The largest part, or the smallest frame, with the proportions of the new size. */
function proportional(
  [, rows, columns]: OpenShape,
  { height, width }: Size,
  choose: (a: number, b: number) => number,
): readonly [number, number] | undefined {
  if (typeof rows !== 'number' || typeof columns !== 'number') return undefined;
  const tall = Math.trunc(Math.fround((columns * height) / width));
  const wide = Math.trunc(Math.fround((rows * width) / height));
  return [Math.max(choose(rows, tall), 1), Math.max(choose(columns, wide), 1)];
}

function cutTo(size: readonly [number, number] | undefined, [, rows, columns]: OpenShape): TensorFunction {
  if (!size || typeof rows !== 'number' || typeof columns !== 'number') return functions.identity();
  const span = (length: number, kept: number): { start: number; stop: number } => {
    const start = Math.trunc((length - kept) / 2);
    return { start, stop: start + kept };
  };
  return functions.slice({ cuts: [{}, span(rows, size[0]), span(columns, size[1]), {}] });
}

function paddedTo(
  size: readonly [number, number] | undefined,
  [, rows, columns]: OpenShape,
  { fillValue: value }: ResizingOptions,
): TensorFunction {
  if (!size || typeof rows !== 'number' || typeof columns !== 'number') return functions.identity();
  // Keras puts the same on both sides, whatever is left over.
  const around = (length: number, wanted: number): [number, number] => {
    const side = Math.trunc((wanted - length) / 2);
    return [side, side];
  };
  return functions.pad({ paddings: [[0, 0], around(rows, size[0]), around(columns, size[1]), [0, 0]], value });
}
