import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { NdArray } from '../../numeric/ndarray.ts';
import type { Random } from '../../numeric/random.ts';
import type { PictureShape, RenderIo } from './parameterization.ts';

/** Pictures of any numbers, before they get their colors and their limits. */
export interface RawPictures {
  /** How many parameters and tables there are. */
  readonly sizes: { readonly parameters: number; readonly tables: number };
  /** Numbers for one picture after the other, so that the first of many is that of one. */
  start(shape: PictureShape, random: Random): readonly NdArray[];
  /** The parameters of given raw pictures `[n, h, w, c]`; without it there are none, or they cannot be found. */
  from?(raw: NdArray, shape: PictureShape): readonly NdArray[];
  /** Tensors that every step needs. */
  tables(shape: PictureShape): readonly Tensor[];
  /** `[n, h, w, c]` */
  render(parameters: readonly Tensor[], io: RenderIo): Tensor4D;
  /** The gradient of each parameter from that of the raw pictures. */
  pullback(cotangent: Tensor4D, io: RawIo): readonly Tensor[];
}

/** What a pullback is given. */
export interface RawIo extends RenderIo {
  readonly parameters: readonly Tensor[];
}

/** What belongs to one part where parameters or tables of several follow each other. */
export function partOf<T>(all: readonly T[], counts: readonly number[], part: number): readonly T[] {
  const before = counts.slice(0, part).reduce((sum, count) => sum + count, 0);
  return all.slice(before, before + (counts[part] as number));
}

/** Normally distributed numbers of a shape, drawn along the axis of pictures first. */
export function normals(shape: readonly number[], random: Random, deviation: number, pictureAxis: number = 0): NdArray {
  const inner = shape.slice(pictureAxis + 1).reduce((product, length) => product * length, 1);
  const outer = shape.slice(0, pictureAxis).reduce((product, length) => product * length, 1);
  const count = shape[pictureAxis] as number;
  const data = new Float32Array(outer * count * inner);
  for (let picture = 0; picture < count; picture++) {
    for (let row = 0; row < outer; row++) {
      const from = (row * count + picture) * inner;
      for (let i = from; i < from + inner; i++) data[i] = deviation * random.normal();
    }
  }
  return { shape, data };
}
