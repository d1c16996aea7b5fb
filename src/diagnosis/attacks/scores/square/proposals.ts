import type { Position } from '../../../../backend/kernels/cropRegions.ts';
import type { Random } from '../../../../numeric/random.ts';
import type { Ball } from '../../field/ball.ts';
import type { SquareSchedule } from './squareSchedule.ts';

/** A picture `[h, w, c]` under attack. */
export interface Picture {
  readonly size: readonly [rows: number, columns: number, channels: number];
  /** As it was. */
  readonly original: Float32Array;
  /** As it is by now; nobody changes these numbers. */
  readonly current: Float32Array;
}

/** New colours of a part of a picture. */
export interface Proposal {
  readonly at: Position;
  readonly size: readonly [rows: number, columns: number];
  /** `[rows, columns, c]` */
  readonly colors: Float32Array;
}

/** The whole picture with vertical stripes: every column goes up or down, in each channel by itself. */
export function stripes(picture: Picture, ball: Ball, random: Random): Proposal {
  const [rows, columns, channels] = picture.size;
  const signs = Int8Array.from({ length: columns * channels }, () => sign(random));
  const change = (_row: number, column: number, channel: number): number =>
    signs[column * channels + channel] as number;
  return recolored({ ...picture, current: picture.original }, ball, { at: [0, 0], size: [rows, columns], change });
}

/** A square of one colour: all of it goes up or down by twice the length, in each channel by itself. */
export function squareAt(picture: Picture, ball: Ball, { query, schedule, random }: SquareDraw): Proposal {
  const [rows, columns, channels] = picture.size;
  const wide = Math.max(Math.round(Math.sqrt(schedule(query) * rows * columns)), 1);
  const side = Math.min(wide, rows, columns);
  const at: Position = [corner(rows, side, random), corner(columns, side, random)];
  const signs = Int8Array.from({ length: channels }, () => sign(random));
  return recolored(picture, ball, { at, size: [side, side], change: (_row, _column, c) => 2 * (signs[c] as number) });
}

/** What a query draws. */
export interface SquareDraw {
  readonly query: number;
  readonly schedule: SquareSchedule;
  readonly random: Random;
}

/** A picture with the colours of a proposal. */
export function withProposal(
  { size: [, wide, channels], current }: Picture,
  { at, size, colors }: Proposal,
): Float32Array {
  const changed = Float32Array.from(current);
  const length = size[1] * channels;
  for (let row = 0; row < size[0]; row++)
    changed.set(colors.subarray(row * length, (row + 1) * length), ((at[0] + row) * wide + at[1]) * channels);
  return changed;
}

interface Recoloring {
  readonly at: Position;
  readonly size: readonly [rows: number, columns: number];
  /** By how many times the length a number changes. */
  readonly change: (row: number, column: number, channel: number) => number;
}

function recolored(
  { size, original, current }: Picture,
  ball: Ball,
  { at, size: [tall, wide], change }: Recoloring,
): Proposal {
  const { epsilon, space } = ball;
  const [, columns, channels] = size;
  const colors = new Float32Array(tall * wide * channels);
  for (let i = 0; i < colors.length; i++) {
    const channel = i % channels;
    const [row, column] = [Math.floor(i / (wide * channels)), Math.floor(i / channels) % wide];
    const place = ((at[0] + row) * columns + at[1] + column) * channels + channel;
    const length = typeof epsilon === 'number' ? epsilon : (epsilon[channel] as number);
    const from = original[place] as number;
    const moved = (current[place] as number) + length * change(row, column, channel);
    const near = Math.min(Math.max(moved, from - length), from + length);
    colors[i] = Math.min(Math.max(near, space.low[channel] as number), space.high[channel] as number);
  }
  return { at, size: [tall, wide], colors };
}

/** Where a window begins. The last place is left out, as in the released code: `random_int(0, h − s)` excludes its end. */
export function corner(length: number, side: number, { uniform }: Random): number {
  return Math.floor(uniform() * (length - side));
}

/** Up or down. */
export function sign({ uniform }: Random): 1 | -1 {
  return uniform() < 0.5 ? -1 : 1;
}
