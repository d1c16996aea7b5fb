import { layerAddress, runChecks } from '../../network/runChecks.ts';
import type { Model, RunOptions } from '../../network/types.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, listOf, required } from '../../numeric/options.ts';
import { forEachImage } from '../../readings/forEachImage.ts';
import type { ImageSource } from '../../readings/imageSource.ts';
import { labelsOf, numbersOf, type PerExample } from '../classified.ts';
import type { ClassMoments } from './momentsByClass.ts';
import { type MomentsByClass, momentsByClass } from './momentsByClass.ts';

/** Options of {@link layerClassMoments}. */
export interface LayerClassMomentsOptions<L extends string = string> extends RunOptions {
  /** The addresses of the layers. */
  readonly layers: readonly L[];
}

/**
 * The moments of classes at layers of a network, of images of which one batch at a time is held: for `separability` by
 * layer.
 *
 * Features of a layer with rows and columns are the means of its units over the places.
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param images a batch `[n, …]`, a list, or a data set; read once.
 * @param labels the class of each image, `[n]`.
 * @param options `layers`; `batchSize`, `signal`, `onProgress`.
 * @returns what `classMoments` gives, by the names of the layers.
 * @throws {VitrineError} if a layer is unknown, an image is not as the model takes it, or there are not as many labels as
 *   images; the signal's reason.
 * @example
 * ```ts
 * import { layerClassMoments, separability } from 'vitrine/diagnosis';
 * const { conv3 } = await layerClassMoments(model, x, [0, 1], { layers: ['conv3'] });
 * console.log(separability(conv3).between);
 * ```
 */
export async function layerClassMoments<L extends string>(
  model: Model,
  images: ImageSource,
  labels: PerExample,
  options: LayerClassMomentsOptions<L>,
): Promise<Readonly<Record<L, ClassMoments>>> {
  assertOptions(options, { ...runChecks, layers: required(listOf(layerAddress)) });
  const classes = labelsOf('labels', labels, numbersOf('labels', labels).length);
  const layers = [...options.layers];
  const sums = new Map<L, MomentsByClass>();
  const visit = (activations: Readonly<Record<L, NdArray>>, image: number): void => {
    for (const layer of layers) {
      const means = meansOverPlaces(activations[layer]);
      const own = sums.get(layer) ?? momentsByClass(means.length);
      sums.set(layer, own);
      if (image < classes.length) own.add(means, classes[image] as number);
    }
  };
  const count = await forEachImage(model, images, { ...options, layers, visit });
  if (count !== classes.length) {
    throw new VitrineError(
      'bad-shape',
      `"labels" expected ${count} classes, one for each image, got ${classes.length}`,
    );
  }
  return Object.fromEntries([...sums].map(([layer, own]) => [layer, own.moments()])) as Record<L, ClassMoments>;
}

function meansOverPlaces({ shape, data }: NdArray): Float64Array {
  const units = shape.at(-1) as number;
  const means = new Float64Array(units);
  const share = units / data.length;
  data.forEach((value, at) => {
    means[at % units]! += share * value;
  });
  return means;
}
