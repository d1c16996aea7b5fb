import type { DenseWeights } from './denseModel.ts';

/** What an attack wants of an example. */
export interface Goal {
  readonly label: number;
  readonly goal?: number;
}

/** How far an example may be changed. */
export interface Budget {
  readonly norm: 'l2' | 'linf';
  readonly epsilon: number;
  readonly bounds: readonly [number, number];
}

/** A loss at logits, and its gradient with respect to them. */
type Loss = (logits: readonly number[], goal: Goal) => { readonly value: number; readonly seeds: readonly number[] };

/** A loss of an example, and its gradient with respect to it. */
export type Ascended = (x: readonly number[]) => {
  readonly loss: number;
  readonly gradient: readonly number[];
  readonly logits: readonly number[];
};

/** Dense layers, the last one linear and all others with ReLU, forward and backward by loops. */
export function ascended(layers: readonly DenseWeights[], loss: Loss, goal: Goal): Ascended {
  return (x) => {
    const values: number[][] = [[...x]];
    layers.forEach(({ kernel, bias, activation }) => {
      const input = values.at(-1) as number[];
      const sums = bias.map((b, j) => input.reduce((sum, value, i) => sum + value * at(kernel, i, j), b));
      values.push(activation === 'relu' ? sums.map((sum) => Math.max(0, sum)) : sums);
    });
    const logits = values.at(-1) as number[];
    const { value, seeds } = loss(logits, goal);
    let signal = [...seeds];
    for (let l = layers.length - 1; l >= 0; l--) {
      const { kernel, activation } = layers[l] as DenseWeights;
      const passed = signal.map((s, j) => (activation !== 'relu' || (values[l + 1]?.[j] as number) > 0 ? s : 0));
      signal = (values[l] as number[]).map((_, i) => passed.reduce((sum, s, j) => sum + s * at(kernel, i, j), 0));
    }
    return { loss: value, gradient: signal, logits };
  };
}

const at = (kernel: DenseWeights['kernel'], i: number, j: number): number => kernel[i]?.[j] as number;

/** Losses of logits, each written as in its paper. */
export const lossOracles: Readonly<Record<'crossEntropy' | 'margin' | 'dlr', Loss>> = {
  crossEntropy(logits, { label, goal }) {
    const sum = logits.reduce((total, z) => total + Math.exp(z), 0);
    const [aim, sign] = goal === undefined ? [label, -1] : [goal, 1];
    return {
      value: sign * Math.log(Math.exp(logits[aim] as number) / sum),
      seeds: logits.map((z, k) => sign * ((k === aim ? 1 : 0) - Math.exp(z) / sum)),
    };
  },
  margin(logits, { label, goal }) {
    const of = goal ?? label;
    const other = order(logits).find((k) => k !== of) as number;
    const [up, down] = goal === undefined ? [other, label] : [goal, other];
    return difference(logits, up, down);
  },
  dlr(logits, { label, goal }) {
    const [first, second, third, fourth] = order(logits) as [number, number, number, number?];
    const aim = goal ?? (first === label ? second : first);
    const rise = difference(logits, aim, label);
    const spread = logits.map((_, k) => {
      const away =
        goal === undefined
          ? k === third
            ? 1
            : 0
          : (k === third ? 0.5 : 0) + (fourth !== undefined && k === fourth ? 0.5 : 0);
      return (k === first ? 1 : 0) - away;
    });
    const width = spread.reduce((sum, s, k) => sum + s * (logits[k] as number), 1e-12);
    return {
      value: rise.value / width,
      seeds: rise.seeds.map((seed, k) => seed / width - (rise.value / width ** 2) * (spread[k] as number)),
    };
  },
};

/** The classes from the greatest score to the least. */
function order(logits: readonly number[]): number[] {
  return logits.map((_, k) => k).sort((a, b) => (logits[b] as number) - (logits[a] as number));
}

function difference(logits: readonly number[], up: number, down: number): { value: number; seeds: number[] } {
  return {
    value: (logits[up] as number) - (logits[down] as number),
    seeds: logits.map((_, k) => (k === up ? 1 : 0) - (k === down ? 1 : 0)),
  };
}

