import { heightAndWidth } from '../../image/maps/planes.ts';
import type { PictureSize } from '../../image/types.ts';
import { anything, assertOptions, number, share } from '../../numeric/options.ts';
import { type OverRun, overRun, valueAt } from './overRun.ts';
import type { GeometricTransform, Placement, Size } from './transform.ts';

/** Which parts of a picture are drawn. */
export interface RandomCropOptions {
  /** Where the centres of the parts lie on average, as a share of the height and of the width; 0.5 by default. */
  readonly center?: number;
  /** The standard deviation of that; 0.15 by default. */
  readonly deviation?: number;
  /**
   * How large the parts are on average, as a share of the largest one of their aspect; `[0.5, 0.05]` by default, which
   * shrinks evenly over the run.
   */
  readonly side?: OverRun;
  /** The standard deviation of that; 0.05 by default. */
  readonly sideDeviation?: OverRun;
  /** Height and width that every part is brought to; by default what the network sees. */
  readonly size?: PictureSize;
}

/**
 * A part of the picture, at random, as MaCo looks at it: its centre is $N(c, \sigma^2)$ in height and in width, its
 * side $N(s, \sigma_s^2)$ but within 0.05 and 1, all as shares. What lies outside shows the pixels of the border.
 *
 * Source: Fel et al. 2023, "Unlocking feature visualization for deeper networks with magnitude constrained
 * optimization"; defaults of the authors' code, which shows zeros outside.
 *
 * @param options `center` c, `deviation` σ, `side` s, `sideDeviation` σ_s, `size` of the result.
 * @returns a transform for `visualize`; `views` says how many parts a step looks at.
 * @throws {VitrineError} if an option is out of range.
 * @example
 * ```ts
 * import { transforms, visualize } from 'vitrine';
 * const crops = { size: 24, inputSize: 16, views: 4, transforms: [transforms.randomCrop({ side: [0.8, 0.4] })] };
 * await visualize(model, { layer: 'conv3', unit: 0 }, { range: [0, 1], steps: 2, ...crops });
 * ```
 */
export function randomCrop(options: RandomCropOptions = {}): GeometricTransform {
  assertOptions(options, {
    center: share,
    deviation: number(0),
    side: overRun(0, 1),
    sideDeviation: overRun(0),
    size: anything,
  });
  const { center = 0.5, deviation = 0.15, side = [0.5, 0.05], sideDeviation = 0.05 } = options;
  const size = options.size === undefined ? undefined : heightAndWidth('size', options.size);
  return {
    name: 'randomCrop',
    outside: 'clamp',
    place(from, { random, progress, seen }) {
      const [row, column] = [center + deviation * random.normal(), center + deviation * random.normal()];
      const drawn = valueAt(side, progress) + valueAt(sideDeviation, progress) * random.normal();
      return crop(from, size ?? seen, [row, column, Math.min(Math.max(drawn, 0.05), 1)]);
    },
  };
}

/** The largest part of the result's aspect times a share, about a centre in shares of the picture. */
function crop(
  [rows, columns]: Size,
  to: Size,
  [row, column, side]: readonly [row: number, column: number, side: number],
): Placement {
  // So many pixels of the picture lie in one of the result.
  const step = side * Math.min(rows / to[0], columns / to[1]);
  const [top, left] = [row * rows - 0.5 - (step * (to[0] - 1)) / 2, column * columns - 0.5 - (step * (to[1] - 1)) / 2];
  return { affine: [step, 0, top, 0, step, left], size: to, frame: to };
}
