import type { NdArray } from '../../numeric/ndarray.ts';
import { isSound } from '../../readings/faults.ts';
import type { Readings, Sample } from '../../readings/labelledReadings.ts';
import type { Upsampling } from '../../readings/placement.ts';
import { conceptIndex } from '../counting/conceptIndex.ts';
import { type LabelPalette, labelPalette } from '../counting/labelPalette.ts';
import { sampleCheck } from '../counting/sampleCheck.ts';
import type { DissectionOptions } from '../options.ts';
import { isFirstStage, type RunningStage, type StageKind, type StageOf, stageName, startStage } from './stage.ts';

/** What was gathered of a layer. */
export interface Gathered<K extends StageKind> {
  /** The shape of the layer's activations, `[h, w, units]`. */
  readonly shape: readonly number[];
  /** The rows and columns of labels. */
  readonly pixels: readonly [number, number];
  readonly running: RunningStage<K>;
}

/** About how many operations a pixel of labels takes, and a value of a layer. */
const PIXEL = 50;
const VALUE = 10;

/**
 * Runs a stage: adds all images of a reading, one accumulator for each layer. All that can be wrong with an image is
 * found in the first stage, before anything is counted.
 *
 * @param added is told of each image that was added.
 * @returns what was gathered of each layer; nothing of no layer where there was no image.
 */
export async function gather<K extends StageKind>(
  { faults, upsampling, read }: Readings,
  stage: StageOf<K>,
  options: DissectionOptions,
  added?: (sample: Sample, layers: readonly Gathered<K>[]) => void,
): Promise<readonly Gathered<K>[]> {
  const index = conceptIndex(options.concepts, options.categories);
  const check = isFirstStage(stage) ? sampleCheck(index) : undefined;
  let layers: readonly Gathered<K>[] = [];
  await read(stageName(stage), function* (sample) {
    if (!isSound(faults, sample, () => check?.(sample))) return;
    const { activations, planes } = sample;
    const pixels = planes.shape.slice(1) as unknown as readonly [number, number];
    if (layers.length === 0) {
      layers = activations.map(({ shape }, number) => {
        const layer = { number, shape, pixels, upsampling: upsampling[number] as Upsampling };
        return { shape, pixels, running: startStage(stage, layer, options) };
      });
    }
    let palette: LabelPalette | undefined;
    const labels = (): LabelPalette => {
      palette ??= labelPalette(sample, index.places);
      return palette;
    };
    for (const [i, { running }] of layers.entries()) {
      const own = activations[i] as NdArray;
      running.add({ activations: own, labels });
      yield PIXEL * planes.data.length + VALUE * own.data.length;
    }
    added?.(sample, layers);
  });
  return layers;
}
