import type { Picture } from '../types.ts';

const orientationTag = 0x0112;

/**
 * How the stored rows and columns lie in the scene: 1, as they are, where nothing valid is said.
 *
 * Source: EXIF 2.3, 4.6.4 A.
 *
 * @param exif the data of EXIF, from their TIFF header on.
 */
export function orientationOf(exif: Uint8Array): number {
  const tiff = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  if (tiff.byteLength < 8) return 1;
  const little = tiff.getUint16(0) === 0x4949;
  const directory = tiff.getUint32(4, little);
  const entries = directory + 2 <= tiff.byteLength ? tiff.getUint16(directory, little) : 0;
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > tiff.byteLength) return 1;
    if (tiff.getUint16(at, little) === orientationTag) return tiff.getUint16(at + 8, little);
  }
  return 1;
}

/** A picture as its orientation says that it lay in the scene. */
export function upright(stored: Picture, orientation: number): Picture {
  if (!(orientation >= 2 && orientation <= 8)) return stored;
  const turned = orientation >= 5;
  const [width, height] = turned ? [stored.height, stored.width] : [stored.width, stored.height];
  const from = new Uint32Array(stored.data.buffer, stored.data.byteOffset, width * height);
  const to = new Uint32Array(width * height);
  for (let pixel = 0; pixel < to.length; pixel++) {
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    const [down, along] = turned ? [column, row] : [row, column];
    const sourceRow = [3, 4, 6, 7].includes(orientation) ? stored.height - 1 - down : down;
    const sourceColumn = [2, 3, 7, 8].includes(orientation) ? stored.width - 1 - along : along;
    to[pixel] = from[sourceRow * stored.width + sourceColumn] as number;
  }
  return { width, height, data: new Uint8ClampedArray(to.buffer) };
}
