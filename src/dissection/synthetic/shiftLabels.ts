import { assertArray } from '../../numeric/check.ts';
import { assertOptions, type OptionChecks, safeInteger } from '../../numeric/options.ts';
import { random } from '../../numeric/random.ts';
import { assertDataset, type Dataset, iterate } from '../../readings/dataset.ts';
import type { Labels } from '../../readings/labels.ts';

/** Options of {@link shiftLabels}. */
export interface ShiftOptions {
  /** Of the shifts; 0 by default. */
  readonly seed?: number;
}

const checks: OptionChecks<ShiftOptions> = { seed: safeInteger };

/**
 * The same images with their labels moved elsewhere: what a dissection finds by chance.
 *
 * The planes of each image are shifted together, by a random number of rows and columns, around its border. Areas and
 * shapes of labels, and which occur in an image, stay; where they are has nothing to do with the image any more.
 * Labels of whole images stay true.
 *
 * @param dataset images or activations with labels.
 * @param options `seed`; the shift of an image depends on it and on the place of the image.
 * @returns a data set of as many images, for `dissect` or `dissectActivations`.
 * @throws {VitrineError} if `dataset` is none, or can be read only once; readings reject where labels are none.
 * @example
 * ```ts
 * import { dissectActivations } from 'vitrine';
 * import { shiftLabels } from 'vitrine/dissection';
 * const found = await dissectActivations(labelled, { concepts });
 * const chance = await dissectActivations(shiftLabels(labelled, { seed: 1 }), { concepts });
 * console.log(found.detectors, 'detectors,', chance.detectors, 'by chance');
 * ```
 */
export function shiftLabels<S extends Labels>(
  dataset: Dataset<S>,
  options: ShiftOptions = {},
): () => AsyncGenerator<S> {
  assertOptions(options, checks);
  assertDataset('dataset', dataset);
  const { seed = 0 } = options;
  return async function* () {
    let image = 0;
    for await (const sample of iterate(dataset)) {
      assertArray('planes', sample?.planes, [3]);
      const [, rows, columns] = sample.planes.shape as [number, number, number];
      const { integer } = random(seed, image++);
      yield { ...sample, planes: shifted(sample.planes, integer(rows), integer(columns)) };
    }
  };
}

function shifted({ shape, data }: Labels['planes'], down: number, right: number): Labels['planes'] {
  const [planes, rows, columns] = shape as [number, number, number];
  const moved = data.slice();
  for (let plane = 0; plane < planes; plane++) {
    for (let row = 0; row < rows; row++) {
      const from = data.subarray((plane * rows + row) * columns, (plane * rows + row + 1) * columns);
      const to = (plane * rows + ((row + down) % rows)) * columns;
      moved.set(from.subarray(columns - right), to);
      moved.set(from.subarray(0, columns - right), to + right);
    }
  }
  return { shape, data: moved };
}
