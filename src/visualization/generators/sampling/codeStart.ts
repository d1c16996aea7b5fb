import { assertArray, assertFiniteArray } from '../../../numeric/check.ts';
import { VitrineError } from '../../../numeric/errors.ts';
import { type NdArray, rowOf, sameShape, sizeOf } from '../../../numeric/ndarray.ts';
import { type Random, random } from '../../../numeric/random.ts';
import type { StartKind } from './types.ts';

/** What starting codes are made of. */
export interface CodeStart {
  readonly start: StartKind | NdArray;
  /** Examples of codes, `[m, …]`. */
  readonly codes: NdArray | undefined;
  /** Of the codes, `[n, …]`. */
  readonly shape: readonly number[];
  readonly seed: number;
  readonly group: number;
}

/** The codes that a group of samples begins with; those of a sample depend on the seed, the group and its place alone. */
export function startCodes({ start, codes, shape, seed, group }: CodeStart): NdArray {
  if (typeof start === 'object') return checked(start, shape);
  const size = sizeOf(shape.slice(1));
  const data = new Float32Array(sizeOf(shape));
  const draw = drawers[start](codes);
  for (let sample = 0; sample < (shape[0] as number); sample++) {
    data.set(draw(random(seed, group, sample, 0), size), sample * size);
  }
  return { shape, data };
}

type Draw = (source: Random, size: number) => Float32Array;

const drawers: Readonly<Record<StartKind, (codes: NdArray | undefined) => Draw>> = {
  noise:
    () =>
    ({ normal }, size) =>
      Float32Array.from({ length: size }, normal),
  codes: (codes) => {
    const examples = given(codes, 'codes');
    return ({ integer }) => rowOf(examples, integer(examples.shape[0] as number));
  },
  // Each number of an example of its own: as far apart as examples are, but of no class.
  units: (codes) => {
    const { shape, data } = given(codes, 'units');
    return ({ integer }, size) =>
      Float32Array.from({ length: size }, (_, unit) => data[integer(shape[0] as number) * size + unit] as number);
  },
};

function given(codes: NdArray | undefined, start: StartKind): NdArray {
  if (codes) return codes;
  throw new VitrineError('bad-argument', `"codes" expected examples of codes for start "${start}", got none`);
}

function checked(start: NdArray, shape: readonly number[]): NdArray {
  assertArray('start', start, [shape.length]);
  assertFiniteArray('start', start);
  if (sameShape(start.shape, shape)) return start;
  throw new VitrineError('bad-shape', `"start" expected codes [${shape.join(', ')}], got [${start.shape.join(', ')}]`);
}
