import { covers, type Figure } from '../../src/dissection/synthetic/shapes.ts';
import type { SceneObject } from '../scenes/scene.ts';
import { type PartName, partNames } from './anatomy.ts';

/** A piece of an animal in pixels, or something else in the picture. */
export interface PaintedPiece extends SceneObject {
  readonly part?: PartName;
}

/** Where the parts of an animal are; the centre of the first pixel is 0. */
export interface PartPlaces {
  /** `[p, 2]`, row and column of the middle of each part; NaN where less than a third of it is to be seen. */
  readonly landmarks: { readonly shape: readonly number[]; readonly data: Float64Array };
  /** `[p, 4]`: top, left, bottom, right edge of what is to be seen of each part; NaN where the landmark is. */
  readonly boxes: { readonly shape: readonly number[]; readonly data: Float64Array };
  /** `[p, size, size]`: 1 where a part is to be seen; empty where the landmark is NaN. */
  readonly masks: { readonly shape: readonly number[]; readonly data: Uint8Array };
}

/** Finds the parts of an animal, pixel by pixel, by what their centres show; `before` is what stands in front of it. */
export function partPlaces(
  animal: readonly PaintedPiece[],
  { before, size }: { before: readonly Figure[]; size: number },
): PartPlaces {
  const owners = ownersOf(animal, size);
  const hidden = owners.map((owner, pixel) => owner && before.some((figure) => isCovered(figure, pixel, size)));
  const landmarks = new Float64Array(partNames.length * 2).fill(Number.NaN);
  const boxes = new Float64Array(partNames.length * 4).fill(Number.NaN);
  const masks = new Uint8Array(partNames.length * size * size);
  partNames.forEach((part, p) => {
    const own = [...owners.keys()].filter((pixel) => owners[pixel] === part);
    const seen = own.filter((pixel) => !hidden[pixel]);
    if (own.length === 0 || 3 * seen.length < own.length) return;
    landmarks.set(middleOf(own, size), 2 * p);
    boxes.set(boxOf(seen, size), 4 * p);
    for (const pixel of seen) masks[p * size * size + pixel] = 1;
  });
  return {
    landmarks: { shape: [partNames.length, 2], data: landmarks },
    boxes: { shape: [partNames.length, 4], data: boxes },
    masks: { shape: [partNames.length, size, size], data: masks },
  };
}

/** The part that each pixel would show if nothing stood in front. */
function ownersOf(animal: readonly PaintedPiece[], size: number): readonly (PartName | undefined)[] {
  const owners = new Array<PartName | undefined>(size * size).fill(undefined);
  for (const piece of animal.toReversed()) {
    const [down, across] = [piece.radius, piece.radius * (piece.aspect ?? 1)];
    const [top, bottom] = [Math.max(Math.floor(piece.row - down), 0), Math.min(piece.row + down, size)];
    const [left, right] = [Math.max(Math.floor(piece.column - across), 0), Math.min(piece.column + across, size)];
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        const pixel = row * size + column;
        if (isCovered(piece, pixel, size)) owners[pixel] = piece.part;
      }
    }
  }
  return owners;
}

/** Whether a figure covers the centre of a pixel; figures count from the corner of the first pixel. */
function isCovered(figure: Figure, pixel: number, size: number): boolean {
  return covers(figure, Math.floor(pixel / size) + 0.5, (pixel % size) + 0.5);
}

function middleOf(pixels: readonly number[], size: number): readonly [row: number, column: number] {
  const mean = (of: (pixel: number) => number): number =>
    pixels.reduce((sum, pixel) => sum + of(pixel), 0) / pixels.length;
  return [mean((pixel) => Math.floor(pixel / size)), mean((pixel) => pixel % size)];
}

function boxOf(pixels: readonly number[], size: number): readonly number[] {
  const [rows, columns] = [pixels.map((pixel) => Math.floor(pixel / size)), pixels.map((pixel) => pixel % size)];
  return [Math.min(...rows) - 0.5, Math.min(...columns) - 0.5, Math.max(...rows) + 0.5, Math.max(...columns) + 0.5];
}
