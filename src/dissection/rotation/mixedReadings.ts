import { assertFiniteActivations } from '../assertActivations.ts';
import { isSound } from '../faults.ts';
import type { Readings, Sample } from '../readings.ts';
import { type Mix, mixed } from './mixed.ts';

/** The same images with the activations of each layer in one or more mixes, which come in place of the layer. */
export function mixedReadings(readings: Readings, mixes: readonly (readonly Mix[])[]): Readings {
  const { faults, upsampling } = readings;
  return {
    ...readings,
    upsampling: upsampling.flatMap((one, layer) => (mixes[layer] as readonly Mix[]).map(() => one)),
    read: (stage, visit) =>
      readings.read(stage, (sample) => {
        // Mixed, activations that are not finite would no longer tell the unit.
        if (!isSound(faults, sample, () => sample.activations.forEach(assertFiniteActivations))) return;
        visit({ ...sample, activations: allMixed(sample, mixes) });
      }),
  };
}

function allMixed({ activations }: Sample, mixes: readonly (readonly Mix[])[]): Sample['activations'] {
  return activations.flatMap((layer, i) => (mixes[i] as readonly Mix[]).map((mix) => mixed(layer, mix)));
}
