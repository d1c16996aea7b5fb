import type { NdArray } from '../../numeric/ndarray.ts';
import { isSliced, type Sliced } from '../../numeric/sliced.ts';
import { isSound } from '../../readings/faults.ts';
import type { Readings, Sample } from '../../readings/labelledReadings.ts';
import { assertFiniteActivations } from '../counting/checks.ts';
import { type Mix, mixed } from './mixed.ts';

/** The same images with the activations of each layer in one or more mixes, which come in place of the layer. */
export function mixedReadings(readings: Readings, mixes: readonly (readonly Mix[])[]): Readings {
  const { faults, upsampling } = readings;
  return {
    ...readings,
    upsampling: upsampling.flatMap((one, layer) => (mixes[layer] as readonly Mix[]).map(() => one)),
    read: (stage, visit) =>
      readings.read(stage, function* (sample) {
        // Mixed, activations that are not finite would no longer tell the unit.
        if (!isSound(faults, sample, () => sample.activations.forEach(assertFiniteActivations))) return;
        const work = visit({ ...sample, activations: yield* allMixed(sample, mixes) });
        if (isSliced(work)) yield* work;
      }),
  };
}

function* allMixed({ activations }: Sample, mixes: readonly (readonly Mix[])[]): Sliced<Sample['activations']> {
  const found: NdArray[] = [];
  for (const [i, layer] of activations.entries()) {
    for (const mix of mixes[i] as readonly Mix[]) found.push(yield* mixed(layer, mix));
  }
  return found;
}