/** Brought back into the ball, then within the bounds. */
export function backInto(moved: readonly number[], x: readonly number[], { norm, epsilon, bounds }: Budget): number[] {
  const change = moved.map((value, i) => value - (x[i] as number));
  const length = Math.sqrt(change.reduce((sum, c) => sum + c * c, 0));
  const kept = change.map((c) =>
    norm === 'linf' ? Math.min(Math.max(c, -epsilon), epsilon) : length > epsilon ? (c * epsilon) / length : c,
  );
  return kept.map((c, i) => Math.min(Math.max((x[i] as number) + c, bounds[0]), bounds[1]));
}

/** The signs of a gradient, or the gradient over its length. */
function direction(gradient: readonly number[], norm: 'l2' | 'linf'): number[] {
  const length = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
  return gradient.map((g) => (norm === 'linf' ? Math.sign(g) : g / (length + 1e-12)));
}

/** The places that projected gradient steps of one length come by, the start first. */
export function pgdPath(
  at: Ascended,
  x: readonly number[],
  budget: Budget,
  { stepSize, steps, start = x }: { stepSize: number; steps: number; start?: readonly number[] },
): number[][] {
  const path = [[...start]];
  for (let i = 0; i < steps; i++) {
    const current = path[i] as number[];
    const up = direction(at(current).gradient, budget.norm);
    path.push(
      backInto(
        current.map((value, j) => value + stepSize * (up[j] as number)),
        x,
        budget,
      ),
    );
  }
  return path;
}

/** The places that APGD comes by, the start first, by the lines of its algorithm. */
export function apgdPath(
  at: Ascended,
  x: readonly number[],
  budget: Budget,
  { steps, start }: { steps: number; start: readonly number[] },
): { path: number[][]; losses: number[]; halvedAt: number[] } {
  const path = [[...start]];
  const losses = [at(start).loss];
  let [current, before, best, bestLoss] = [[...start], [...start], [...start], losses[0] as number];
  let eta = 2 * budget.epsilon;
  let stretch = Math.max(Math.floor(0.22 * steps), 1);
  let [since, wasHalved, bestThen] = [0, true, bestLoss];
  const halvedAt: number[] = [];
  for (let i = 0; i < steps; i++) {
    const up = direction(at(current).gradient, budget.norm);
    const z = backInto(
      current.map((value, j) => value + eta * (up[j] as number)),
      x,
      budget,
    );
    const a = i === 0 ? 1 : 0.75;
    const next = backInto(
      current.map((value, j) => value + a * ((z[j] as number) - value) + (1 - a) * (value - (before[j] as number))),
      x,
      budget,
    );
    before = current;
    current = next;
    path.push(next);
    const { loss } = at(next);
    losses.push(loss);
    if (loss > bestLoss) [best, bestLoss] = [next, loss];
    since++;
    if (since < stretch) continue;
    const recent = losses.slice(-stretch - 1);
    const rises = recent.filter((value, j) => j > 0 && value > (recent[j - 1] as number)).length;
    const isHalved = rises <= 0.75 * stretch || (!wasHalved && bestLoss <= bestThen);
    if (isHalved) {
      eta /= 2;
      current = best;
      halvedAt.push(i + 1);
    }
    [wasHalved, bestThen, since] = [isHalved, bestLoss, 0];
    stretch = Math.max(stretch - Math.max(Math.floor(0.03 * steps), 1), Math.max(Math.floor(0.06 * steps), 1));
  }
  return { path, losses, halvedAt };
}

/** Of places the one of the greatest loss among those where the label or the goal is reached, or among all. */
export function strongestPlace(at: Ascended, path: readonly (readonly number[])[], goal: Goal): readonly number[] {
  const seen = path.map((place) => ({ place, ...at(place) }));
  const reached = seen.filter(({ logits }) => {
    const first = order(logits)[0];
    return goal.goal === undefined ? first !== goal.label : first === goal.goal;
  });
  const among = reached.length > 0 ? reached : seen;
  return among.reduce((best, one) => (one.loss > best.loss ? one : best)).place;
}
