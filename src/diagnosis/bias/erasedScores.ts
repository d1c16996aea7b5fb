import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { RunOptions } from '../../network/types.ts';
import { forEachBatch } from '../../network/walk/batches.ts';
import type { NdArray, TypedArray } from '../../numeric/ndarray.ts';
import { random } from '../../numeric/random.ts';
import { besideOthers, hideable, masked } from '../../scoring/masking.ts';
import type { ImageInput } from '../../scoring/placedInput.ts';
import type { Session } from '../../scoring/session.ts';
import type { Attribute } from './attribute.ts';

/** A place of images where something is to be seen. */
export interface ErasedPlace {
  readonly name: string;
  /** `[h, w]` for all images or `[n, h, w]`; what is not zero is erased. */
  readonly mask: NdArray<TypedArray>;
}

/** What is erased of which input, and whose scores are read. */
export interface Erasing extends RunOptions {
  readonly attributes: readonly Attribute[];
  readonly places: readonly ErasedPlace[];
  readonly seed: number;
  readonly controls: number;
  readonly image: ImageInput;
  /** What is seen in erased places. */
  readonly hidden: NdArray;
}

/** The scores of all attributes of each image: as it is, then for each place without it and without its controls, `[n, rows]` each. */
export async function scoresWithout(
  session: Session,
  { attributes, places, controls, seed, image, hidden, ...run }: Erasing,
): Promise<readonly Float64Array[]> {
  const { network, inputs, count, scorerOf } = session;
  const scorers = attributes.map(({ target }) => scorerOf(target));
  const taps = [...new Set(scorers.flatMap((scorer) => scorer.taps))];
  const total = 1 + places.length * (1 + controls);
  const found = attributes.map(() => new Float64Array(count * total));
  const rowsOf = (example: number, start: number, end: number): readonly Tensor[] => {
    const masks = Array.from({ length: end - start }, (_, i) =>
      keptMask(places, image, { example, row: start + i, controls, seed }),
    );
    const shown = masked(
      hideable(inputs[image.index] as NdArray, hidden, example),
      tf.concat(masks.map((mask) => tf.tensor(mask, [1, ...image.plane, 1]))),
    );
    return besideOthers(shown, { inputs, index: image.index, example });
  };
  await forEachBatch<string>(
    { ...run, stage: 'eraseAndWatch', total, groups: count },
    ({ group, start, end }) => {
      const record = network.forward(rowsOf(group, start, end), { taps });
      const example = new Int32Array(end - start).fill(group);
      return Object.fromEntries(scorers.map((scorer, k) => [`${k}`, scorer.score(record, example).score]));
    },
    (part, { group, start }) =>
      found.forEach((all, k) => all.set((part[`${k}`] as NdArray).data, group * total + start)),
  );
  return found;
}

interface MaskPlace {
  readonly example: number;
  /** 0 hides nothing; then come, for each place, the place itself and its controls. */
  readonly row: number;
  readonly controls: number;
  readonly seed: number;
}

/** What is kept of an image in one of its rows: all but a place, or but a part of its shape elsewhere. */
function keptMask(
  places: readonly ErasedPlace[],
  { plane: [rows, columns] }: ImageInput,
  { example, row, controls, seed }: MaskPlace,
): Float32Array {
  if (row === 0) return new Float32Array(rows * columns).fill(1);
  const [place, control] = [Math.floor((row - 1) / (1 + controls)), (row - 1) % (1 + controls)];
  const { integer } = random(seed, example, place);
  const shifts = Array.from({ length: control }, () => [integer(rows), integer(columns)] as const);
  const [down, right] = shifts.at(-1) ?? [0, 0];
  const erased = maskOf(places[place] as ErasedPlace, example);
  return Float32Array.from({ length: rows * columns }, (_, i) => {
    const from = (Math.floor(i / columns) + rows - down) % rows;
    const column = ((i % columns) + columns - right) % columns;
    return erased[from * columns + column] === 0 ? 1 : 0;
  });
}

function maskOf({ mask }: ErasedPlace, example: number): ArrayLike<number> {
  const size = mask.data.length / (mask.shape.length === 3 ? (mask.shape[0] as number) : 1);
  return mask.shape.length === 3 ? mask.data.subarray(example * size, (example + 1) * size) : mask.data;
}
