import type { Rgb } from '../../src/dissection/synthetic/colors.ts';
import { covers } from '../../src/dissection/synthetic/shapes.ts';
import type { Random } from '../../src/numeric/random.ts';
import type { SceneObject } from './scene.ts';

/** What lies behind the objects. */
export interface Background {
  readonly color: Rgb;
  /** The amplitude of random gratings, 0 to 1. */
  readonly texture: number;
  /** The standard deviation of noise on every pixel and channel. */
  readonly noise: number;
}

/** Draws a scene as numbers from −1 to 1, `[1, size, size, 3]`; the first objects are in front. */
export function drawScene(
  objects: readonly SceneObject[],
  { size, background, source }: { size: number; background: Background; source: Random },
): { shape: number[]; data: Float32Array } {
  const texture = gratings(background.texture, size, source);
  const data = new Float32Array(size * size * 3);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const covering = coverage(objects, row, column);
      const shade = texture(row, column);
      for (let channel = 0; channel < 3; channel++) {
        const behind = (background.color[channel] as number) + shade;
        const value = covering.reduceRight(
          (below, [{ color }, share]) => below + ((color[channel] as number) - below) * share,
          behind,
        );
        const noisy = value + background.noise * source.normal();
        data[(row * size + column) * 3 + channel] = 2 * Math.min(Math.max(noisy, 0), 1) - 1;
      }
    }
  }
  return { shape: [1, size, size, 3], data };
}

/** The objects at a pixel, those in front first, and how much of the pixel each covers, by four points. */
function coverage(objects: readonly SceneObject[], row: number, column: number): readonly [SceneObject, number][] {
  const found: [SceneObject, number][] = [];
  for (const object of objects) {
    const [down, across] = [object.radius + 1, object.radius * (object.aspect ?? 1) + 1];
    if (Math.abs(row + 0.5 - object.row) > down || Math.abs(column + 0.5 - object.column) > across) continue;
    const share = shareOf(object, row, column);
    if (share > 0) found.push([object, share]);
    // What lies behind is not to be seen.
    if (share === 1) break;
  }
  return found;
}

function shareOf(object: SceneObject, row: number, column: number): number {
  let inside = 0;
  for (const y of halves) for (const x of halves) if (covers(object, row + y, column + x)) inside++;
  return inside / 4;
}

const halves = [0.25, 0.75];

/** Three gratings of random direction, wavelength and phase. */
function gratings(amplitude: number, size: number, { uniform }: Random): (row: number, column: number) => number {
  const waves = Array.from({ length: 3 }, () => {
    const [angle, wavelength, phase] = [Math.PI * uniform(), size * (0.1 + 0.4 * uniform()), 2 * Math.PI * uniform()];
    const frequency = (2 * Math.PI) / wavelength;
    return { alongRows: frequency * Math.sin(angle), alongColumns: frequency * Math.cos(angle), phase };
  });
  return (row, column) =>
    (amplitude / 3) *
    waves.reduce((sum, { alongRows, alongColumns, phase }) => {
      return sum + Math.sin(alongRows * row + alongColumns * column + phase);
    }, 0);
}
