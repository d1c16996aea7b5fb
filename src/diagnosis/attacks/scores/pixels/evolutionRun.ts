import type { Position } from '../../../../backend/kernels/cropRegions.ts';
import type { NdArray } from '../../../../numeric/ndarray.ts';
import { type Random, random, randomSubset } from '../../../../numeric/random.ts';
import { firstGreatest } from '../../../../numeric/statistics.ts';
import type { AttackBatch } from '../../field/attackBatch.ts';
import type { InputSpace } from '../../field/inputSpace.ts';
import { eachPicture, type PixelChange, type PixelTask } from './candidateLosses.ts';

/** How changes evolve. */
export interface EvolutionSettings {
  readonly pixels: number;
  readonly population: number;
  readonly steps: number;
  /** How much of the difference of two candidates is added to a third. */
  readonly weight: number;
}

/** For each pixel its row, its column and its colour, as numbers that may lie between pixels. */
type Candidate = Float64Array;

/** What candidates are made of. */
interface Habitat extends EvolutionSettings, Pick<PixelTask, 'size'> {
  readonly space: InputSpace;
  readonly random: Random;
}

/** Differential evolution of the pixels of one example after the other; it ends at the first success. */
export async function evolutionRun(batch: AttackBatch, settings: EvolutionSettings): Promise<NdArray> {
  return eachPicture(batch, async ({ size, losses }, example) => {
    const habitat = { ...settings, size, space: batch.space, random: random(batch.seed, example, STREAM) };
    const judged = async (candidates: readonly Candidate[]): Promise<Float64Array> => {
      const found = await losses(candidates.map((candidate) => changeOf(candidate, habitat)));
      batch.onStep();
      return found;
    };
    let candidates = Array.from({ length: settings.population }, () => drawn(habitat));
    let standing = await judged(candidates);
    for (let i = 0; i < settings.steps && standing.every((loss) => loss <= 0); i++) {
      const children = candidates.map((_, parent) => childOf(candidates, parent, habitat));
      const rivals = await judged(children);
      candidates = candidates.map((candidate, j) =>
        isBetter(rivals, standing, j) ? (children[j] as Candidate) : candidate,
      );
      standing = standing.map((loss, j) => Math.max(loss, rivals[j] as number));
    }
    return changeOf(candidates[firstGreatest(standing)] as Candidate, habitat);
  });
}

function isBetter(rivals: Float64Array, standing: Float64Array, i: number): boolean {
  return (rivals[i] as number) > (standing[i] as number);
}

/** Places are uniform, colours normal around the middle: Su et al. 2019, section III.C. */
function drawn({ pixels, size: [rows, columns], space, random: source }: Habitat): Candidate {
  const middle = space.low.map((least, channel) => (least + (space.high[channel] as number)) / 2);
  return Float64Array.from(
    Array.from({ length: pixels }, () => [
      source.uniform() * rows,
      source.uniform() * columns,
      ...Array.from(middle, (value, channel) => value + source.normal() * (value - (space.low[channel] as number))),
    ]).flat(),
  );
}

/** Eq. (3), Su et al. 2019: another candidate, moved by the difference of two more. */
function childOf(
  candidates: readonly Candidate[],
  parent: number,
  { weight, random: source, ...rest }: Habitat,
): Candidate {
  const others = randomSubset(candidates.length - 1, 3, source).map(
    (i) => candidates[i < parent ? i : i + 1] as Candidate,
  );
  const [a, b, c] = order(others, source) as [Candidate, Candidate, Candidate];
  const moved = a.map((value, i) => value + weight * ((b[i] as number) - (c[i] as number)));
  return within(moved, rest);
}

/** A subset comes in no particular order, which is not a random one. */
function order(others: readonly Candidate[], source: Random): readonly Candidate[] {
  const turn = source.integer(3);
  const turned = [...others.slice(turn), ...others.slice(0, turn)];
  return source.uniform() < 0.5 ? turned : turned.reverse();
}

function within(
  candidate: Candidate,
  { size: [rows, columns, channels], space }: Pick<Habitat, 'size' | 'space'>,
): Candidate {
  const bound = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
  return candidate.map((value, i) => {
    const part = i % (2 + channels);
    if (part === 0) return bound(value, 0, rows - 1);
    if (part === 1) return bound(value, 0, columns - 1);
    return bound(value, space.low[part - 2] as number, space.high[part - 2] as number);
  });
}

function changeOf(candidate: Candidate, habitat: Pick<Habitat, 'pixels' | 'size' | 'space'>): PixelChange {
  const [rows, columns, channels] = habitat.size;
  const bounded = within(candidate, habitat);
  const width = 2 + channels;
  const starts = Array.from({ length: habitat.pixels }, (_, i) => i * width);
  return {
    at: starts.map(
      (start): Position => [
        Math.min(Math.floor(bounded[start] as number), rows - 1),
        Math.min(Math.floor(bounded[start + 1] as number), columns - 1),
      ],
    ),
    colors: Float32Array.from(starts.flatMap((start) => [...bounded.subarray(start + 2, start + width)])),
  };
}

/** Of the random numbers of this attack. */
const STREAM = 31;
