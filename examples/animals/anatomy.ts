import type { ShapeName } from '../../src/dissection/synthetic/shapes.ts';

/** Parts that an animal can have; a bird has no ears and the others no beak. */
export const partNames = ['head', 'torso', 'legs', 'tail', 'ear', 'beak'] as const;
export type PartName = (typeof partNames)[number];

export const categoryNames = ['bird', 'cat', 'horse', 'rabbit'] as const;
export type CategoryName = (typeof categoryNames)[number];

/** How an animal holds itself, each number from −1 to 1. */
export interface Pose {
  /** Legs apart or together. */
  readonly swing: number;
  /** Head down or up. */
  readonly nod: number;
  readonly wag: number;
  /** How long the torso is. */
  readonly stretch: number;
}

/** A piece of an animal that looks to the right: the middle of the torso is at 0, 0, half its length about 0.6. */
export interface Piece {
  readonly part: PartName;
  readonly shape: ShapeName;
  readonly x: number;
  /** Downwards. */
  readonly y: number;
  readonly radius: number;
  readonly aspect?: number;
}

type Point = readonly [x: number, y: number];

/** The pieces of an animal, those in front first. */
export function piecesOf(category: CategoryName, pose: Pose): readonly Piece[] {
  return plans[category](pose);
}

const plans: Readonly<Record<CategoryName, (pose: Pose) => readonly Piece[]>> = {
  bird({ swing, nod, wag, stretch }) {
    const [x, y] = [0.5 + 0.06 * stretch, -0.46 - 0.14 * nod];
    return [
      ...limb('beak', [x + 0.2, y], [x + 0.56, y + 0.08], [0.13, 0.04]),
      { part: 'head', shape: 'circle', x, y, radius: 0.27 },
      { part: 'torso', shape: 'circle', x: 0, y: 0, radius: 0.41, aspect: 1.35 + 0.12 * stretch },
      ...limb('tail', [-0.45, -0.02], [-1.05, -0.2 - 0.25 * wag], [0.1, 0.17]),
      ...legs([0, 0.14], { from: 0.3, to: 0.92, swing: 0.1 * swing, radius: 0.065 }),
    ];
  },
  cat({ swing, nod, wag, stretch }) {
    const [x, y] = [0.68 + 0.08 * stretch, -0.36 - 0.14 * nod];
    return [
      { part: 'head', shape: 'circle', x, y, radius: 0.33 },
      ...[-0.19, 0.19].map((side) => triangle('ear', [x + side, y - 0.36], 0.2)),
      { part: 'torso', shape: 'circle', x: 0, y: 0, radius: 0.34, aspect: 1.8 + 0.2 * stretch },
      ...limb('tail', [-0.55, -0.1], [-0.92, -0.4], [0.09, 0.08]),
      ...limb('tail', [-0.92, -0.4], [-0.86 - 0.25 * wag, -1], [0.08, 0.08]),
      ...legs([-0.45, -0.3, 0.32, 0.46], { from: 0.15, to: 0.68, swing: 0.14 * swing, radius: 0.095 }),
    ];
  },
  horse({ swing, nod, wag, stretch }) {
    const [x, y] = [0.98 + 0.08 * stretch, -0.72 - 0.22 * nod];
    return [
      { part: 'head', shape: 'circle', x: x + 0.12, y: y + 0.04, radius: 0.17, aspect: 1.75 },
      triangle('ear', [x - 0.08, y - 0.22], 0.17),
      ...limb('head', [x, y], [0.5, -0.08], [0.15, 0.22]),
      { part: 'torso', shape: 'circle', x: 0, y: 0, radius: 0.34, aspect: 2 + 0.2 * stretch },
      ...limb('tail', [-0.64, -0.12], [-0.94 - 0.12 * wag, 0.42], [0.07, 0.11]),
      ...legs([-0.52, -0.36, 0.36, 0.52], { from: 0.15, to: 1.02, swing: 0.2 * swing, radius: 0.08 }),
    ];
  },
  rabbit({ swing, nod, wag, stretch }) {
    const [x, y] = [0.52 + 0.06 * stretch, -0.36 - 0.12 * nod];
    return [
      { part: 'head', shape: 'circle', x, y, radius: 0.28 },
      ...limb('ear', [x - 0.1, y - 0.2], [x - 0.24 - 0.16 * wag, y - 0.86], [0.09, 0.09]),
      ...limb('ear', [x + 0.06, y - 0.2], [x + 0.1 - 0.16 * wag, y - 0.86], [0.09, 0.09]),
      { part: 'torso', shape: 'circle', x: 0, y: 0.06, radius: 0.45, aspect: 1.2 + 0.12 * stretch },
      { part: 'tail', shape: 'circle', x: -0.6, y: 0.16, radius: 0.18 },
      { part: 'legs', shape: 'circle', x: -0.12 - 0.1 * swing, y: 0.52, radius: 0.13, aspect: 2.3 },
      { part: 'legs', shape: 'circle', x: 0.42 + 0.1 * swing, y: 0.47, radius: 0.12, aspect: 1.5 },
    ];
  },
};

function triangle(part: PartName, [x, y]: Point, radius: number): Piece {
  return { part, shape: 'triangle', x, y, radius, aspect: 0.9 };
}

/** Legs from a row of hips down; every other one swings the other way. */
function legs(
  hips: readonly number[],
  { from, to, swing, radius }: { from: number; to: number; swing: number; radius: number },
): readonly Piece[] {
  return hips.flatMap((x, i) => limb('legs', [x, from], [x + (i % 2 === 0 ? swing : -swing), to], [radius, radius]));
}

/** Circles so close to each other that they make a limb. */
function limb(
  part: PartName,
  [x0, y0]: Point,
  [x1, y1]: Point,
  [r0, r1]: readonly [from: number, to: number],
): readonly Piece[] {
  const count = 1 + Math.ceil(Math.hypot(x1 - x0, y1 - y0) / (0.8 * Math.min(r0, r1)));
  return Array.from({ length: count }, (_, i) => {
    const share = i / (count - 1);
    const [x, y, radius] = [x0 + (x1 - x0) * share, y0 + (y1 - y0) * share, r0 + (r1 - r0) * share];
    return { part, shape: 'circle', x, y, radius } as const;
  });
}
