import { crop, type PixelWindow } from './crop.ts';
import { picture as makePicture } from './picture.ts';
import type { Picture } from './types.ts';

/** Cuts a window that lies within it out of a picture. */
export function cropPicture({ width, height, data }: Picture, window: PixelWindow): Picture {
  return makePicture(window.width, window.height, crop({ shape: [1, height, width, 4], data }, window).data);
}
