import { noise } from './noise.ts';
import { randomCrop } from './randomCrop.ts';
import { scale } from './scaling.ts';
import { jitter, pad } from './shifts.ts';
import type { Transform } from './transform.ts';
import { rotate } from './turns.ts';

/**
 * What lucid does to pictures by default: an edge of 12 pixels of 0.5, `jitter(8)`, one of the scales 0.9, 0.92 … 1.1,
 * one of the angles −10 … 10°, 0° being six times as likely as each other one, and `jitter(4)`.
 *
 * All of it is one affine map, and a picture is sampled once. lucid resamples twice, for the scale and for the angle,
 * which blurs more; it shows black corners where it turns, and scales about the first pixel. Where a turn brings in
 * what a jitter had cut away, the picture shows, not its edge.
 *
 * Source: Olah, Mordvintsev and Schubert 2017, "Feature visualization"; lucid's `standard_transforms`.
 *
 * @returns transforms for `visualize`, which has them by default.
 * @example
 * ```ts
 * import { transforms } from 'vitrine';
 * const alsoSoft = [...transforms.standard(), transforms.blur(0.5)];
 * ```
 */
export function standard(): readonly Transform[] {
  return [
    pad(12, { outside: 0.5 }),
    jitter(8),
    scale(Array.from({ length: 11 }, (_, i) => (90 + 2 * i) / 100)),
    rotate([...range(-10, 10), ...Array<number>(5).fill(0)]),
    jitter(4),
  ];
}

/**
 * The strong set that activation atlases were made with: an edge of 16 pixels of 0.5, five jitters, one of the scales
 * $0.998^{20}$ … $0.998^{39}$, an angle of −20 … 19° that is most often small, and `jitter(2)`.
 *
 * Source: Carter et al. 2019, "Activation atlas"; lucid's recipe.
 *
 * @returns transforms for `visualize`.
 * @example
 * ```ts
 * import { transforms, visualize } from 'vitrine';
 * const strong = { size: 32, transforms: transforms.atlas() };
 * await visualize(model, { layer: 'conv3', unit: 0 }, { range: [0, 1], steps: 2, ...strong });
 * ```
 */
export function atlas(): readonly Transform[] {
  return [
    pad(16, { outside: 0.5 }),
    ...[4, 4, 8, 8, 8].map(jitter),
    scale(range(20, 39).map((n) => 0.998 ** n)),
    rotate([...range(-20, 19), ...range(-10, 9), ...range(-5, 4), ...Array<number>(5).fill(0)]),
    jitter(2),
  ];
}

/**
 * A light set, for caricatures: an edge of 8 pixels of 0.5, `jitter(8)`, a scale that is 1 half of the time and else
 * 0.9, 0.95, 1.05 or 1.1, an angle of −5 … 4°, and `jitter(2)`.
 *
 * Source: lucid's notebook on caricatures.
 *
 * @returns transforms for `visualize`.
 * @example
 * ```ts
 * import { transforms } from 'vitrine';
 * const few = transforms.light();
 * ```
 */
export function light(): readonly Transform[] {
  return [
    pad(8, { outside: 0.5 }),
    jitter(8),
    scale([0.9, 0.95, 1.05, 1.1, 1, 1, 1, 1]),
    rotate([...range(-5, 4), ...Array<number>(5).fill(0)]),
    jitter(2),
  ];
}

/**
 * What MaCo does to pictures: a random part, half as large as the picture at first and a twentieth in the end, and
 * noise of deviation 0.04 and ±0.02, which is 0.08 and ±0.04 on the authors' range of −1 to 1.
 *
 * Source: Fel et al. 2023, "Unlocking feature visualization for deeper networks with magnitude constrained
 * optimization".
 *
 * @returns transforms for `visualize`, one part each time they are drawn; the authors take 32 in a step (`views`).
 * @example
 * ```ts
 * import { transforms, visualize } from 'vitrine';
 * const parts = { size: 32, inputSize: 16, views: 4, transforms: transforms.maco() };
 * await visualize(model, { layer: 'conv3', unit: 0 }, { range: [0, 1], steps: 2, ...parts });
 * ```
 */
export function maco(): readonly Transform[] {
  return [randomCrop(), noise({ deviation: 0.04, spread: 0.02 })];
}

/** The integers from the first to the last. */
function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
