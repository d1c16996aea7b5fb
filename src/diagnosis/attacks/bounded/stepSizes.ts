/** How far the examples of a batch step, in budgets, and where from. */
export interface StepSizes {
  /** The step of each example over its budget. */
  readonly factors: readonly number[];
  /** Which stand at the greatest loss that they have come by. */
  readonly improved: readonly boolean[];
  /** Which go on from their best place. */
  readonly restarted: readonly boolean[];
  /** Takes note of the losses after a step; 0 is the start. */
  seen(losses: ArrayLike<number>, step: number): void;
}

interface Ascender {
  factor: number;
  last: number;
  best: number;
  improved: boolean;
  restarted: boolean;
  /** Since the last checkpoint. */
  rises: number;
  wasHalved: boolean;
  bestThen: number;
}

/**
 * The step sizes of APGD: two budgets at first, and halved at a checkpoint where the loss rose in three quarters of the steps
 * or less, or where the best did not change though the step was not halved the time before.
 *
 * Source: Croce and Hein 2020, "Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free
 * attacks", section 3.
 */
export function stepSizes(count: number, steps: number): StepSizes {
  const lowest = Number.NEGATIVE_INFINITY;
  const ascenders = Array.from({ length: count }, (): Ascender => {
    return {
      factor: 2,
      last: lowest,
      best: lowest,
      improved: false,
      restarted: false,
      rises: 0,
      wasHalved: true,
      bestThen: 0,
    };
  });
  const isCheckpoint = checkpoints(steps);
  return {
    get factors() {
      return ascenders.map(({ factor }) => factor);
    },
    get improved() {
      return ascenders.map(({ improved }) => improved);
    },
    get restarted() {
      return ascenders.map(({ restarted }) => restarted);
    },
    seen(losses, step) {
      const stretch = isCheckpoint.get(step);
      ascenders.forEach((ascender, row) => {
        look(ascender, losses[row] as number, step);
        ascender.restarted = stretch !== undefined && isHalved(ascender, stretch);
        if (stretch !== undefined) turnOver(ascender);
      });
    },
  };
}

function look(ascender: Ascender, loss: number, step: number): void {
  if (step > 0 && loss > ascender.last) ascender.rises++;
  ascender.last = loss;
  ascender.improved = loss > ascender.best;
  if (ascender.improved) ascender.best = loss;
  if (step === 0) ascender.bestThen = loss;
}

// Conditions 1 and 2 of section 3.
function isHalved({ rises, wasHalved, best, bestThen }: Ascender, stretch: number): boolean {
  return rises <= 0.75 * stretch || (!wasHalved && best <= bestThen);
}

function turnOver(ascender: Ascender): void {
  if (ascender.restarted) ascender.factor /= 2;
  ascender.wasHalved = ascender.restarted;
  ascender.bestThen = ascender.best;
  ascender.rises = 0;
}

/** The steps at which is looked back, and on how many. */
function checkpoints(steps: number): ReadonlyMap<number, number> {
  const share = (of: number): number => Math.max(Math.trunc(of * steps), 1);
  const places = new Map<number, number>();
  let stretch = share(0.22);
  for (let step = stretch; step <= steps; step += stretch) {
    places.set(step, stretch);
    stretch = Math.max(stretch - share(0.03), share(0.06));
  }
  return places;
}
