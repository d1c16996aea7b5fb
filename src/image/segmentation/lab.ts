import { forEachOf, type Sliced } from '../../numeric/sliced.ts';
import type { UnitPlane } from './plane.ts';

/** CIELAB (white D65) of an image in sRGB; an image with other than three channels as it is, from 0 to 100. */
export function* labOf(plane: UnitPlane): Sliced<UnitPlane> {
  const { channels, data } = plane;
  if (channels !== 3) return { ...plane, data: data.map((value) => value * 100) };
  const lab = new Float64Array(data.length);
  yield* forEachOf(data.length / 3, 200, (pixel) => {
    const i = 3 * pixel;
    const color = labColor(linear(data[i] as number), linear(data[i + 1] as number), linear(data[i + 2] as number));
    for (let k = 0; k < 3; k++) lab[i + k] = color[k] as number;
  });
  return { ...plane, data: lab };
}

// IEC 61966-2-1.
function linear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

// CIE 15:2004, relative to the white point (0.95047, 1, 1.08883).
function labColor(red: number, green: number, blue: number): [number, number, number] {
  const x = compressed((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047);
  const y = compressed(0.2126729 * red + 0.7151522 * green + 0.072175 * blue);
  const z = compressed((0.0193339 * red + 0.119192 * green + 0.9503041 * blue) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function compressed(ratio: number): number {
  return ratio > 216 / 24389 ? Math.cbrt(ratio) : ((24389 / 27) * ratio + 16) / 116;
}
