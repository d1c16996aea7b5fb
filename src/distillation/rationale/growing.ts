import { dot } from '../../numeric/linear/vectors.ts';
import { forEachOf, type Sliced } from '../../numeric/sliced.ts';
import { bestFirst } from './bestFirst.ts';
import { type NegativeView, negativeRoutes } from './negativeRoutes.ts';
import { type FilterSelection, type NodeFit, nodeFitter } from './nodeFit.ts';
import { type Samples, tableRow } from './samples.ts';
import type { GrownTree, TreeMerge } from './types.ts';

/** What is grown from, checked. */
export interface Growth {
  readonly positives: Samples;
  /** The intercepts of the leaves. */
  readonly biases: Float64Array;
  readonly negatives: Samples | undefined;
  readonly beta: number;
  readonly selection: FilterSelection;
  readonly criterion: 'gain' | 'gainPerImage';
  readonly maxMerges: number;
}

/** Two nodes that may become one. */
interface Pair extends Pairing {
  /** What the sum of $e^{\gamma h}$ over their images is at least, since an exponential of a mean is below the mean of it. */
  readonly floor: number;
  /** That sum, once the node that they would become has been fitted; none where their rationales cancel out. */
  fitted?: { readonly mass: number; readonly view: NegativeView | undefined; negativeChange: number } | 'none';
}

/** Two nodes by number, the smaller one first. */
interface Pairing {
  readonly first: number;
  readonly second: number;
}

/** About how many operations a look at a pair takes. */
const PAIR = 20;

/** Rounding of a bound; a pair that is that near is fitted. */
const SLACK = 1e-9;

/**
 * Grows a tree, a merge at a time.
 *
 * A node's intercept makes the mean of what it predicts that of its outputs, and images change their node by being
 * merged only; so one sum is kept of each pair, and a pair is not fitted before its bound makes it a candidate.
 *
 * @param onMerge is told of how many merges there have been.
 */
export function* growing(growth: Growth, onMerge?: (merges: number) => void): Sliced<GrownTree> {
  const { positives, negatives, beta, criterion, maxMerges } = growth;
  const gamma = positives.count / positives.outputs.reduce((sum, value) => sum + value, 0);
  const most = positives.outputs.reduce((high, value) => Math.max(high, gamma * value), Number.NEGATIVE_INFINITY);
  const exponential = (prediction: number): number => Math.exp(gamma * prediction - most);
  const fitNode = nodeFitter(positives, growth.selection);
  const routes = negatives && negativeRoutes(negatives, exponential);
  const branches: Branch[] = leavesOf(growth, exponential);
  const active = new Set(branches.keys());
  const views = new Map<number, NegativeView>();
  if (routes) {
    for (const [node, branch] of branches.entries()) views.set(node, yield* routes.view(branch));
    yield* routes.route(views);
  }
  let pairs: Pair[] = [];
  for (const node of active) {
    for (const pair of pairsBefore(node)) pairs.push(pair);
    yield PAIR * active.size;
  }
  const merges: TreeMerge[] = [];
  const logLikelihood = [logLikelihoodOf()];
  while (merges.length < maxMerges) {
    const chosen = yield* bestPair();
    if (!chosen) break;
    const node = yield* merge(chosen);
    merges.push({ images: (branches[node] as Branch).members, gain: chosen.gain });
    logLikelihood.push(logLikelihoodOf());
    onMerge?.(merges.length);
  }
  return {
    kind: 'rationale',
    gamma,
    logLikelihood: Float64Array.from(logLikelihood),
    merges,
    nodes: branches.map(({ members, children, weights, selected, bias }) => ({
      images: members,
      children,
      // −0 would not survive JSON.
      weights: Array.from(weights, (value) => value + 0),
      selected: Array.from(selected),
      bias,
    })),
    secondLayer: [...active],
  };

  /** The pairs of a node with those before it. */
  function pairsBefore(second: number): Pair[] {
    const others = [...active].filter((first) => first < second);
    return others.map((first) => {
      const [a, b] = [branches[first] as Branch, branches[second] as Branch];
      const size = a.members.length + b.members.length;
      return { first, second, floor: size * exponential((a.outputs + b.outputs) / size) };
    });
  }

  function* mergedBranch({ first, second }: Pairing): Sliced<Branch | undefined> {
    const [a, b] = [branches[first] as Branch, branches[second] as Branch];
    const members = mergedMembers(a, b);
    const total = a.total.map((value, d) => value + (b.total[d] as number));
    const fitted = yield* fitNode(members, total);
    return fitted && branchOf({ members, children: [first, second], total, ...fitted }, positives, exponential);
  }

  function* fitPair(pair: Pair): Sliced<NonNullable<Pair['fitted']>> {
    const merged = yield* mergedBranch(pair);
    const view = merged && routes ? yield* routes.view(merged) : undefined;
    const negativeChange = view && routes ? routes.change(pair.first, pair.second, view) : 0;
    return merged ? { mass: merged.mass, view, negativeChange } : 'none';
  }

  /** The pair that the criterion likes best, of equals the first, among those that raise the likelihood. */
  function* bestPair(): Sliced<(Pairing & { readonly gain: number }) | undefined> {
    const mass = totalMass();
    // Negatives could leave the sum at best.
    const leastChange = routes ? -routes.mass() : 0;
    let best: (Pairing & { gain: number }) | undefined;
    let highest = Number.MIN_VALUE;
    const consider = (pair: Pair): void => {
      if (pair.fitted === undefined || pair.fitted === 'none') return;
      const gain = gainOf(pair, { mass, own: pair.fitted.mass, change: pair.fitted.negativeChange });
      const value = gain / sizeOf(pair);
      if (value < highest || (value === highest && best && isBefore(best, pair))) return;
      highest = value;
      best = { first: pair.first, second: pair.second, gain };
    };
    yield* forEachOf(pairs.length, PAIR, (i) => consider(pairs[i] as Pair));
    const bounds = new Float64Array(pairs.length).fill(Number.NEGATIVE_INFINITY);
    yield* forEachOf(pairs.length, PAIR, (i) => {
      const pair = pairs[i] as Pair;
      if (pair.fitted !== undefined) return;
      bounds[i] = gainOf(pair, { mass, own: pair.floor, change: leastChange }) / sizeOf(pair);
    });
    const open = Int32Array.from(bounds.keys()).filter((i) => !((bounds[i] as number) < highest - SLACK));
    for (const i of bestFirst(bounds, open)) {
      if ((bounds[i] as number) < highest - SLACK) break;
      const pair = pairs[i] as Pair;
      pair.fitted = yield* fitPair(pair);
      consider(pair);
    }
    return best;
  }

  /** What a gain is divided by. */
  function sizeOf({ first, second }: Pairing): number {
    if (criterion === 'gain') return 1;
    return (branches[first] as Branch).members.length + (branches[second] as Branch).members.length;
  }

  /**
   * The closed form of $\Delta \log E$, given the sum over all images, that over the pair's own once merged, and what the
   * sum over negatives changes by.
   */
  function gainOf(
    { first, second }: Pairing,
    { mass, own, change }: { readonly mass: number; readonly own: number; readonly change: number },
  ): number {
    const [a, b] = [branches[first] as Branch, branches[second] as Branch];
    const rise = a.outputs + b.outputs - a.predicted - b.predicted;
    // What is left is at least the new node's own sum, whatever rounding says.
    const total = Math.max(own - a.mass - b.mass + change, own - mass);
    return beta + gamma * rise - positives.count * Math.log1p(total / mass);
  }

  function* merge(pairing: Pairing): Sliced<number> {
    const merged = (yield* mergedBranch(pairing)) as Branch;
    const node = branches.push(merged) - 1;
    const gone = [pairing.first, pairing.second];
    for (const child of gone) {
      active.delete(child);
      views.delete(child);
    }
    active.add(node);
    pairs = pairs.filter(({ first, second }) => !gone.includes(first) && !gone.includes(second));
    if (routes && negatives) {
      views.set(node, yield* routes.view(merged));
      yield* routes.route(views);
      yield* forEachOf(pairs.length, negatives.count, (i) => {
        const { first, second, fitted } = pairs[i] as Pair;
        if (fitted === undefined || fitted === 'none' || !fitted.view) return;
        fitted.negativeChange += routes.changeOfChange(first, second, fitted.view);
      });
    }
    pairs = [...pairs, ...pairsBefore(node)];
    return node;
  }

  function totalMass(): number {
    let sum = routes?.mass() ?? 0;
    for (const node of active) sum += (branches[node] as Branch).mass;
    return sum;
  }

  function logLikelihoodOf(): number {
    let predicted = 0;
    for (const node of active) predicted += (branches[node] as Branch).predicted;
    const outputs = positives.outputs.reduce((sum, value) => sum + value, 0);
    const all = [positives, negatives].flatMap((samples) => [...(samples?.outputs ?? [])]);
    const truth = all.reduce((sum, value) => sum + exponential(value), 0);
    const ratio = Math.log(totalMass() / truth);
    return gamma * (predicted - outputs) - positives.count * ratio - beta * active.size;
  }
}

