import { inSlices } from '../../backend/inTurn.ts';
import { layerAddress, runChecks } from '../../network/runChecks.ts';
import type { Input, Model, RunOptions } from '../../network/types.ts';
import type { NdArray } from '../../numeric/ndarray.ts';
import { assertOptions, integer, type OptionChecks, required } from '../../numeric/options.ts';
import { forEachOf, type Sliced } from '../../numeric/sliced.ts';
import { planeActivations } from './planeActivations.ts';

/** Options of {@link semanticDictionary}. */
export interface SemanticDictionaryOptions extends RunOptions {
  /** The address of a layer with rows and columns. */
  readonly layer: string;
  /** How many units of each position; 4 by default. */
  readonly count?: number;
}

const checks: OptionChecks<SemanticDictionaryOptions> = {
  ...runChecks,
  layer: required(layerAddress),
  count: integer(1),
};

/** What a network sees at each position of an image, in words that are units. */
export interface SemanticDictionary {
  readonly layer: string;
  /** The most active units of each position, the first one the most active, `[n, h, w, count]`. */
  readonly units: NdArray<Int32Array>;
  /** How active they are, `[n, h, w, count]`. */
  readonly values: NdArray;
  /** The greatest activation of each unit over positions and examples, `[units]`. */
  readonly greatest: Float32Array;
  /** For each example the position to begin with: where the greatest activation of all is. */
  readonly start: readonly (readonly [row: number, column: number])[];
}

/**
 * The most active units at each position of a layer: beside pictures of these units, what the network sees there.
 *
 * Source: Olah et al. 2018, "The building blocks of interpretability", section "Making sense of hidden layers".
 *
 * @param model a `LayersModel` or `GraphModel`, or one compiled once by `compile`.
 * @param x one example or a batch `[n, …]` in the shape of the model's input.
 * @param options `layer`; `count` (4), at most as many as the layer has units; `batchSize`, `signal`, `onProgress`.
 * @returns units and activations of each position, those of equal activation by number; where to begin.
 * @throws {VitrineError} if the layer is unknown or has no rows and columns, or `count` < 1; if an activation is not finite.
 * @example
 * ```ts
 * import { semanticDictionary } from 'vitrine/visualization';
 * const { units, values, start } = await semanticDictionary(model, x, { layer: 'conv2', count: 3 });
 * console.log(units.shape, values.shape, start[0]);
 * ```
 */
export async function semanticDictionary(
  model: Model,
  x: Input,
  options: SemanticDictionaryOptions,
): Promise<SemanticDictionary> {
  assertOptions(options, checks);
  const { layer, count = 4, ...run } = options;
  const found = await planeActivations(model, x, layer, run);
  return { layer, ...(await inSlices(ranked(found, count), run)) };
}

function* ranked({ shape, data }: NdArray, count: number): Sliced<Omit<SemanticDictionary, 'layer'>> {
  const units = shape[3] as number;
  const kept = Math.min(count, units);
  const places = data.length / units;
  const numbers = new Int32Array(places * kept);
  const values = new Float32Array(places * kept);
  const greatest = new Float32Array(units).fill(Number.NEGATIVE_INFINITY);
  yield* forEachOf(places, units * (kept + 1), (place) => {
    const own = data.subarray(place * units, (place + 1) * units);
    const order = greatestUnits(own, kept);
    numbers.set(order, place * kept);
    values.set(
      order.map((unit) => own[unit] as number),
      place * kept,
    );
    own.forEach((value, unit) => {
      greatest[unit] = Math.max(greatest[unit] as number, value);
    });
  });
  const listed = [...shape.slice(0, 3), kept];
  return {
    units: { shape: listed, data: numbers },
    values: { shape: listed, data: values },
    greatest,
    start: startsOf(values, listed),
  };
}

/** The numbers of the greatest values, the lower ones of equals first. */
function greatestUnits(values: Float32Array, count: number): readonly number[] {
  const found: number[] = [];
  for (let unit = 0; unit < values.length; unit++) {
    const value = values[unit] as number;
    if (found.length === count && (values[found[count - 1] as number] as number) >= value) continue;
    let place = found.length;
    while (place > 0 && (values[found[place - 1] as number] as number) < value) place--;
    found.splice(place, 0, unit);
    if (found.length > count) found.pop();
  }
  return found;
}

/** For each example the first of the positions with the greatest value. */
function startsOf(values: Float32Array, shape: readonly number[]): SemanticDictionary['start'] {
  const [examples, height, width, kept] = shape as [number, number, number, number];
  return Array.from({ length: examples }, (_, example) => {
    let best = example * height * width;
    for (let place = best; place < (example + 1) * height * width; place++) {
      if ((values[place * kept] as number) > (values[best * kept] as number)) best = place;
    }
    const within = best - example * height * width;
    return [Math.floor(within / width), within % width] as const;
  });
}
