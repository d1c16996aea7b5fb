import { assertChoice } from '../../numeric/check.ts';
import { divergingSteps, sequentialSteps } from './colors.generated.ts';

/** Colour maps whose middle is pale and stands for zero; `'RdBu'` goes from blue below zero to red above. */
export type DivergingColormap = 'RdBu' | 'PuOr' | 'PRGn' | 'PiYG';

/** Colour maps that go one way, from low to high; `'greys'` from black to white, `'reds'` from white to red. */
export type SequentialColormap = 'inferno' | 'viridis' | 'magma' | 'plasma' | 'cividis' | 'turbo' | 'greys' | 'reds';

/** The name of a colour map. */
export type Colormap = DivergingColormap | SequentialColormap;

const steps: Readonly<Record<Colormap, string>> = { ...divergingSteps, ...sequentialSteps };

/** Refuses an unknown name. */
export function assertColormap(argument: string, colormap: Colormap): void {
  assertChoice(argument, colormap, Object.keys(steps) as Colormap[]);
}

/** The 256 colours of a colour map from low to high, as `256 × 3` bytes. */
export function colorTable(colormap: Colormap): Uint8Array {
  const table = new Uint8Array(256 * 3);
  for (const channel of [0, 1, 2]) {
    const levels = steps[colormap].slice(channel * charactersPerChannel, (channel + 1) * charactersPerChannel);
    let level = Number.parseInt(levels.slice(0, 2), 16);
    for (let i = 0; i < 256; i++) {
      if (i > 0) level += levels.charCodeAt(i + 1) - noStep;
      table[i * 3 + channel] = level;
    }
  }
  return table;
}

// Two digits for the first level, then a letter for each step.
const charactersPerChannel = 2 + 255;
const noStep = 'M'.charCodeAt(0);

/** Whether the middle of a colour map stands for zero. */
export function isDiverging(colormap: Colormap): boolean {
  return colormap in divergingSteps;
}
