import { assertArray } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { sameShape } from '../../numeric/ndarray.ts';
import type { Sample } from '../../readings/labelledReadings.ts';
import { assertFiniteActivations } from './checks.ts';
import type { ConceptIndex } from './conceptIndex.ts';
import { assertKnownLabels } from './labelPalette.ts';

/** Checks that an image is like the first one, that its labels are known and its activations finite. */
export function sampleCheck(index: ConceptIndex): (sample: Sample) => void {
  let first: Sample | undefined;
  return (sample) => {
    assertSample(sample, first, index);
    first ??= sample;
  };
}

function assertSample(sample: Sample, first: Sample | undefined, { places }: ConceptIndex): void {
  assertKnownLabels(sample, places);
  if (first) assertShape('planes', sample.planes.shape.slice(1), first.planes.shape.slice(1));
  sample.activations.forEach((activations, i) => {
    assertArray('activations', activations, [3]);
    if (first) assertShape('activations', activations.shape, first.activations[i]?.shape ?? []);
    assertFiniteActivations(activations);
  });
}

function assertShape(argument: string, got: readonly number[], expected: readonly number[]): void {
  if (sameShape(got, expected)) return;
  throw new VitrineError(
    'bad-argument',
    `"${argument}" expected ${expected.join('×')} as in the first image, got ${got.join('×')}`,
  );
}
