import {
  interpolateCividis,
  interpolateGreys,
  interpolateInferno,
  interpolateMagma,
  interpolatePiYG,
  interpolatePlasma,
  interpolatePRGn,
  interpolatePuOr,
  interpolateRdBu,
  interpolateReds,
  interpolateTurbo,
  interpolateViridis,
} from 'd3-scale-chromatic';
import { assertChoice } from '../../numeric/check.ts';

/** Colour maps whose middle is pale and stands for zero; `'RdBu'` goes from blue below zero to red above. */
export type DivergingColormap = 'RdBu' | 'PuOr' | 'PRGn' | 'PiYG';

/** Colour maps that go one way, from low to high; `'greys'` from black to white, `'reds'` from white to red. */
export type SequentialColormap = 'inferno' | 'viridis' | 'magma' | 'plasma' | 'cividis' | 'turbo' | 'greys' | 'reds';

/** The name of a colour map. */
export type Colormap = DivergingColormap | SequentialColormap;

const diverging: Readonly<Record<DivergingColormap, (t: number) => string>> = {
  // Turned round: warm colours speak for the target.
  RdBu: (t) => interpolateRdBu(1 - t),
  PuOr: (t) => interpolatePuOr(1 - t),
  PRGn: interpolatePRGn,
  PiYG: (t) => interpolatePiYG(1 - t),
};

const sequential: Readonly<Record<SequentialColormap, (t: number) => string>> = {
  inferno: interpolateInferno,
  viridis: interpolateViridis,
  magma: interpolateMagma,
  plasma: interpolatePlasma,
  cividis: interpolateCividis,
  turbo: interpolateTurbo,
  greys: (t) => interpolateGreys(1 - t),
  reds: interpolateReds,
};

const interpolators: Readonly<Record<Colormap, (t: number) => string>> = { ...diverging, ...sequential };

/** Refuses an unknown name. */
export function assertColormap(argument: string, colormap: Colormap): void {
  assertChoice(argument, colormap, Object.keys(interpolators) as Colormap[]);
}

/** The 256 colours of a colour map from low to high, as `256 × 3` bytes. */
export function colorTable(colormap: Colormap): Uint8Array {
  const colorAt = interpolators[colormap];
  return Uint8Array.from(Array.from({ length: 256 }, (_, i) => bytesOf(colorAt(i / 255))).flat());
}

/** Whether the middle of a colour map stands for zero. */
export function isDiverging(colormap: Colormap): boolean {
  return colormap in diverging;
}

// Some maps give '#440154', others 'rgb(68, 1, 84)'.
function bytesOf(color: string): readonly number[] {
  const parts = color.startsWith('#') ? color.slice(1).match(/../g) : color.match(/\d+/g);
  return (parts ?? []).slice(0, 3).map((part) => Number.parseInt(part, color.startsWith('#') ? 16 : 10));
}
