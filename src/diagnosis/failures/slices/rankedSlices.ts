import { descendingOrder } from '../../../numeric/correlation.ts';
import { differenceInterval, wilsonInterval } from '../../../numeric/proportions.ts';
import { forEachOf, type Sliced } from '../../../numeric/sliced.ts';
import { firstGreatest } from '../../../numeric/statistics.ts';
import type { MixtureData } from './expectation.ts';
import type { ConfusionCount, ErrorRate, FoundSlice, SliceFindings } from './types.ts';

/** Examples, and how far they belong to which part of a mixture. */
interface Parted {
  readonly data: MixtureData;
  /** `[n, components]`. */
  readonly responsibilities: Float64Array;
}

/** What is ranked. */
export interface Ranking extends Parted {
  readonly components: number;
  readonly count: number;
  readonly heldOut?: Parted;
}

/** The parts with the greatest lower bounds of the error rate, of those with members. */
export function* rankedSlices(ranking: Ranking): Sliced<Omit<SliceFindings, 'steps'>> {
  const { data, responsibilities, components, count, heldOut } = ranking;
  const predicted = predictedOf(data);
  const wrong = wrongOf(data, predicted);
  const owners = ownersOf(ranking, components);
  const scores = scoresOf(responsibilities, wrong, components);
  const filled = new Set(owners);
  const parts = Array.from(descendingOrder(scores)).filter((part) => filled.has(part));
  const unseen = heldOut && heldOutRates(heldOut, components);
  const slices: FoundSlice[] = [];
  yield* forEachOf(Math.min(count, parts.length), 20 * data.count, (k) => {
    const part = parts[k] as number;
    const inside = (i: number): boolean => owners[i] === part;
    const [own, rest] = [rateOf(wrong, inside), rateOf(wrong, (i) => !inside(i))];
    slices.push({
      members: membersOf(ranking, owners, part),
      ...own,
      rest,
      difference: differenceInterval(proportionOf(own), proportionOf(rest)),
      confusion: confusionOf(data.labels, predicted, inside),
      score: scores[part] as number,
      ...(unseen && { heldOut: unseen(part) }),
    });
  });
  return {
    slices,
    membership: columnsOf(ranking, parts.slice(0, count)),
    labels: data.labels,
    predicted,
    all: rateOf(wrong, () => true),
    ...(unseen && { heldOut: unseen() }),
  };
}

/** Those that belong to a part most, those that do more first. */
function membersOf({ responsibilities, components }: Ranking, owners: Int32Array, part: number): Int32Array {
  const members = Int32Array.from(owners.keys()).filter((i) => owners[i] === part);
  const order = descendingOrder(Float64Array.from(members, (i) => responsibilities[i * components + part] as number));
  return Int32Array.from(order, (place) => members[place] as number);
}

/** The lower bound of each part's error rate, examples counted as far as they belong. */
function scoresOf(responsibilities: Float64Array, wrong: Uint8Array, components: number): Float64Array {
  const [sizes, errors] = [new Float64Array(components), new Float64Array(components)];
  wrong.forEach((isWrong, i) => {
    for (let part = 0; part < components; part++) {
      const own = responsibilities[i * components + part] as number;
      sizes[part]! += own;
      errors[part]! += own * isWrong;
    }
  });
  return sizes.map((total, part) => (total > 0 ? wilsonInterval({ count: errors[part] as number, total }).low : 0));
}

/** The part that each example belongs to most. */
function ownersOf({ data, responsibilities }: Parted, components: number): Int32Array {
  return Int32Array.from({ length: data.count }, (_, i) =>
    firstGreatest(responsibilities.subarray(i * components, (i + 1) * components)),
  );
}

function predictedOf({ count, probabilities, classes }: MixtureData): Int32Array {
  return Int32Array.from({ length: count }, (_, i) =>
    firstGreatest(probabilities.subarray(i * classes, (i + 1) * classes)),
  );
}

function wrongOf({ labels }: MixtureData, predicted: Int32Array): Uint8Array {
  return Uint8Array.from(predicted, (one, i) => Number(one !== labels[i]));
}

/** The error rates of held-out examples, of one part or of all. */
function heldOutRates(heldOut: Parted, components: number): (part?: number) => ErrorRate {
  const owners = ownersOf(heldOut, components);
  const wrong = wrongOf(heldOut.data, predictedOf(heldOut.data));
  return (part) => rateOf(wrong, (i) => part === undefined || owners[i] === part);
}

function rateOf(wrong: Uint8Array, isInside: (i: number) => boolean): ErrorRate {
  let [size, errors] = [0, 0];
  wrong.forEach((isWrong, i) => {
    if (!isInside(i)) return;
    size++;
    errors += isWrong;
  });
  return { size, errorRate: size > 0 ? errors / size : 0, interval: wilsonInterval({ count: errors, total: size }) };
}

function proportionOf({ size, errorRate }: ErrorRate): { count: number; total: number } {
  return { count: Math.round(size * errorRate), total: size };
}

function confusionOf(
  labels: Int32Array,
  predicted: Int32Array,
  isInside: (i: number) => boolean,
): readonly ConfusionCount[] {
  const counts = new Map<string, ConfusionCount>();
  labels.forEach((label, i) => {
    if (!isInside(i)) return;
    const own = { label, predicted: predicted[i] as number };
    const key = `${label} ${own.predicted}`;
    counts.set(key, { ...own, count: (counts.get(key)?.count ?? 0) + 1 });
  });
  return [...counts.values()].sort((a, b) => b.count - a.count || a.label - b.label || a.predicted - b.predicted);
}

function columnsOf(
  { data, responsibilities, components }: Ranking,
  parts: readonly number[],
): SliceFindings['membership'] {
  const membership = Float64Array.from({ length: data.count * parts.length }, (_, at) => {
    const [i, k] = [Math.floor(at / parts.length), at % parts.length];
    return responsibilities[i * components + (parts[k] as number)] as number;
  });
  return { shape: [data.count, parts.length], data: membership };
}
