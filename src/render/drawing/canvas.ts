import { picture } from '../../image/picture.ts';
import type { Picture } from '../../image/types.ts';

/** Red, green and blue, 0 to 255. */
export type Color = readonly [red: number, green: number, blue: number];

/** Where something lies, in pixels from the top left. */
interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** An opaque picture of one colour, to draw on. */
export function blank(width: number, height: number, [red, green, blue]: Color): Picture {
  const canvas = picture(width, height);
  for (let i = 0; i < canvas.data.length; i += 4) canvas.data.set([red, green, blue, 255], i);
  return canvas;
}

/** Mixes a colour into a pixel; does nothing beyond the edges. */
export function blendPixel(
  canvas: Picture,
  { x, y, coverage }: { x: number; y: number; coverage: number },
  color: Color,
): void {
  if (x < 0 || y < 0 || x >= canvas.width || y >= canvas.height) return;
  const at = (y * canvas.width + x) * 4;
  for (let c = 0; c < 3; c++) {
    const under = canvas.data[at + c] as number;
    canvas.data[at + c] = under + ((color[c] as number) - under) * coverage;
  }
}

/** Fills a box with one colour. */
export function fill(canvas: Picture, { left, top, width, height }: PixelBox, color: Color): void {
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) blendPixel(canvas, { x, y, coverage: 1 }, color);
  }
}

/** Lays a picture over the canvas, as opaque as it is. */
export function place(canvas: Picture, { data, width, height }: Picture, [left, top]: readonly [number, number]): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      const color = [data[at], data[at + 1], data[at + 2]] as unknown as Color;
      blendPixel(canvas, { x: left + x, y: top + y, coverage: (data[at + 3] as number) / 255 }, color);
    }
  }
}

/** Puts a picture in place of what is there, its opacity too; all of it must fit. */
export function paste(canvas: Picture, { data, width, height }: Picture, [left, top]: readonly [number, number]): void {
  for (let y = 0; y < height; y++) {
    canvas.data.set(data.subarray(y * width * 4, (y + 1) * width * 4), ((top + y) * canvas.width + left) * 4);
  }
}
