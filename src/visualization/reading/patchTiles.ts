import { fromInput } from '../../image/fromInput.ts';
import { picture } from '../../image/picture.ts';
import { type PixelScale, pixelScale } from '../../image/pixelScale.ts';
import type { Picture } from '../../image/types.ts';
import type { ReceptiveField } from '../../network/fields/receptiveField.ts';
import type { Network } from '../../network/network.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { fieldWindow, tileOf } from './fieldTile.ts';

/** The part of an image that a position sees, and what was carried back to it. */
export interface PatchTiles {
  /** The first row of the tile in the image, negative where it begins outside. */
  readonly top: number;
  /** The first column. */
  readonly left: number;
  /** What was carried back, signed, `[h, w, c]` in the channels of the input. */
  readonly values: NdArray;
  /** The same as a picture: 0 is grey, the greatest magnitude black or white. */
  readonly projection: Picture;
  /** The image there. */
  readonly picture: Picture;
}

/** Cuts tiles out of images, which are all of one size for the positions of a layer. */
export interface PatchCutter {
  readonly size: readonly [height: number, width: number];
  /** Cuts tiles out of an image `[1, h, w, c]` and what was carried back to it. */
  of(image: NdArray): (position: readonly [row: number, column: number], projection: NdArray) => PatchTiles;
}

/** The tiles of a layer with a receptive field. */
export function patchTiles(field: ReceptiveField, { inputs }: Network, scale: PixelScale): PatchCutter {
  const imageSize = inputs[0].shape.slice(1, 3) as [number, number];
  const { height, width } = fieldWindow(field, [0, 0], imageSize);
  return {
    size: [height, width],
    of(image) {
      const shown = fromInput(image, scale);
      const [, rows, columns, channels] = image.shape as [number, number, number, number];
      return (position, projection) => {
        const window = fieldWindow(field, position, imageSize);
        const none = new Array<number>(channels).fill(0);
        const data = tileOf(projection.data, [rows, columns, channels], { ...window, outside: none });
        const values: NdArray = { shape: [height, width, channels], data };
        const pixels = tileOf(shown.data, [rows, columns, 4], { ...window, outside: grey });
        return {
          top: window.top,
          left: window.left,
          values,
          projection: aboutGrey(values, scale),
          picture: picture(width, height, pixels),
        };
      };
    },
  };
}

const grey = [128, 128, 128, 255];

/** Signed values as a picture, by their greatest magnitude. */
function aboutGrey({ shape, data }: NdArray, scale: PixelScale): Picture {
  const most = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const { channels, order } = pixelScale(scale);
  const layout = { channels: channels as 1 | 3, order: order[0] === 2 ? 'bgr' : 'rgb' } as const;
  return fromInput({ shape, data: data.map((value) => value / most) }, { range: [-1, 1], ...layout });
}
