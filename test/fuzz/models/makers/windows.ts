import type { Draws } from '../../draws.ts';
import type { Shape } from './maker.ts';

/** Where channels are, and how long the other axes. */
export interface Layout {
  readonly dataFormat: 'channelsFirst' | 'channelsLast';
  readonly lengths: readonly number[];
}

/** How windows move over the axes of a plane. */
export interface Window {
  readonly size: number[];
  readonly strides: number[];
  readonly padding: 'same' | 'valid';
  readonly dilationRate: number[];
}

/** Channels last, or, in some draws, first. */
export function layoutOf(shape: Shape, draws: Draws): Layout {
  return draws.chance(0.25)
    ? { dataFormat: 'channelsFirst', lengths: shape.slice(1) }
    : { dataFormat: 'channelsLast', lengths: shape.slice(0, -1) };
}

/** Windows of odd sizes, strides and paddings that find at least one place; dilated ones have no strides. */
export function windowOf(
  lengths: readonly number[],
  draws: Draws,
  { dilate = false }: { dilate?: boolean } = {},
): Window {
  const padding = draws.oneOf(['same', 'valid'] as const);
  const size = lengths.map((length) => draws.between(1, Math.min(3, length)));
  const spread = (length: number, window: number): number =>
    window === 1 || (padding === 'valid' && 2 * (window - 1) + 1 > length) ? 1 : draws.between(1, 2);
  const dilated = dilate && draws.chance(0.3);
  return {
    size,
    padding,
    strides: lengths.map(() => (dilated ? 1 : draws.between(1, 3))),
    dilationRate: lengths.map((length, i) => (dilated ? spread(length, size[i] as number) : 1)),
  };
}
