import { readdir } from 'node:fs/promises';
import type { NdArray, Picture } from 'vitrine';
import { toInput } from 'vitrine';
import { readPicture } from 'vitrine/node';
import { shapes } from '../../src/dissection/synthetic/shapes.ts';
import { cropPicture, type PixelWindow } from '../../src/image/crop.ts';
import { random } from '../../src/numeric/random.ts';
import { colors } from '../scenes/colors.ts';
import { drawScene } from '../scenes/drawScene.ts';
import { placed } from '../scenes/scene.ts';
import { scale, side } from './network.ts';

/** Shares of a photo's shorter side that patches have. */
const shares = [1, 0.6, 0.35] as const;

/** The photos of a folder, by name. */
export async function photosOf(folder: string): Promise<readonly Picture[]> {
  const names = (await readdir(folder)).filter((name) => /\.(png|jpe?g)$/i.test(name)).sort();
  return Promise.all(names.map((name) => readPicture(`${folder}/${name}`)));
}

/** Square patches of photos as the network takes them, one example each: at most so many in all, of each photo as many. */
export function patchesOf(photos: readonly Picture[], most: number): readonly NdArray[] {
  const each = Math.max(1, Math.floor(most / photos.length));
  return photos.flatMap((photo) => {
    const windows = shares.flatMap((share) => windowsOf(photo, share));
    const step = Math.max(1, windows.length / each);
    const chosen = Array.from({ length: Math.min(each, windows.length) }, (_, i) => windows[Math.floor(i * step)]);
    return chosen.map((window) => toInput(cropPicture(photo, window as PixelWindow), { size: side, ...scale }));
  });
}

/** Windows of a photo that overlap by half. */
function windowsOf({ width, height }: Picture, share: number): readonly PixelWindow[] {
  const length = Math.round(share * Math.min(width, height));
  return starts(height, length).flatMap((top) =>
    starts(width, length).map((left) => ({ top, left, height: length, width: length })),
  );
}

function starts(whole: number, length: number): readonly number[] {
  const count = Math.max(1, Math.ceil((2 * whole) / length) - 1);
  return Array.from({ length: count }, (_, i) => (count === 1 ? 0 : Math.round((i * (whole - length)) / (count - 1))));
}

/** Drawn scenes of a few shapes, as the network takes them. */
export function scenes(count: number): readonly NdArray[] {
  const names = Object.keys(shapes) as readonly (keyof typeof shapes)[];
  const palette = Object.values(colors);
  return Array.from({ length: count }, (_, i) => {
    const source = random(7, i);
    const described = Array.from({ length: 3 }, () => ({
      shape: names[source.integer(names.length)] as keyof typeof shapes,
      color: palette[source.integer(palette.length)] as (typeof palette)[number],
    }));
    const objects = placed(described, { size: side, radius: [18, 48] }, source);
    const background = {
      color: palette[source.integer(palette.length)] as (typeof palette)[number],
      texture: 0.15,
      noise: 0.03,
    };
    return drawScene(objects, { size: side, background, source });
  });
}
