import type { NdArray } from '../../numeric/ndarray.ts';
import type { Random } from '../../numeric/random.ts';
import { colorName, type Rgb } from './colors.ts';
import type { Composition } from './compose.ts';
import { materials, textures } from './patterns.ts';
import { covers } from './shapes.ts';
import { numberOf } from './vocabulary.ts';

/** A picture, and what is at each of its pixels. */
interface Painting {
  /** `[size, size, 3]`, red, green and blue from −1 to 1. */
  readonly image: NdArray;
  /** `[4, size, size]`: colours, objects, parts, materials. */
  readonly planes: NdArray<Uint16Array>;
}

/** How much patterns lighten and darken, and the standard deviation of the noise. */
const [RELIEF, NOISE] = [0.2, 0.03];

/** Paints a picture pixel by pixel, by what their centres show, and labels each by what is painted. */
export function paint(composition: Composition, size: number, source: Random): Painting {
  const area = size * size;
  const image = new Float32Array(area * 3);
  const planes = new Uint16Array(4 * area);
  for (let pixel = 0; pixel < area; pixel++) {
    const { color, shade, object, part, material } = surfaceAt(composition, pixel, size);
    for (let channel = 0; channel < 3; channel++) {
      const value = (color[channel] as number) + RELIEF * shade + NOISE * source.normal();
      image[pixel * 3 + channel] = 2 * Math.min(Math.max(value, 0), 1) - 1;
    }
    // What the pixel looks like in the end has the name, not what it was to be.
    planes[pixel] = numberOf('color', colorName(colorOf(image, pixel)));
    planes[area + pixel] = numberOf('object', object);
    planes[2 * area + pixel] = part === undefined ? 0 : numberOf('part', part);
    planes[3 * area + pixel] = material === undefined ? 0 : numberOf('material', material);
  }
  return { image: { shape: [size, size, 3], data: image }, planes: { shape: [4, size, size], data: planes } };
}

/** What the centre of a pixel shows. */
interface Surface {
  readonly color: Rgb;
  readonly shade: number;
  readonly object: string;
  readonly part?: string;
  readonly material?: string;
}

function surfaceAt(composition: Composition, pixel: number, size: number): Surface {
  const { parts, thing, sky, ground, horizon, texture, shift } = composition;
  const [y, x] = [Math.floor(pixel / size) + 0.5, (pixel % size) + 0.5];
  const place = [shift[0] + (16 * y) / size, shift[1] + (16 * x) / size] as const;
  const figure = parts.find((candidate) => covers(candidate, y, x));
  if (figure) {
    const { part, color, material } = figure;
    return { color, shade: materials[material](...place), object: thing, part, material };
  }
  const shade = texture ? textures[texture](...place) : 0;
  return y < horizon ? { color: sky, shade, object: 'sky' } : { color: ground, shade, object: 'ground' };
}

function colorOf(image: Float32Array, pixel: number): Rgb {
  const at = (channel: number): number => ((image[pixel * 3 + channel] as number) + 1) / 2;
  return [at(0), at(1), at(2)];
}
