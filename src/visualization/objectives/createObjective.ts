import type { Network } from '../../network/network.ts';
import { assertIndex, assertNumber, describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { listOf } from '../../numeric/options.ts';
import { assertObjective } from './assertObjective.ts';
import type { Objective, ObjectiveOfSome, ObjectiveSum, PictureObjective } from './objective.ts';
import { ofPictures } from './ofPictures.ts';
import { ofSome } from './ofSome.ts';
import { ofTarget } from './ofTarget.ts';
import type { ReadyObjective } from './readyObjective.ts';
import { type WeightedObjective, weightedSum } from './weightedSum.ts';

/** Checks an objective against a network and makes it ready for `count` pictures; runs in the caller's `tf.tidy`. */
export function createObjective(network: Network, objective: Objective, count: number): ReadyObjective {
  assertObjective('objective', objective);
  if (isSum(objective)) return weightedSum(checkedTerms(network, objective, count), count);
  if (isOfSome(objective)) {
    const { pictures } = checkedPictures(objective, count);
    return ofSome(createObjective(network, objective.objective, pictures.length), { pictures, count });
  }
  if (isOfPictures(objective)) return ofPictures(objective, count);
  return ofTarget(network, objective, count);
}

function isSum(objective: Objective): objective is ObjectiveSum {
  return typeof objective === 'object' && 'sum' in objective;
}

function isOfSome(objective: Objective): objective is ObjectiveOfSome {
  return typeof objective === 'object' && 'pictures' in objective;
}

function isOfPictures(objective: Objective): objective is PictureObjective {
  return typeof objective === 'object' && 'picture' in objective;
}

function checkedTerms(network: Network, { sum }: ObjectiveSum, count: number): readonly WeightedObjective[] {
  listOf(assertTerm)('objective.sum', sum);
  return sum.map(([weight, objective], i) => ({
    weight: typeof weight === 'number' ? weight : weightsOf(weight, count, `objective.sum[${i}][0]`),
    objective: createObjective(network, objective, count),
  }));
}

/** The weight of each picture; a single one is the first. */
function weightsOf(weight: (place: number) => number, count: number, argument: string): readonly number[] {
  const weights = Array.from({ length: count }, (_, picture) => weight(picture / Math.max(1, count - 1)));
  for (const one of weights) assertNumber(argument, one);
  return weights;
}

function assertTerm(argument: string, term: unknown): void {
  if (!Array.isArray(term) || term.length !== 2) {
    throw new VitrineError('bad-argument', `"${argument}" expected [weight, objective], got ${describe(term)}`);
  }
  if (typeof term[0] !== 'function') assertNumber(`${argument}[0]`, term[0]);
}

function checkedPictures(objective: ObjectiveOfSome, count: number): ObjectiveOfSome {
  const argument = 'objective.pictures';
  listOf((each, index) => assertIndex(index, count, each))(argument, objective.pictures);
  const again = objective.pictures.find((picture, i) => objective.pictures.indexOf(picture) !== i);
  if (again === undefined) return objective;
  throw new VitrineError('bad-argument', `"${argument}" expected each picture once, got ${again} twice`);
}
