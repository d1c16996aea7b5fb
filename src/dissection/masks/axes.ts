import { along, type Upsampling } from '../../readings/placement.ts';

/** How pixels along an axis lie between the positions of a layer. */
export interface Axis {
  /** The position at or before each pixel. */
  readonly before: Int32Array;
  /** How far each pixel is on the way to the next position, from 0 up to 1. */
  readonly fraction: Float64Array;
  /** The first pixel between each position and the next; one more at the end. */
  readonly first: Int32Array;
}

/** The pixels of `pixels` rows and columns among `positions` rows and columns; outside of all, the nearest counts. */
export function axesOf(
  upsampling: Upsampling,
  positions: readonly [number, number],
  pixels: readonly [number, number],
): readonly [Axis, Axis] {
  return [0, 1].map((axis) => {
    const [from, to] = [positions[axis] as number, pixels[axis] as number];
    return axisOf(from, to, upsampling === 'fill' ? filling(from, to) : placed(upsampling, axis as 0 | 1, to));
  }) as unknown as readonly [Axis, Axis];
}

/** Half-pixel centres: the positions fill the image. */
function filling(positions: number, pixels: number): (pixel: number) => number {
  return (pixel) => ((pixel + 0.5) * positions) / pixels - 0.5;
}

/** From pixels of labels to pixels of the image, and from there to positions. */
function placed(
  { centre, jump, imageSize }: Exclude<Upsampling, 'fill'>,
  axis: 0 | 1,
  pixels: number,
): (pixel: number) => number {
  const ratio = along(imageSize, axis) / pixels;
  return (pixel) => ((pixel + 0.5) * ratio - 0.5 - along(centre, axis)) / along(jump, axis);
}

function axisOf(positions: number, pixels: number, place: (pixel: number) => number): Axis {
  const before = new Int32Array(pixels);
  const fraction = new Float64Array(pixels);
  const first = new Int32Array(positions + 1).fill(pixels);
  for (let pixel = pixels - 1; pixel >= 0; pixel--) {
    const clamped = Math.min(Math.max(place(pixel), 0), positions - 1);
    before[pixel] = Math.floor(clamped);
    fraction[pixel] = clamped - Math.floor(clamped);
    first.fill(pixel, 0, (before[pixel] as number) + 1);
  }
  return { before, fraction, first };
}
