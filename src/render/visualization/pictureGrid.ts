import type { Picture } from '../../image/types.ts';
import { assertList, assertRoom } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, integer, listOf, type OptionChecks, text } from '../../numeric/options.ts';
import { contactSheet } from '../contactSheet.ts';
import { blank, place } from '../drawing/canvas.ts';
import { samePictures } from './samePictures.ts';

/** Options of {@link pictureGrid}. */
export interface PictureGridOptions {
  /** Pictures side by side in each grid; 3 by default. */
  readonly columns?: number;
  /** What is written above each grid; nothing by default. */
  readonly titles?: readonly string[];
  /** Above all of them; none by default. */
  readonly title?: string;
  /** The width of a grid, before `magnification`; its own by default, at least 160. */
  readonly cellWidth?: number;
  /** Enlarges everything, text included; a whole number from 1 to 16, 1 by default. */
  readonly magnification?: number;
}

const checks: OptionChecks<PictureGridOptions> = {
  columns: integer(1),
  titles: listOf(text),
  title: text,
  cellWidth: integer(1),
  magnification: integer(1, 16),
};

/** Between pictures, in pixels. */
const GAP = 2;

/**
 * Grids of pictures beside each other: what was carried back of the nine images that excite a unit most, and the patches
 * of these images in the same places.
 *
 * Source: Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks", Fig. 2.
 *
 * @param grids for each grid its pictures, row by row: a list of pictures of one size, or pictures `[n, h, w, c]` of 0 to 1.
 * @param options `columns` (3), `titles`, `title`, `cellWidth`, `magnification`.
 * @returns the grids in one picture.
 * @throws {VitrineError} if there is no grid or an empty one, pictures of one differ in size, or there are other than as
 * many titles.
 * @example
 * ```ts
 * import { pictureGrid } from 'vitrine/render';
 * import { deconvPatches } from 'vitrine/visualization';
 * const { units } = await deconvPatches(model, x, { layer: 'conv2', unit: 3, range: [-1, 1] });
 * const { patches } = units[0];
 * const grids = [patches.map(({ projection }) => projection), patches.map(({ picture }) => picture)];
 * const sheet = pictureGrid(grids, { titles: ['deconvnet', 'images'], magnification: 2 });
 * ```
 */
export function pictureGrid(
  grids: readonly (NdArray | readonly Picture[])[],
  options: PictureGridOptions = {},
): Picture {
  assertOptions(options, checks);
  const { columns = 3, titles, ...sheet } = options;
  assertList('grids', grids);
  if (grids.length === 0) throw new VitrineError('bad-argument', '"grids" expected at least one grid, got none');
  if (titles && titles.length !== grids.length)
    throw new VitrineError('bad-argument', `"titles" expected ${grids.length} titles, got ${titles.length}`);
  const cells = grids.map((grid, i) => ({
    picture: gridOf(grid, columns, `grids[${i}]`),
    ...(titles && { title: titles[i] as string }),
  }));
  return contactSheet(cells, { columns: grids.length, ...sheet });
}

/** Pictures row by row on white. */
function gridOf(pictures: NdArray | readonly Picture[], columns: number, argument: string): Picture {
  const all = samePictures(argument, pictures);
  const [{ width, height }] = all;
  const across = Math.min(columns, all.length);
  const size = [across * (width + GAP) - GAP, Math.ceil(all.length / across) * (height + GAP) - GAP] as const;
  assertRoom(argument, [...size, 4]);
  const canvas = blank(...size, [255, 255, 255]);
  all.forEach((one, i) => {
    place(canvas, one, [(i % across) * (width + GAP), Math.floor(i / across) * (height + GAP)]);
  });
  return canvas;
}
