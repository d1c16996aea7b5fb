import type { Random } from '../../../../numeric/random.ts';
import type { Ball } from '../../field/ball.ts';
import { corner, type Picture, type Proposal, type SquareDraw, sign } from './proposals.ts';

/** A part of a picture as high as it is wide. */
interface Window {
  readonly at: readonly [row: number, column: number];
  readonly side: number;
}

/** Bumps all over the picture, five along its height, each up or down in each channel. */
export function bumpsEverywhere(picture: Picture, ball: Ball, random: Random): Proposal {
  const [rows, columns, channels] = picture.size;
  const side = Math.max(Math.floor(rows / 5), 1);
  const margin = Math.max(Math.floor((rows - side * 5) / 2), 0);
  const delta = new Float64Array(rows * columns * channels);
  for (let row = margin; row + side <= rows; row += side)
    for (let column = margin; column + side <= columns; column += side) {
      const shape = bump(side, random);
      const window = { at: [row, column], side } as const;
      for (let channel = 0; channel < channels; channel++) {
        const factor = sign(random);
        placesOf(picture, window, channel).forEach((place, i) => {
          delta[place] = factor * (shape[i] as number);
        });
      }
    }
  return changedBy(picture, ball, delta);
}

/** A bump is added to what there is in one window, with the length that another window has lost, which is left as it was. */
export function movedBump(picture: Picture, ball: Ball, { query, schedule, random }: SquareDraw): Proposal {
  const { original, current } = picture;
  const [rows, columns, channels] = picture.size;
  const epsilon = ball.epsilon as number;
  const delta = Float64Array.from(current, (value, i) => value - (original[i] as number));
  const side = oddSide(Math.round(Math.sqrt(schedule(query) * rows * columns)), Math.min(rows, columns));
  const drawn = (): Window => ({ at: [corner(rows, side, random), corner(columns, side, random)], side });
  const [to, from] = [drawn(), drawn()];
  const both = new Set([to, from].flatMap((window) => everyChannel(picture, window)));
  const spare = Math.max(epsilon ** 2 - squares(delta), 0) / channels + squares(pick(delta, [...both]));
  const shape = bump(side, random);
  const parts = Array.from({ length: channels }, (_, channel) => {
    const places = placesOf(picture, to, channel);
    const held = unit(pick(delta, places));
    const factor = sign(random);
    return { places, values: unit(held.map((value, i) => value + factor * (shape[i] as number))) };
  });
  for (const place of everyChannel(picture, from)) delta[place] = 0;
  for (const { places, values } of parts)
    places.forEach((place, i) => {
      delta[place] = (values[i] as number) * Math.sqrt(spare);
    });
  return changedBy(picture, ball, delta);
}

/**
 * Two piles of rectangles, one up and one down, side by side or one above the other: `[side, side]` of length 1. On a pile the
 * value at distance d from its middle is the sum of 1/(k + 1)² over k ≥ d.
 */
export function bump(side: number, random: Random): Float64Array {
  const half = Math.floor(side / 2);
  const upright = [...pile(half, side), ...pile(side - half, side).map((value) => -value)];
  const isTurned = random.uniform() > 0.5;
  const at = (i: number): number => (isTurned ? (i % side) * side + Math.floor(i / side) : i);
  return unit(Float64Array.from(upright, (_, i) => upright[at(i)] as number));
}

function pile(rows: number, columns: number): Float64Array {
  const middle = [Math.floor(rows / 2), Math.floor(columns / 2)] as const;
  const rings = Math.max(...middle) + 1;
  const heights = new Float64Array(rings + 1);
  for (let k = rings - 1; k >= 0; k--) heights[k] = (heights[k + 1] as number) + 1 / (k + 1) ** 2;
  return unit(
    Float64Array.from({ length: rows * columns }, (_, i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      return heights[Math.max(Math.abs(row - middle[0]), Math.abs(column - middle[1]))] as number;
    }),
  );
}

/** The picture changed by the whole length along a direction, within the bounds. */
function changedBy({ size: [rows, columns, channels], original }: Picture, ball: Ball, delta: Float64Array): Proposal {
  const { low, high } = ball.space;
  const along = unit(delta);
  const colors = Float32Array.from(original, (value, i) => {
    const moved = value + (ball.epsilon as number) * (along[i] as number);
    return Math.min(Math.max(moved, low[i % channels] as number), high[i % channels] as number);
  });
  return { at: [0, 0], size: [rows, columns], colors };
}

/** Where the numbers of a channel of a window are in a picture. */
function placesOf({ size: [, columns, channels] }: Picture, { at, side }: Window, channel: number): readonly number[] {
  return Array.from({ length: side * side }, (_, i) => {
    const [row, column] = [at[0] + Math.floor(i / side), at[1] + (i % side)];
    return (row * columns + column) * channels + channel;
  });
}

function everyChannel(picture: Picture, window: Window): readonly number[] {
  return Array.from({ length: picture.size[2] }, (_, channel) => placesOf(picture, window, channel)).flat();
}

function oddSide(side: number, most: number): number {
  return Math.min(Math.max(side, 3) | 1, most);
}

function pick(values: Float64Array, places: readonly number[]): Float64Array {
  return Float64Array.from(places, (place) => values[place] as number);
}

function squares(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}

/** The same direction with length 1; nothing stays nothing. */
function unit(values: Float64Array): Float64Array {
  const length = Math.sqrt(squares(values)) + 1e-12;
  return values.map((value) => value / length);
}
