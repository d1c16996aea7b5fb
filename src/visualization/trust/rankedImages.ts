import type { Network } from '../../network/network.ts';
import { descendingOrder } from '../../numeric/correlation.ts';
import { VitrineError } from '../../numeric/errors.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { forEachInputBatch, type ReadingPlan } from '../../readings/imageBatches.ts';
import { createObjective } from '../objectives/createObjective.ts';
import type { Objective } from '../objectives/objective.ts';

/** An image and what an objective is of it. */
export interface NaturalImage {
  /** The place of the image in the data set, from 0. */
  readonly image: number;
  readonly objective: number;
}

/** For each objective all images, the one in which it is greatest first, the earlier of equals. */
export async function rankedImages(
  network: Network,
  inputs: AsyncIterable<readonly NdArray[]>,
  plan: ReadingPlan & { readonly objectives: readonly Objective[] },
): Promise<readonly (readonly NaturalImage[])[]> {
  const found = await objectivesOf(network, inputs, plan);
  if (found.some(({ length }) => length === 0))
    throw new VitrineError('bad-argument', '"images" expected at least one image, got none');
  return found.map((values) =>
    Array.from(descendingOrder(values), (image) => ({ image, objective: values[image] as number })),
  );
}

/** Of each objective the value in each of some inputs, which are looked at one by one. */
export async function objectivesOf(
  network: Network,
  inputs: AsyncIterable<readonly NdArray[]>,
  { objectives, ...plan }: ReadingPlan & { readonly objectives: readonly Objective[] },
): Promise<readonly Float32Array[]> {
  const found = objectives.map((): number[] => []);
  await forEachInputBatch(inputs, plan, {
    job: (rows) => {
      const ready = objectives.map((objective) => createObjective(network, objective, rows[0]?.shape[0] as number));
      if (ready.some(({ taps }) => taps.length === 0)) throw ofPicturesAlone();
      const record = network.forward(rows, { taps: ready.flatMap(({ taps }) => taps) });
      return Object.fromEntries(ready.map(({ score }, i) => [`${i}`, score(record).score]));
    },
    consume: (part) => {
      found.forEach((values, i) => {
        const { data } = part[`${i}`] as NdArray;
        const wrong = data.findIndex((value) => !Number.isFinite(value));
        if (wrong >= 0) throw notFinite(data[wrong] as number, values.length + wrong);
        values.push(...data);
      });
    },
  });
  return found.map((values) => Float32Array.from(values));
}

function ofPicturesAlone(): VitrineError {
  return new VitrineError('bad-argument', '"objective" expected one of the network, got one of the pictures alone');
}

function notFinite(value: number, image: number): VitrineError {
  return new VitrineError('not-finite', `"objective" expected finite numbers, got ${value} of image ${image}`);
}
