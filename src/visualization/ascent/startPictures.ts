import { assertPicture, isPicture } from '../../image/assertPicture.ts';
import { toInput } from '../../image/toInput.ts';
import type { Picture } from '../../image/types.ts';
import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { type NdArray, sizeOf } from '../../numeric/ndarray.ts';
import type { Parameterization, PictureShape } from '../parameterizations/parameterization.ts';

/** For what pictures are read. */
interface Wanted {
  readonly parameterization: Parameterization;
  readonly shape: PictureShape;
  /** The place of the objective among all. */
  readonly place: number;
}

/** The parameters that make given pictures: one for all, one for each that is made together, or one for each of all objectives. */
export function parametersOf(start: Picture | NdArray, { parameterization, shape, place }: Wanted): readonly NdArray[] {
  if (!parameterization.from) {
    const { name } = parameterization;
    throw new VitrineError(
      'unsupported',
      `"start" expected a parameterization that given pictures can be made of (pixels, fourier), got "${name}"`,
    );
  }
  return parameterization.from(repeated(picturesOf(start, shape), shape, place), shape);
}

/** Pictures `[n, h, w, c]` of 0 to 1, of the size and with the channels that are wanted. */
function picturesOf(start: Picture | NdArray, { size, channels }: PictureShape): NdArray {
  if (!isPicture(start)) return checked(start, { size, channels });
  assertPicture('start', start);
  if (channels !== 1 && channels !== 3)
    throw new VitrineError('bad-argument', `"start" expected an array with ${channels} channels, got a picture`);
  return toInput(start, { size, channels, range: [0, 1] });
}

function checked(start: NdArray, { size, channels }: Pick<PictureShape, 'size' | 'channels'>): NdArray {
  assertArray('start', start, [3, 4]);
  assertFiniteArray('start', start);
  const shape = start.shape.length === 3 ? [1, ...start.shape] : start.shape;
  const wanted = [...size, channels];
  if (wanted.some((length, i) => shape[i + 1] !== length))
    throw new VitrineError(
      'bad-shape',
      `"start" expected pictures [n, ${wanted.join(', ')}], got [${start.shape.join(', ')}]`,
    );
  const wrong = start.data.find((value) => value < 0 || value > 1);
  if (wrong !== undefined) throw new VitrineError('bad-argument', `"start" expected values in 0..1, got ${wrong}`);
  return { shape, data: start.data };
}

/** As many pictures as are made together. */
function repeated({ shape, data }: NdArray, { count }: PictureShape, place: number): NdArray {
  const given = shape[0] as number;
  const size = sizeOf(shape.slice(1));
  const first = given > count ? place * count : 0;
  if (given !== 1 && given !== count && (given % count !== 0 || first + count > given))
    throw new VitrineError(
      'bad-argument',
      `"start" expected 1 or ${count} pictures, or so many for each objective, got ${given}`,
    );
  const all = new Float32Array(count * size);
  for (let picture = 0; picture < count; picture++) {
    const from = given === 1 ? 0 : first + picture;
    all.set(data.subarray(from * size, (from + 1) * size), picture * size);
  }
  return { shape: [count, ...shape.slice(1)], data: all };
}
