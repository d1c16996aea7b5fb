import { picture } from '../../image/picture.ts';
import type { Picture } from '../../image/types.ts';
import { assertArray, assertNumbers, assertRoom } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, integer, listOf, type OptionChecks, record, safeInteger } from '../../numeric/options.ts';
import type { Visualization } from '../../visualization/types.ts';
import { paste } from '../drawing/canvas.ts';
import { samePictures } from './samePictures.ts';

/** Options of {@link spriteSheet}. */
export interface SpriteSheetOptions<D extends object> {
  /** Pictures side by side; by default as many as make the sheet about square. */
  readonly columns?: number;
  /** What is known of each picture, such as `{ layer, unit }`: one for each, or for each objective where there are snapshots; nothing by default. */
  readonly data?: readonly D[];
}

/** What a visualization says of its pictures. */
export interface SpriteOrigin {
  readonly objective: number;
  readonly steps: number;
  readonly seed: number;
}

/** What of a visualization a sheet shows. */
export type SeenPictures = Pick<Visualization, 'images' | 'objective' | 'steps' | 'seed'>;

/** Where each picture of a sheet is: JSON. */
export interface SpriteIndex<D extends object = object> {
  /** Of the sheet, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  /** Of each picture. */
  readonly spriteWidth: number;
  readonly spriteHeight: number;
  readonly sprites: readonly (D & Partial<SpriteOrigin> & { readonly left: number; readonly top: number })[];
}

/** Many pictures in one, and where they are. */
export interface SpriteSheet<D extends object = object> {
  readonly picture: Picture;
  readonly index: SpriteIndex<D>;
}

const checks: OptionChecks<SpriteSheetOptions<object>> = { columns: integer(1), data: listOf(record) };

/**
 * Puts pictures of one size into one, side by side without a gap, with an index that says where each is and what it shows:
 * what web pages load instead of hundreds of files.
 *
 * @param pictures a result of `visualize`, of whose pictures the index tells `objective`, `steps` and `seed`; pictures
 * `[…, h, w, c]` of 0 to 1; or a list of pictures.
 * @param options `columns`, `data`.
 * @returns the sheet as a picture, transparent where there is none, and the index, which `JSON.stringify` takes.
 * @throws {VitrineError} if there is no picture, they differ in size, or `data` has another length.
 * @example
 * ```ts
 * import { encodePng, objectives, visualize } from 'vitrine';
 * import { spriteSheet } from 'vitrine/render';
 * const units = [0, 3, 5];
 * const seen = await visualize(
 *   model,
 *   units.map((unit) => objectives.channel('conv3', unit)),
 *   { range: [0, 1], steps: 4 },
 * );
 * const { picture, index } = spriteSheet(seen, { data: units.map((unit) => ({ layer: 'conv3', unit })) });
 * console.log(encodePng(picture).length, JSON.stringify(index.sprites[0])); // {"left":0,"top":0,"layer":"conv3",…
 * ```
 */
export function spriteSheet<D extends object = object>(
  pictures: NdArray | SeenPictures | readonly Picture[],
  options: SpriteSheetOptions<D> = {},
): SpriteSheet<D> {
  assertOptions(options, checks);
  const all = samePictures('pictures', pictures);
  const { columns = Math.ceil(Math.sqrt(all.length)), data } = options;
  const [{ width, height }] = all;
  const across = Math.min(columns, all.length);
  const size = { width: across * width, height: Math.ceil(all.length / across) * height };
  assertRoom('pictures', [size.width, size.height, 4]);
  const sheet = picture(size.width, size.height);
  const origins = originsOf(pictures);
  const known = dataOf(data, all.length, origins);
  const sprites = all.map((one, i) => {
    const [left, top] = [(i % across) * width, Math.floor(i / across) * height];
    paste(sheet, one, [left, top]);
    return { left, top, ...(known[i] as D), ...origins.list?.[i] };
  });
  return {
    picture: sheet,
    index: { ...size, columns: across, spriteWidth: width, spriteHeight: height, sprites },
  };
}

interface Origins {
  readonly list?: readonly SpriteOrigin[];
  /** How many pictures there are of each snapshot. */
  readonly perSnapshot?: number;
}

function originsOf(pictures: NdArray | SeenPictures | readonly Picture[]): Origins {
  if (!('images' in pictures)) return {};
  const { objective, steps, seed } = pictures;
  assertArray('pictures.objective', objective, [2]);
  assertNumbers('pictures.steps', steps, objective.shape[0] as number);
  safeInteger('pictures.seed', seed);
  const perSnapshot = objective.shape[1] as number;
  const list = Array.from(objective.data, (value, i) => ({
    objective: value,
    steps: steps[Math.floor(i / perSnapshot)] as number,
    seed,
  }));
  return { list, perSnapshot };
}

/** What is known of each picture: of those of later snapshots the same. */
function dataOf<D extends object>(
  data: readonly D[] | undefined,
  count: number,
  { perSnapshot = count }: Origins,
): readonly (D | undefined)[] {
  if (data === undefined) return [];
  if (data.length === count) return data;
  if (data.length === perSnapshot) return Array.from({ length: count }, (_, i) => data[i % perSnapshot]);
  throw new VitrineError('bad-argument', `"data" expected one for each of ${perSnapshot} pictures, got ${data.length}`);
}
