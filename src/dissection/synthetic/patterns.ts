/** The lightness from −1 to 1 at a place, in sixteenths of a picture's side from its top and left. */
export type Pattern = (y: number, x: number) => number;

export type MaterialName = 'brick' | 'wood' | 'metal' | 'foliage' | 'glass';

/** What things are made of. */
export const materials: Readonly<Record<MaterialName, Pattern>> = {
  brick: (y, x) => (fraction(y / 1.5) < 0.3 || fraction(x / 3 + Math.floor(y / 1.5) / 2) < 0.15 ? -1 : 0.4),
  wood: (y, x) => wave(0.8 * x + 0.15 * wave(y / 6)),
  metal: (y, x) => wave((x - y) / 1.5),
  foliage: (y, x) => wave(0.6 * y + 0.3 * wave(0.5 * x)) * wave(0.6 * x + 0.3 * wave(0.5 * y)),
  glass: (y, x) => wave((x + y) / 12),
};

export type TextureName = 'striped' | 'chequered' | 'dotted' | 'grid';

/** What covers a whole picture. */
export const textures: Readonly<Record<TextureName, Pattern>> = {
  striped: (y, x) => Math.sign(wave((x + y) / 3)),
  chequered: (y, x) => Math.sign(wave(x / 4) * wave(y / 4)),
  dotted: (y, x) => (Math.hypot(fraction(x / 3) - 0.5, fraction(y / 3) - 0.5) < 0.3 ? 1 : -0.5),
  grid: (y, x) => (Math.min(fraction(x / 3), fraction(y / 3)) < 0.2 ? -1 : 0.5),
};

function wave(turns: number): number {
  return Math.sin(2 * Math.PI * turns);
}

function fraction(value: number): number {
  return value - Math.floor(value);
}
