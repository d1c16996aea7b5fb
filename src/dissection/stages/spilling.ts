import type { Network } from '../../network/network.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { type Dataset, exampleCount, iterate } from '../../readings/dataset.ts';
import { labelReadings, layerReadings, type Sample } from '../../readings/labelledReadings.ts';
import type { LabelledImage } from '../../readings/labels.ts';
import type { DissectOptions } from '../options.ts';
import type { Dissection } from '../types.ts';
import type { ByteStore } from './byteStore.ts';
import { type Gathered, gather } from './gather.ts';
import { inStages, type RunStage } from './inStages.ts';
import { decodeSpill, encodeSpill } from './spill.ts';
import type { StageKind } from './stage.ts';

/**
 * Dissects layers in one pass of the network: what may reach above a threshold is spilled, and counted in a second
 * reading of the labels. While thresholds are sought, the largest values kept so far give a floor that none is below.
 */
export async function dissectSpilling(
  network: Network,
  dataset: Dataset<LabelledImage>,
  { spill, ...options }: DissectOptions & { readonly spill: ByteStore },
): Promise<readonly Dissection[]> {
  if (options.memory === 'histogram')
    throw new VitrineError('bad-argument', '"memory" expected "tail" with "spill", got "histogram"');
  const writing: unknown[] = [];
  const settled = async function* (): AsyncGenerator<LabelledImage> {
    for await (const item of iterate(dataset)) {
      await Promise.all(writing.splice(0));
      yield item;
    }
    await Promise.all(writing.splice(0));
  };
  const imageCount = options.imageCount ?? (await exampleCount(dataset, options.signal));
  const readings = await layerReadings(network, settled, { ...options, imageCount });
  const shapes = new Map<number, readonly (readonly number[])[]>();
  const spilled = labelReadings(dataset, (_, image) => restored(spill, image, shapes.get(image) ?? []), {
    ...options,
    ...readings,
  });
  const keep = ({ image, activations }: Sample, layers: readonly Gathered<StageKind>[]): void => {
    const parts = (layers as readonly Gathered<'tail'>[]).map(({ running }, layer) => ({
      floors: running.state.largest.floors,
      activations: activations[layer] as Sample['activations'][number],
    }));
    shapes.set(
      image,
      parts.map(({ activations: { shape } }) => shape),
    );
    writing.push(spill.set(nameOf(image), encodeSpill(parts)));
  };
  const run: RunStage = async (stage) => {
    const layers =
      stage.kind === 'tally' ? await gather(spilled, stage, options) : await gather(readings, stage, options, keep);
    await Promise.all(writing.splice(0));
    return layers.map(({ running }) => running.extract());
  };
  return inStages(run, imageCount, options);
}

async function restored(
  spill: ByteStore,
  image: number,
  shapes: readonly (readonly number[])[],
): Promise<readonly NdArray[]> {
  const bytes = await spill.get(nameOf(image));
  if (!bytes) throw new VitrineError('bad-argument', `"spill" expected what was kept of image ${image}, got nothing`);
  return decodeSpill(bytes, shapes);
}

function nameOf(image: number): string {
  return `image-${image}`;
}
