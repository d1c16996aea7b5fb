import { eventLoopTurn, inSlices } from '../backend/inTurn.ts';
import { owned } from '../backend/owned.ts';
import type { Network } from '../network/network.ts';
import { layerAddress, runChecks } from '../network/runChecks.ts';
import type { RunOptions } from '../network/types.ts';
import { readInputs } from '../network/walk/inputs.ts';
import { describe } from '../numeric/check.ts';
import { VitrineError } from '../numeric/errors.ts';
import type { NdArray } from '../numeric/ndarray.ts';
import { callback, integer, listOf, type OptionChecks, required } from '../numeric/options.ts';
import { isSliced, type Sliced } from '../numeric/sliced.ts';
import { type Dataset, exampleCount, iterate } from './dataset.ts';
import { type Faults, faultsOf, isSound } from './faults.ts';
import { visitLayers } from './forEachImage.ts';
import type { LabelledImage, Labels } from './labels.ts';
import { assertLayerUpsampling, type LayerUpsampling, type Upsampling, upsamplingOf } from './placement.ts';

/** An image of a reading. */
export interface Sample extends Labels {
  /** The place in the data set, from 0. */
  readonly image: number;
  readonly name?: string | undefined;
  /** The activations of each layer, `[h, w, units]`. */
  readonly activations: readonly NdArray[];
}

/** Labelled images with what layers make of them, which can be read again: the same images in the same order each time. */
export interface Readings {
  /** How many images there are, or more. */
  readonly imageCount: number;
  readonly faults: Faults;
  /** Where the positions of each layer lie in the image. */
  readonly upsampling: readonly Upsampling[];
  /** What is long about a visit may be returned as a generator, and is done in slices. */
  read(stage: string, visit: (sample: Sample) => void | Sliced<void>): Promise<void>;
}

/** Which layers are read of labelled images, and how. */
export interface LayerReadingOptions<L extends string = string> extends RunOptions {
  /** The addresses of the layers, which have rows and columns. */
  readonly layers: readonly L[];
  /** Where positions lie in the image: at the centres of their receptive fields (the default), or so as to fill it. */
  readonly upsampling?: LayerUpsampling;
  /** How many images there are, or more; without it, a data set that is no array is read once more, to count. */
  readonly imageCount?: number;
  /** Is told what is wrong with an image, which is then left out; without it, the call rejects. */
  readonly onFault?: (fault: Error) => void;
}

/** Checks of {@link LayerReadingOptions}. */
export const layerReadingChecks: OptionChecks<LayerReadingOptions> = {
  ...runChecks,
  layers: required(listOf(layerAddress)),
  upsampling: assertLayerUpsampling,
  imageCount: integer(1),
  onFault: callback,
};

/** Readings that run a network on the images. */
export async function layerReadings(
  network: Network,
  dataset: Dataset<LabelledImage>,
  { layers, upsampling, imageCount, onFault, ...run }: LayerReadingOptions,
  faults: Faults = faultsOf(onFault),
): Promise<Readings> {
  const sites = layers.map((layer) => network.site(layer, 'layers'));
  for (const { address, shape } of sites) {
    if (shape.length !== 4)
      throw new VitrineError('bad-argument', `"layers" expected layers with rows and columns, got "${address}"`);
  }
  const places = layers.map((layer) => upsamplingOf(network, layer, upsampling));
  const total = imageCount ?? (await exampleCount(dataset, run.signal));
  return {
    imageCount: total,
    faults,
    upsampling: places,
    async read(stage, visit) {
      const waiting: Omit<Sample, 'activations'>[] = [];
      const inputs = soundInputs(network, dataset, { faults, waiting });
      const plan = { ...run, stage, total, sites };
      await visitLayers(network, inputs, plan, (activations) =>
        visit({ ...(waiting.shift() as Omit<Sample, 'activations'>), activations }),
      );
    },
  };
}

/** The images that a network can take, one by one; their labels are put in line meanwhile. */
async function* soundInputs(
  network: Network,
  dataset: Dataset<LabelledImage>,
  { faults, waiting }: { readonly faults: Faults; readonly waiting: Omit<Sample, 'activations'>[] },
): AsyncGenerator<readonly NdArray[]> {
  let next = 0;
  for await (const item of iterate(dataset)) {
    const place = next++;
    if (faults.has(place)) continue;
    try {
      assertItem(item);
      const { image, ...given } = item;
      const [input, labels] = await owned(image, given);
      const arrays = await readInputs(network, input, 'image');
      if (arrays[0]?.shape[0] !== 1) throw new VitrineError('bad-shape', '"image" expected one example, got several');
      waiting.push({ ...labels, image: place });
      yield arrays;
    } catch (error) {
      faults.report(place, item?.name, error);
    }
  }
}

/** Readings of labels, with activations that need no network. */
export function labelReadings<S extends Labels & { readonly name?: string }>(
  dataset: Dataset<S>,
  activationsOf: (item: S, image: number) => readonly NdArray[] | Promise<readonly NdArray[]>,
  { signal, onProgress, ...plan }: Omit<Readings, 'read'> & Pick<RunOptions, 'signal' | 'onProgress'>,
): Readings {
  const read: Readings['read'] = async (stage, visit) => {
    let done = 0;
    for await (const given of iterate(dataset)) {
      signal?.throwIfAborted();
      const image = done++;
      if (!plan.faults.has(image) && isSound(plan.faults, { image, name: given?.name }, () => assertItem(given))) {
        const [item] = await owned(given);
        const { planes, scalars = [], name } = item;
        const work = visit({ image, name, planes, scalars, activations: await activationsOf(item, image) });
        if (isSliced(work)) await inSlices(work, { signal });
      }
      onProgress?.({ stage, done, total: plan.imageCount });
      if (done % 16 === 0) await eventLoopTurn();
    }
    signal?.throwIfAborted();
  };
  return { ...plan, read };
}

function assertItem(item: unknown): void {
  if (typeof item === 'object' && item !== null) return;
  throw new VitrineError('bad-argument', `"dataset" expected images with labels, got ${describe(item)}`);
}
