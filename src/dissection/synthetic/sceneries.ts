import type { ColorName } from './colors.ts';

/** What is behind a thing. */
export interface Scenery {
  readonly sky: readonly ColorName[];
  readonly ground: readonly ColorName[];
}

export type SceneName = 'meadow' | 'desert' | 'night';

/** The scenes of generated pictures: the colours that sky and ground can have. */
export const sceneries: Readonly<Record<SceneName, Scenery>> = {
  meadow: { sky: ['blue', 'white'], ground: ['green'] },
  desert: { sky: ['blue', 'pink'], ground: ['yellow', 'orange'] },
  night: { sky: ['black', 'purple'], ground: ['black', 'brown', 'grey'] },
};