/** One leaf for each image, whose model is the image's own. */
function leavesOf({ positives, biases }: Growth, exponential: (prediction: number) => number): Branch[] {
  return Array.from(biases, (bias, image) => {
    const total = tableRow(positives.rationales, image, positives.width);
    const node = {
      members: [image],
      children: [],
      total,
      weights: total,
      selected: new Uint8Array(total.length).fill(1),
    };
    return branchOf({ ...node, bias }, positives, exponential);
  });
}

function isBefore(one: Pairing, other: Pairing): boolean {
  return one.first < other.first || (one.first === other.first && one.second < other.second);
}

/** A node while a tree grows. */
interface Branch extends NodeFit {
  /** Its images, in order. */
  readonly members: readonly number[];
  readonly children: readonly number[];
  /** The sum of its images' rationales. */
  readonly total: Float64Array;
  /** The sum of its images' outputs. */
  readonly outputs: number;
  /** The sum of what it predicts for them, and of $e^{\gamma h}$ of that. */
  readonly predicted: number;
  readonly mass: number;
}

/** $h(x) = w^T x + b$ of an image. */
function predictionOf({ weights, bias }: NodeFit, { responses, width }: Samples, image: number): number {
  return dot(weights, tableRow(responses, image, width)) + bias;
}

/** A node with its sums over its images; `exponential` is $e^{\gamma h}$ in some unit. */
function branchOf(
  node: Pick<Branch, 'members' | 'children' | 'total'> & NodeFit,
  samples: Samples,
  exponential: (prediction: number) => number,
): Branch {
  let [outputs, predicted, mass] = [0, 0, 0];
  for (const image of node.members) {
    const prediction = predictionOf(node, samples, image);
    outputs += samples.outputs[image] as number;
    predicted += prediction;
    mass += exponential(prediction);
  }
  return { ...node, outputs, predicted, mass };
}

/** The images of two nodes, in order. */
function mergedMembers(a: Branch, b: Branch): readonly number[] {
  return [...a.members, ...b.members].sort((one, other) => one - other);
}
