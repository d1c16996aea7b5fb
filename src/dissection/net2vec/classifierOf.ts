import { eventLoopTurn } from '../../backend/eventLoopTurn.ts';
import { dot } from '../../numeric/dot.ts';
import { logisticRegression } from '../../numeric/logisticRegression.ts';
import { random } from '../../numeric/random.ts';
import { rocAuc } from '../../numeric/rocAuc.ts';
import { shuffled } from '../../numeric/shuffled.ts';
import type { PooledSample } from './pooledSamples.ts';
import type { ConceptClassifier } from './types.ts';

/** How weights are found. */
export interface Learning {
  readonly penalty: number;
  readonly limit: number;
  readonly stream: readonly [seed: number, concept: number];
}

/** How well the concept of a place is told, by one unit and by all. */
export async function classifierOf(
  {
    training,
    validation,
  }: { readonly training: readonly PooledSample[]; readonly validation: readonly PooledSample[] },
  place: number,
  { penalty, limit, stream }: Learning,
): Promise<Omit<ConceptClassifier, 'concept' | 'category'>> {
  const [having, lacking] = divided(training, place);
  const count = Math.min(having.length, lacking.length, limit);
  const { integer } = random(...stream);
  const some = [having, lacking].flatMap((side) =>
    [...shuffled(side.length, integer).subarray(0, count)].map((i) => side[i] as PooledSample),
  );
  const { weights, intercept } = logisticRegression(
    some.map(({ values }) => values),
    some.map((_, i) => i < count),
    penalty,
  );
  await eventLoopTurn();
  const has = (samples: readonly PooledSample[]): boolean[] => samples.map(({ present }) => present.has(place));
  const aucOf = (samples: readonly PooledSample[], unit: number): number =>
    rocAuc(
      samples.map(({ values }) => values[unit] as number),
      has(samples),
    );
  const own = Array.from(weights, (_, unit) => aucOf(training, unit));
  const unit = own.indexOf(Math.max(...own));
  const scores = validation.map(({ values }) => dot(weights, values) + intercept);
  const [held, others] = divided(validation, place);
  const right = (yes: boolean): number =>
    validation.filter(({ present }, i) => present.has(place) === yes && (scores[i] as number) > 0 === yes).length;
  return {
    images: {
      training: { with: count, without: count },
      validation: { with: held.length, without: others.length },
    },
    single: { unit, trainingAuc: own[unit] as number, auc: aucOf(validation, unit) },
    multiple: {
      weights,
      intercept,
      auc: rocAuc(scores, has(validation)),
      balancedAccuracy: (right(true) / held.length + right(false) / others.length) / 2,
    },
  };
}

function divided(samples: readonly PooledSample[], place: number): [having: PooledSample[], lacking: PooledSample[]] {
  return [samples.filter(({ present }) => present.has(place)), samples.filter(({ present }) => !present.has(place))];
}
