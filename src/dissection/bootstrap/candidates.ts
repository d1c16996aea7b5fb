import { VitrineError } from '../../numeric/errors.ts';
import { isSound } from '../../readings/faults.ts';
import type { Readings, Sample } from '../../readings/labelledReadings.ts';
import type { Upsampling } from '../../readings/placement.ts';
import { type ConceptIndex, conceptIndex } from '../counting/conceptIndex.ts';
import { type Tally, tallyAccumulator } from '../counting/tallyAccumulator.ts';
import type { Dissection } from '../types.ts';

/** Pixels of some images; all others have none. */
export interface ImageCounts {
  /** The images, in rising order, counted without those that are left out. */
  readonly images: number[];
  readonly counts: number[];
}

/** One of the concepts of the greatest IoU of a unit, counted image by image. */
export interface Candidate {
  readonly unit: number;
  /** The place of the concept. */
  readonly concept: number;
  /** The pixels that mask and concept share. */
  readonly intersection: ImageCounts;
  /** The pixels of the mask where the image has something of the concept's category. */
  readonly area: ImageCounts;
}

/** What resampling needs of images. */
export interface CountedImages {
  readonly images: number;
  /** Per unit its concepts, that of the greatest IoU first. */
  readonly candidates: readonly (readonly Candidate[])[];
  /** The pixels of each concept that is a candidate, by its place. */
  readonly truth: ReadonlyMap<number, ImageCounts>;
}

/** Counts each image by itself, for the `most` concepts of the greatest IoU of each unit. */
export async function countedImages(readings: Readings, dissection: Dissection, most: number): Promise<CountedImages> {
  const { concepts, categories, thresholds } = dissection;
  const index = conceptIndex(concepts, categories);
  const candidates = dissection.units.map(({ unit }) => candidatesOf(unit, dissection, { index, most }));
  const all = candidates.flat();
  const truth = new Map(all.map(({ concept }) => [concept, empty()]));
  const upsampling = readings.upsampling[0] as Upsampling;
  const accumulator = tallyAccumulator({ thresholds, concepts, categories, upsampling });
  const tally = accumulator.create();
  let images = 0;
  await readings.read('tally', (sample) => {
    const { planes, scalars = [], activations } = sample;
    const count = (): void => {
      for (const table of Object.values(tally) as Float64Array[]) table.fill(0);
      accumulator.add(tally, { activations: activations[0] as Sample['activations'][0], planes, scalars });
    };
    if (!isSound(readings.faults, sample, count)) return;
    for (const [concept, counts] of truth) note(counts, images, tally.truth[concept] as number);
    for (const candidate of all) noteCandidate(candidate, { tally, index, image: images });
    images++;
  });
  assertSame({ images, candidates, truth }, dissection, index);
  return { images, candidates, truth };
}

function candidatesOf(
  unit: number,
  { iou, concepts }: Dissection,
  { index: { categoryOf }, most }: { index: ConceptIndex; most: number },
): readonly Candidate[] {
  const row = iou.data.subarray(unit * concepts.length, (unit + 1) * concepts.length);
  const found = [...row.keys()].filter((concept) => (row[concept] as number) > 0);
  // Of equals the first category and in it the first concept, as a dissection names units.
  found.sort(
    (a, b) => (row[b] as number) - (row[a] as number) || (categoryOf[a] as number) - (categoryOf[b] as number) || a - b,
  );
  return found.slice(0, most).map((concept) => ({ unit, concept, intersection: empty(), area: empty() }));
}

function noteCandidate(
  { unit, concept, intersection, area }: Candidate,
  { tally, index, image }: { tally: Tally; index: ConceptIndex; image: number },
): void {
  const category = unit * index.categories.length + (index.categoryOf[concept] as number);
  note(area, image, tally.area[category] as number);
  note(intersection, image, tally.intersection[unit * index.concepts.length + concept] as number);
}

function note({ images, counts }: ImageCounts, image: number, count: number): void {
  if (count === 0) return;
  images.push(image);
  counts.push(count);
}

function empty(): ImageCounts {
  return { images: [], counts: [] };
}

/** Refuses other images, or another layer, than those that were dissected. */
function assertSame(
  { images, candidates, truth }: CountedImages,
  dissection: Dissection,
  { categories, categoryOf }: ConceptIndex,
): void {
  const total = ({ counts }: ImageCounts): number => counts.reduce((sum, count) => sum + count, 0);
  const width = dissection.concepts.length;
  const isSame =
    images === dissection.imageCount &&
    [...truth].every(([concept, counts]) => total(counts) === dissection.truth[concept]) &&
    candidates
      .flat()
      .every(
        ({ unit, concept, intersection, area }) =>
          total(intersection) === dissection.intersection.data[unit * width + concept] &&
          total(area) === dissection.area.data[unit * categories.length + (categoryOf[concept] as number)],
      );
  if (isSame) return;
  throw new VitrineError(
    'bad-argument',
    '"dissection" expected that of this layer and these images, got one with other counts',
  );
}
