import { VitrineError } from '../../numeric/errors.ts';
import { random } from '../../numeric/random.ts';
import type { Readings } from '../../readings/labelledReadings.ts';
import type { Upsampling } from '../../readings/placement.ts';
import type { ConceptIndex } from '../counting/conceptIndex.ts';
import { labelPalette } from '../counting/labelPalette.ts';
import { sampleCheck } from '../counting/sampleCheck.ts';
import { type Tally, tallyAccumulator } from '../counting/tallyAccumulator.ts';
import { type Axis, axesOf } from '../masks/axes.ts';
import { binarised, hitsOf, presentConcepts, runsOf, type SparseSample } from './sparseSample.ts';

/** Images of one part of the data set. */
export interface Part {
  readonly samples: SparseSample[];
  /** How many of them each concept has. */
  readonly counts: Int32Array;
  /** The pixels that the masks of single units share with concepts, over the images that have the concept. */
  readonly tally: Tally;
}

/** All images, in the part to learn from and the part to validate with. */
export interface Parts {
  readonly training: Part;
  readonly validation: Part;
  readonly axes: readonly [Axis, Axis];
  readonly units: number;
}

/** What is kept of images. */
export interface Keeping {
  readonly index: ConceptIndex;
  readonly thresholds: Float64Array;
  /** The places of the concepts that are looked for. */
  readonly chosen: ReadonlySet<number>;
  readonly validation: number;
  readonly seed: number;
  /** How many images are kept of a concept at most, to learn from. */
  readonly limit: number;
}

/** Reads all images and keeps where units are active and where concepts are. */
export async function sparseSamples(readings: Readings, keeping: Keeping): Promise<Parts> {
  const { index, thresholds, validation: share, seed } = keeping;
  const upsampling = readings.upsampling[0] as Upsampling;
  const check = sampleCheck(index);
  // Each concept is a category of its own, so that areas are those in the images that have the concept.
  const own = index.concepts.map((concept) => ({ ...concept, category: `${concept.number}` }));
  const halves = thresholds.map(() => 0.5);
  const accumulator = tallyAccumulator({ thresholds: halves, concepts: own, upsampling });
  const part = (): Part => ({
    samples: [],
    counts: new Int32Array(index.concepts.length),
    tally: accumulator.create(),
  });
  const [training, validation] = [part(), part()];
  let axes: Parts['axes'] | undefined;
  await readings.read('masks', (sample) => {
    if (readings.faults.has(sample.image)) return;
    try {
      check(sample);
      const activations = sample.activations[0] as NonNullable<(typeof sample.activations)[0]>;
      if (activations.shape[2] !== thresholds.length) {
        throw new VitrineError(
          'bad-argument',
          `"thresholds" expected one for each of ${activations.shape[2]} units, got ${thresholds.length}`,
        );
      }
      const palette = labelPalette(sample, index.places);
      axes ??= axesOf(upsampling, activations.shape as unknown as [number, number], palette.size);
      const isHeld = random(seed, sample.image).uniform() < share;
      const into = isHeld ? validation : training;
      const hits = hitsOf(activations, thresholds);
      const { planes, scalars = [] } = sample;
      accumulator.add(into.tally, { activations: binarised(hits, activations.shape), planes, scalars });
      const wanted = presentConcepts(palette).filter(
        (concept) => keeping.chosen.has(concept) && (isHeld || (into.counts[concept] as number) < keeping.limit),
      );
      if (wanted.length === 0) return;
      for (const concept of wanted) into.counts[concept] = (into.counts[concept] as number) + 1;
      into.samples.push({ hits, runs: new Map(wanted.map((concept) => [concept, runsOf(palette, concept)])) });
    } catch (error) {
      readings.faults.report(sample.image, sample.name, error);
    }
  });
  if (!axes) throw new VitrineError('bad-argument', '"dataset" expected at least one image, got none');
  return { training, validation, axes, units: thresholds.length };
}

/** The concepts of the numbers that are looked for, by their places. */
export function chosenPlaces(index: ConceptIndex, numbers: readonly number[] | undefined): ReadonlySet<number> {
  if (numbers === undefined) return new Set(index.places.values());
  if (numbers.length === 0)
    throw new VitrineError('bad-argument', '"chosen" expected at least one number of a concept, got none');
  return new Set(
    numbers.map((number) => {
      const place = index.places.get(number);
      if (place !== undefined) return place;
      throw new VitrineError('bad-argument', `"chosen" expected numbers of concepts, got ${number}`);
    }),
  );
}
