import type { NdArray } from '../../numeric/ndarray.ts';
import type { Random } from '../../numeric/random.ts';

interface Bumps {
  readonly parts: readonly { readonly positions: NdArray<Float64Array> }[];
  readonly spurious: readonly [row: number, column: number] | null;
}

interface Canvas {
  readonly positions: number;
  readonly centre: readonly [number, number];
  readonly jump: readonly [number, number];
  readonly images: number;
  readonly noise: number;
  readonly random: Random;
}

/** The width of a bump, in steps of the grid. */
const WIDTH = 0.7;
const FLOOR = -0.3;

/** Maps `[n, h, w, filters]` with a bump wherever a filter responds. */
export function paint(filters: readonly Bumps[], canvas: Canvas): NdArray {
  const { positions, images, noise, random } = canvas;
  const size = positions * positions;
  const data = Float32Array.from({ length: images * size * filters.length }, () => FLOOR + noise * random.normal());
  for (let image = 0; image < images; image++) {
    filters.forEach(({ parts, spurious }, filter) => {
      const at = { data, start: image * size * filters.length + filter, step: filters.length };
      for (const { positions: places } of parts) {
        const place = [places.data[2 * image] as number, places.data[2 * image + 1] as number] as const;
        addBump(at, { canvas, place, height: 1.3 + 0.25 * random.normal() });
      }
      if (spurious) addBump(at, { canvas, place: spurious, height: 1.3 });
    });
  }
  return { shape: [images, positions, positions, filters.length], data };
}

function addBump(
  { data, start, step }: { data: Float32Array; start: number; step: number },
  { canvas, place, height }: { canvas: Canvas; place: readonly [number, number]; height: number },
): void {
  const { positions, centre, jump } = canvas;
  for (let row = 0; row < positions; row++) {
    for (let column = 0; column < positions; column++) {
      const down = centre[0] / jump[0] + row - place[0] / jump[0];
      const across = centre[1] / jump[1] + column - place[1] / jump[1];
      const k = start + (row * positions + column) * step;
      data[k] = (data[k] as number) + height * Math.exp(-(down * down + across * across) / (2 * WIDTH * WIDTH));
    }
  }
}
