import { gradient } from '../../../../src/attribution/gradient/gradient.ts';
import type { NdArray } from '../../../../src/numeric/ndarray.ts';
import { random } from '../../../../src/numeric/random.ts';
import { weightedOutputs, weightedSums } from '../../../support/weightedOutputs.ts';
import type { RandomModel } from '../randomModel.ts';
import { stockOutputs } from '../stockValues.ts';
import type { Check } from './check.ts';
import { largest } from './gap.ts';

// Long steps see curves and kinks beside the point, short ones the rounding of float32: a slope is wrong that all deny.
const steps = [1e-2, 2e-3, 5e-4];
const probes = 12;
const rounding = 4e-7;

/** `gradient` is the slope of tfjs's own scores, at some numbers of each input. */
export const gradients: Check = async (subject) => {
  const { values, inputs = [values] } = await gradient(subject.model, subject.inputs, { target: weightedOutputs });
  for (const [index, found] of inputs.entries()) {
    if (subject.tokens[index]) continue;
    const wrong = await deniedSlope(subject, index, found);
    if (wrong) return `input ${index}: ${wrong}`;
  }
  return undefined;
};

async function deniedSlope(subject: RandomModel, index: number, found: NdArray): Promise<string | undefined> {
  const { integer } = random(1, index);
  const scale = largest(found.data) + 1e-2;
  let doubtful = Array.from({ length: probes }, () => integer(found.data.length));
  let seen = '';
  for (const step of steps) {
    const slopes = await slopesAt(subject, { index, places: doubtful, step });
    doubtful = doubtful.filter((place, i) => {
      const { left, right, noise } = slopes[i] as Slopes;
      const slope = found.data[place] as number;
      const near = (value: number): boolean => Math.abs(value - slope) <= 3e-3 * scale + noise;
      const isFine = near(left) || near(right) || near((left + right) / 2);
      if (!isFine)
        seen = `the slope at [${place}] is ${slope} for ${left}, ${right} on its sides, of at most ${scale.toPrecision(3)}`;
      return !isFine;
    });
    if (doubtful.length === 0) return undefined;
  }
  return seen;
}

interface Slopes {
  readonly left: number;
  readonly right: number;
  /** What rounding can make of them. */
  readonly noise: number;
}

async function slopesAt(
  { model, inputs }: RandomModel,
  { index, places, step }: { index: number; places: readonly number[]; step: number },
): Promise<Slopes[]> {
  const size = (inputs[index] as NdArray).data.length / 2;
  const rows = places.flatMap((place) =>
    [-step, 0, step].map((shift) => ({ example: Math.floor(place / size), place: place % size, shift })),
  );
  const moved = inputs.map(({ shape, data }, i) => {
    const length = data.length / 2;
    const copies = rows.map(({ example, place, shift }) => {
      const copy = data.slice(example * length, (example + 1) * length);
      if (i === index) copy[place] = (copy[place] as number) + shift;
      return copy;
    });
    return { shape: [rows.length, ...shape.slice(1)], data: Float32Array.from(copies.flatMap((copy) => [...copy])) };
  });
  const scores = weightedSums(await stockOutputs(model, moved));
  return places.map((_, i) => {
    const [before, here, after] = scores.slice(3 * i, 3 * i + 3) as [number, number, number];
    const magnitude = Math.max(Math.abs(here), 1);
    return { left: (here - before) / step, right: (after - here) / step, noise: (rounding * magnitude) / step };
  });
}
