import { rocAuc } from '../../numeric/correlation.ts';
import { logisticRegression } from '../../numeric/linear/logisticRegression.ts';
import { dot } from '../../numeric/linear/vectors.ts';
import { random, shuffled } from '../../numeric/random.ts';
import { forEachOf, type Sliced } from '../../numeric/sliced.ts';
import type { PooledSample } from './pooledSamples.ts';
import type { ConceptClassifier } from './types.ts';

/** How weights are found. */
export interface Learning {
  readonly penalty: number;
  readonly limit: number;
  readonly stream: readonly [seed: number, concept: number];
}

/** How well the concept of a place is told, by one unit and by all. */
export function* classifierOf(
  {
    training,
    validation,
  }: { readonly training: readonly PooledSample[]; readonly validation: readonly PooledSample[] },
  place: number,
  { penalty, limit, stream }: Learning,
): Sliced<Omit<ConceptClassifier, 'concept' | 'category'>> {
  const [having, lacking] = divided(training, place);
  const count = Math.min(having.length, lacking.length, limit);
  const { integer } = random(...stream);
  const some = [having, lacking].flatMap((side) =>
    [...shuffled(side.length, integer).subarray(0, count)].map((i) => side[i] as PooledSample),
  );
  const { weights, intercept } = yield* logisticRegression(
    some.map(({ values }) => values),
    some.map((_, i) => i < count),
    penalty,
  );
  const has = (samples: readonly PooledSample[]): boolean[] => samples.map(({ present }) => present.has(place));
  const own = yield* aucOfEach(training, has(training));
  const unit = own.indexOf(own.reduce((most, auc) => Math.max(most, auc)));
  const scores = validation.map(({ values }) => dot(weights, values) + intercept);
  const [held, others] = divided(validation, place);
  const right = (yes: boolean): number =>
    validation.filter(({ present }, i) => present.has(place) === yes && (scores[i] as number) > 0 === yes).length;
  return {
    images: {
      training: { with: count, without: count },
      validation: { with: held.length, without: others.length },
    },
    single: { unit, trainingAuc: own[unit] as number, auc: aucOf(validation, has(validation), unit) },
    multiple: {
      weights,
      intercept,
      auc: rocAuc(scores, has(validation)),
      balancedAccuracy: (right(true) / held.length + right(false) / others.length) / 2,
    },
  };
}

/** Of each unit. */
function* aucOfEach(samples: readonly PooledSample[], inside: readonly boolean[]): Sliced<Float64Array> {
  const aucs = new Float64Array(samples[0]?.values.length ?? 0);
  // What sorting takes.
  const cost = 10 * samples.length * Math.log2(samples.length + 1);
  yield* forEachOf(aucs.length, cost, (unit) => {
    aucs[unit] = aucOf(samples, inside, unit);
  });
  return aucs;
}

function aucOf(samples: readonly PooledSample[], inside: readonly boolean[], unit: number): number {
  return rocAuc(
    samples.map(({ values }) => values[unit] as number),
    inside,
  );
}

function divided(samples: readonly PooledSample[], place: number): [having: PooledSample[], lacking: PooledSample[]] {
  return [samples.filter(({ present }) => present.has(place)), samples.filter(({ present }) => !present.has(place))];
}
