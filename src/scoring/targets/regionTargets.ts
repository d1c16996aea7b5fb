import { assertArray, assertInteger, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import { assertOptions, oneOf } from '../../numeric/options.ts';
import type { BoxTarget, MaskTarget } from '../types.ts';
import { isClassList } from './classScore.ts';

/**
 * A target for segmentations: the score of a class over a region of the picture.
 *
 * $F = \frac{1}{|M|} \sum_{ij \in M} s_{ijc}$, or the sum, of an output `[n, h, w, classes]`; $s$ is on the `scale` of the
 * call, softmax and sigmoid being those of each position. Of several outputs the first counts whose positions the mask has;
 * `{ output, target }` names another.
 *
 * @param classes the class, or one per example.
 * @param region what is not zero is inside, `[h, w]` for all examples or `[n, h, w]`, in pixels of the output.
 * @param options `reduce`, `'mean'` by default or `'sum'`.
 * @returns plain data, which any method takes as `target` and which metrics measure.
 * @throws {VitrineError} if an argument is of the wrong kind; methods throw if the mask fits no output or is empty.
 * @example
 * ```ts
 * import { targets } from 'vitrine';
 * const region = { shape: [2, 2], data: Uint8Array.of(0, 1, 1, 1) };
 * const target = targets.mask(3, region); // gradCam(segmenter, x, { target })
 * ```
 */
export function mask(
  classes: MaskTarget['class'],
  region: NdArray<TypedArray>,
  options: Pick<MaskTarget, 'reduce'> = {},
): MaskTarget {
  assertOptions(options, { reduce: oneOf(['mean', 'sum']) });
  assertClassOf(classes);
  assertArray('region', region, [1, 2, 3, 4]);
  return { class: classes, mask: region, ...options };
}

/**
 * A target for detectors: the score of a class for one box.
 *
 * $F = s_{bc}$ of an output `[n, boxes, classes]`, on the `scale` of the call. It is the first output with three axes whose
 * last is not four long, or the only one with three; `{ output, target }` names another.
 *
 * @param index of the box.
 * @param classes the class, or one per example.
 * @returns plain data, which any method takes as `target` and which metrics measure.
 * @throws {VitrineError} if an argument is of the wrong kind; methods throw if there is no such box, class or output.
 * @example
 * ```ts
 * import { targets } from 'vitrine';
 * const target = targets.box(17, 2); // occlusion(detector, x, { target, window: 16 })
 * ```
 */
export function box(index: number, classes: BoxTarget['class']): BoxTarget {
  assertInteger('index', index, [0, Number.POSITIVE_INFINITY]);
  assertClassOf(classes);
  return { box: index, class: classes };
}

function assertClassOf(classes: MaskTarget['class']): void {
  if (isClassList(classes) && classes.length === 0) {
    throw new VitrineError('bad-argument', `"classes" expected a class, or one per example, got ${describe(classes)}`);
  }
  for (const value of isClassList(classes) ? classes : [classes]) {
    assertInteger('classes', value as number, [0, Number.POSITIVE_INFINITY]);
  }
}
