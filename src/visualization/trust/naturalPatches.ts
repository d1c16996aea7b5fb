import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { fromInput } from '../../image/fromInput.ts';
import { picture } from '../../image/picture.ts';
import type { PixelScale } from '../../image/pixelScale.ts';
import type { Picture } from '../../image/types.ts';
import { type ReceptiveField, receptiveField } from '../../network/fields/receptiveField.ts';
import type { Site } from '../../network/graph/graph.ts';
import type { Network } from '../../network/network.ts';
import type { RunOptions } from '../../network/types.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { forEachInputBatch } from '../../readings/imageBatches.ts';
import { type ImageDataset, imagesAt } from '../../readings/imageSource.ts';
import type { Objective } from '../objectives/objective.ts';
import { fieldWindow, tileOf } from '../reading/fieldTile.ts';
import type { NaturalImage } from './rankedImages.ts';

/** A natural image as it is shown. */
export interface ShownImage {
  readonly picture: Picture;
  /**
   * Of a unit or a direction in a layer with rows and columns what it sees where it is greatest, of one size for all images,
   * grey beyond the border; the whole picture else.
   */
  readonly patch: Picture;
}

/** Reads the best images of each objective once more and cuts patches out of them. */
export async function readPatches(
  network: Network,
  source: ImageDataset,
  {
    objectives,
    best,
    scale,
    ...run
  }: RunOptions & {
    readonly objectives: readonly Objective[];
    readonly best: readonly (readonly NaturalImage[])[];
    readonly scale: PixelScale;
  },
): Promise<readonly ReadonlyMap<number, ShownImage>[]> {
  const shown = objectives.map(() => new Map<number, ShownImage>());
  const seers = objectives.map((objective) => seerOf(network, objective));
  const places = new Set(best.flat().map(({ image }) => image));
  const waiting: { readonly image: number; readonly picture: Picture }[] = [];
  const chosen = async function* (): AsyncGenerator<readonly NdArray[]> {
    for await (const { inputs, image } of imagesAt(network, source, { places, signal: run.signal })) {
      waiting.push({ image, picture: fromInput(inputs[0] as NdArray, scale) });
      yield inputs;
    }
  };
  await forEachInputBatch(
    chosen(),
    { ...run, stage: 'pictures', total: places.size, batchSize: 1 },
    {
      job: (rows) => responses(network, rows, seers),
      consume: (part) => {
        const { image, picture: whole } = waiting.shift() as (typeof waiting)[number];
        seers.forEach((seer, i) => {
          if (!best[i]?.some((one) => one.image === image)) return;
          const patch = seer ? seen(whole, seer.field, part[`${i}`] as NdArray) : whole;
          shown[i]?.set(image, { picture: whole, patch });
        });
      },
    },
  );
  return shown;
}

/** A unit, or a direction, with rows and columns: what part of an image its positions see. */
interface Seer {
  readonly site: Site;
  readonly field: ReceptiveField;
  readonly response: (activations: Tensor) => Tensor;
}

function seerOf(network: Network, objective: Objective): Seer | undefined {
  if (typeof objective !== 'object' || !('layer' in objective)) return undefined;
  const site = network.site(objective.layer, 'objectives');
  if (site.shape.length !== 4) return undefined;
  return {
    site,
    field: receptiveField(network, objective.layer, { ignoreGates: true }),
    response: (activations) =>
      'unit' in objective
        ? tf.slice(activations, [0, 0, 0, objective.unit], [-1, -1, -1, 1])
        : tf.sum(tf.mul(activations, tf.tensor1d([...objective.vector])), -1, true),
  };
}

/** `[1, h, w, 1]` of each objective that has places. */
function responses(
  network: Network,
  rows: readonly Tensor[],
  seers: readonly (Seer | undefined)[],
): Record<string, Tensor> {
  const taps = seers.flatMap((seer) => seer?.site ?? []);
  if (taps.length === 0) return {};
  const record = network.forward(rows, { taps });
  return Object.fromEntries(
    seers.flatMap((seer, i): [string, Tensor][] => (seer ? [[`${i}`, seer.response(record.value(seer.site))]] : [])),
  );
}

function seen({ width, height, data }: Picture, field: ReceptiveField, { shape, data: values }: NdArray): Picture {
  const place = values.reduce((best, value, i) => (value > (values[best] as number) ? i : best), 0);
  const columns = shape[2] as number;
  const window = fieldWindow(field, [Math.floor(place / columns), place % columns], [height, width]);
  return picture(window.width, window.height, tileOf(data, [height, width, 4], { ...window, outside: grey }));
}

const grey = [128, 128, 128, 255];
