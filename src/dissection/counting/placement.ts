import { receptiveField } from '../../network/fields/receptiveField.ts';
import type { Network } from '../../network/network.ts';
import { assertNumber } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';

/**
 * Where the positions of a layer lie in the image: spread evenly so as to fill it, or about the centres of their
 * receptive fields; `centre` of the first and `jump` between neighbours, in pixels of an image of `imageSize`.
 */
export type Upsampling = 'fill' | Anchors;

/** The centres of receptive fields, see `receptiveField`: a number for both axes, or one for rows and one for columns. */
export interface Anchors {
  readonly centre: number | readonly [number, number];
  readonly jump: number | readonly [number, number];
  readonly imageSize: number | readonly [number, number];
}

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
    return axisOf(from, to, upsampling === 'fill' ? filling(from, to) : anchored(upsampling, axis as 0 | 1, to));
  }) as unknown as readonly [Axis, Axis];
}

/** Refuses anchors that are no numbers. */
export function assertUpsampling(upsampling: Upsampling): void {
  if (upsampling === 'fill') return;
  for (const axis of [0, 1] as const) {
    const { centre, jump, imageSize } = upsampling;
    assertNumber('upsampling.centre', along(centre, axis));
    assertNumber('upsampling.jump', along(jump, axis), Number.MIN_VALUE);
    assertNumber('upsampling.imageSize', along(imageSize, axis), 1);
  }
}

/** Half-pixel centres: the positions fill the image. */
function filling(positions: number, pixels: number): (pixel: number) => number {
  return (pixel) => ((pixel + 0.5) * positions) / pixels - 0.5;
}

/** From pixels of labels to pixels of the image, and from there to positions. */
function anchored({ centre, jump, imageSize }: Anchors, axis: 0 | 1, pixels: number): (pixel: number) => number {
  const ratio = along(imageSize, axis) / pixels;
  return (pixel) => ((pixel + 0.5) * ratio - 0.5 - along(centre, axis)) / along(jump, axis);
}

function along(both: Anchors['centre'], axis: 0 | 1): number {
  return typeof both === 'number' ? both : both[axis];
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

/**
 * Where the positions of a layer lie in the image: at the centres of their receptive fields. Gates are left out of
 * these, since through them every position sees everything.
 */
export function fieldAnchors(network: Network, layer: string): Upsampling {
  const [, rows, columns] = network.inputs[0]?.shape ?? [];
  if (typeof rows !== 'number' || typeof columns !== 'number') {
    throw new VitrineError(
      'bad-argument',
      '"upsampling" expected "fill" or {centre, jump, imageSize} for a model that leaves its input size open',
    );
  }
  const { centre, jump } = receptiveField(network, layer, { ignoreGates: true });
  // A layer of one row or column lies everywhere in that direction.
  const steps = [jump[0] || rows, jump[1] || columns] as const;
  return { centre, jump: steps, imageSize: [rows, columns] };
}
