import type { MaterialName } from './patterns.ts';
import type { ShapeName } from './shapes.ts';

/** A part of a thing; places and sizes in units of half the thing's side, from its centre. */
export interface PartPlan {
  readonly part: string;
  readonly shape: ShapeName;
  readonly at: readonly [row: number, column: number];
  readonly radius: number;
  readonly aspect?: number;
  /** What it can be made of. */
  readonly materials: readonly MaterialName[];
}

export type ThingName = 'house' | 'tree' | 'car' | 'flower';

const wheel = { part: 'wheel', shape: 'circle', radius: 0.3, materials: ['metal', 'wood'] } as const;
const body = { part: 'body', shape: 'square', materials: ['metal', 'wood'] } as const;

/** The things in generated pictures: their parts, those in front first. */
export const things: Readonly<Record<ThingName, readonly PartPlan[]>> = {
  house: [
    { part: 'door', shape: 'square', at: [0.58, 0], radius: 0.42, aspect: 0.6, materials: ['wood', 'metal'] },
    {
      part: 'roof',
      shape: 'triangle',
      at: [-0.48, 0],
      radius: 0.52,
      aspect: 1.9,
      materials: ['brick', 'wood', 'metal'],
    },
    { part: 'wall', shape: 'square', at: [0.42, 0], radius: 0.62, aspect: 1.3, materials: ['brick', 'wood'] },
  ],
  tree: [
    { part: 'crown', shape: 'circle', at: [-0.35, 0], radius: 0.65, materials: ['foliage'] },
    { part: 'trunk', shape: 'square', at: [0.6, 0], radius: 0.45, aspect: 0.4, materials: ['wood'] },
  ],
  car: [
    { ...wheel, at: [0.5, -0.52] },
    { ...wheel, at: [0.5, 0.52] },
    { part: 'window', shape: 'square', at: [-0.3, 0], radius: 0.25, aspect: 1.8, materials: ['glass'] },
    { ...body, at: [-0.25, 0], radius: 0.42, aspect: 1.5 },
    { ...body, at: [0.22, 0], radius: 0.38, aspect: 2.6 },
  ],
  flower: [
    { part: 'heart', shape: 'circle', at: [-0.42, 0], radius: 0.22, materials: ['foliage', 'glass'] },
    { part: 'blossom', shape: 'cross', at: [-0.42, 0], radius: 0.58, materials: ['foliage', 'glass'] },
    { part: 'stem', shape: 'square', at: [0.5, 0], radius: 0.55, aspect: 0.25, materials: ['foliage', 'wood'] },
  ],
};
