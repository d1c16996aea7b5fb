import { assertPicture } from '../../image/assertPicture.ts';
import type { Picture } from '../../image/types.ts';
import { assertArray, assertFiniteArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { kind } from '../../numeric/options.ts';
import { picturesOf } from '../../visualization/picturesOf.ts';
import type { Visualization } from '../../visualization/types.ts';

/** At least one picture, all of one size. */
export type SamePictures = readonly [Picture, ...Picture[]];

/** Reads pictures of one size: a list, an array of 0 to 1, or a result that holds one. */
export function samePictures(
  argument: string,
  pictures: NdArray | Pick<Visualization, 'images'> | readonly Picture[],
): SamePictures {
  kind('pictures', (value) => typeof value === 'object' && value !== null)(argument, pictures);
  const list = Array.isArray(pictures) ? (pictures as readonly Picture[]) : madeOf(argument, pictures as NdArray);
  if (list.length === 0)
    throw new VitrineError('bad-argument', `"${argument}" expected at least one picture, got none`);
  list.forEach((one, i) => {
    assertPicture(`${argument}[${i}]`, one);
  });
  const [first] = list as SamePictures;
  const other = list.findIndex(({ width, height }) => width !== first.width || height !== first.height);
  if (other < 0) return list as SamePictures;
  const sizes = [first, list[other] as Picture].map(({ width, height }) => `${height}×${width}`);
  throw new VitrineError(
    'bad-argument',
    `"${argument}" expected pictures of one size, got ${sizes[0]} and ${sizes[1]} at [${other}]`,
  );
}

function madeOf(argument: string, pictures: NdArray | Pick<Visualization, 'images'>): readonly Picture[] {
  const [name, array] = 'images' in pictures ? [`${argument}.images`, pictures.images] : [argument, pictures];
  assertArray(name, array, [3, 4, 5]);
  assertFiniteArray(name, array);
  return picturesOf(array);
}
