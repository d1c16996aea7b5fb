import { assertPicture } from '../../image/assertPicture.ts';
import { crop, cropPicture, type PixelWindow } from '../../image/crop.ts';
import { heightAndWidth } from '../../image/maps/planes.ts';
import type { Picture } from '../../image/types.ts';
import type { FieldBox } from '../../network/fields/fieldBox.ts';
import { assertArray, assertFiniteArray, assertNumbers } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, number, type OptionChecks, required } from '../../numeric/options.ts';
import { assertUpsampling, type Upsampling } from '../../readings/placement.ts';
import { litMask } from '../masks/litMask.ts';
import type { TopImage } from './topImages.ts';

/** Options of {@link fieldCrop}. */
export interface FieldCropOptions {
  /** The activation above which a pixel belongs to the mask. */
  readonly threshold: number;
  /** Where the positions of the layer lie in the picture; they fill it by default. */
  readonly upsampling?: Upsampling;
}

const checks: OptionChecks<FieldCropOptions> = { threshold: required(number()), upsampling: assertUpsampling };

/** What a unit saw where it was most active. */
export interface FieldCrop {
  /** The part of the picture. */
  readonly picture: Picture;
  /** 1 where the unit is above the threshold there, `[h, w]`. */
  readonly mask: NdArray<Uint8Array>;
  /** The first row of the part in the picture. */
  readonly top: number;
  /** The first column. */
  readonly left: number;
}

/**
 * The part of a picture that a unit, or a direction, saw where it was most active, with the mask of the unit.
 *
 * Source: Zhou et al. 2015, "Object detectors emerge in deep scene CNNs", §3.
 *
 * @param picture what the network saw, pixel by pixel: of the size of its input.
 * @param top one of the results of `topImages` or `unitGallery` for this picture.
 * @param options `threshold`, that of the unit in a dissection for instance; `upsampling`, as `unitGallery` gives it.
 * @returns picture and mask of the receptive field, as far as it lies in the picture.
 * @throws {VitrineError} if the field does not lie in the picture, or all of it lies in the padding, the picture is not of
 * the size of the input, or an option is not as described, or if the picture is none.
 * @example
 * ```ts
 * import { unitGallery } from 'vitrine';
 * import { fieldCrop } from 'vitrine/dissection';
 * const wanted = { layers: ['conv3'], scale: { range: [0, 1] }, count: 1 } as const;
 * const { layers, pictures } = await unitGallery(model, labelledImages, wanted);
 * const { units, upsampling } = layers.conv3;
 * const [best] = units[0];
 * const { picture: seen, mask } = fieldCrop(pictures[best.image], best, { threshold: best.activation / 2, upsampling });
 * console.log(seen, mask.shape);
 * ```
 */
export function fieldCrop(
  picture: Picture,
  top: Pick<TopImage, 'field' | 'map'>,
  options: FieldCropOptions,
): FieldCrop {
  assertOptions(options, checks);
  const { threshold, upsampling = 'fill' } = options;
  assertPicture('picture', picture);
  assertTop(top);
  const { field, map } = top;
  if (upsampling !== 'fill') assertSize(picture, upsampling);
  const box = wholePixels(field, picture);
  const mask = litMask(map, { threshold, upsampling }, [picture.height, picture.width]);
  const part = crop({ shape: [1, picture.height, picture.width, 1], data: mask }, box);
  return {
    picture: cropPicture(picture, box),
    mask: { shape: [box.height, box.width], data: part.data },
    top: box.top,
    left: box.left,
  };
}

/** Fields are in pixels of the input; of a larger photo they would be another part. */
function assertSize({ height, width }: Picture, { imageSize }: Exclude<Upsampling, 'fill'>): void {
  const [rows, columns] = heightAndWidth('upsampling.imageSize', imageSize);
  if (height === rows && width === columns) return;
  throw new VitrineError(
    'bad-argument',
    `"picture" expected ${rows}×${columns} pixels as the input has, got ${height}×${width}`,
  );
}

function assertTop(top: unknown): void {
  const { field, map } = (typeof top === 'object' && top !== null ? top : {}) as Partial<TopImage>;
  assertNumbers('top.field.rows', field?.rows, 2);
  assertNumbers('top.field.columns', field?.columns, 2);
  assertArray('top.map', map as TopImage['map'], [2]);
  assertFiniteArray('top.map', map as TopImage['map']);
}

/** The pixels of a field, those included of which it has a part. */
function wholePixels({ rows, columns }: FieldBox, { height, width }: Picture): PixelWindow {
  const [top, left] = [Math.floor(rows[0]), Math.floor(columns[0])];
  const [bottom, right] = [Math.ceil(rows[1]), Math.ceil(columns[1])];
  const text = `rows ${rows[0]} to ${rows[1]} and columns ${columns[0]} to ${columns[1]}`;
  if (!(rows[0] <= rows[1] && columns[0] <= columns[1])) {
    throw new VitrineError(
      'bad-argument',
      `"field" expected one with pixels of the picture, got ${text}: all in the padding`,
    );
  }
  if (top < 0 || left < 0 || bottom >= height || right >= width) {
    throw new VitrineError(
      'bad-argument',
      `"field" expected one in a picture of ${height} rows and ${width} columns, got ${text}`,
    );
  }
  return { top, left, height: bottom - top + 1, width: right - left + 1 };
}
