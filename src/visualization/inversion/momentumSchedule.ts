import { assertOptions, type Check, count, listOf, number, required } from '../../numeric/options.ts';
import type { Optimizer } from '../../optimization/optimizer.ts';
import { sgd } from '../../optimization/sgd.ts';

/** Some steps of one learning rate. */
export interface SchedulePhase {
  readonly steps: number;
  readonly learningRate: number;
}

/** A check of a list of phases. */
export const scheduleCheck: Check = listOf((argument, phase) => {
  assertOptions(phase as SchedulePhase, {
    steps: required((_, value) => count(1)(`${argument}.steps`, value)),
    learningRate: required((_, value) => number(0)(`${argument}.learningRate`, value)),
  });
});

/** Gradient descent with a momentum of 0.9 that begins anew whenever the learning rate changes. */
export function momentumSchedule(schedule: readonly SchedulePhase[]): Optimizer {
  const phases = schedule.map(({ learningRate }) => sgd({ learningRate, momentum: 0.9 }));
  const ends = schedule.map((_, i) => schedule.slice(0, i + 1).reduce((sum, { steps }) => sum + steps, 0));
  const at = (step: number): { phase: Optimizer; before: number } => {
    const found = Math.min(
      ends.findIndex((end) => step < end),
      phases.length - 1,
    );
    return { phase: phases[found] as Optimizer, before: step - (ends[found - 1] ?? 0) };
  };
  return {
    memories: 1,
    step(gradient, memory, steps) {
      const { phase, before } = at(steps);
      return phase.step(gradient, memory, before);
    },
    move(values, gradient, { memory, steps }) {
      const { phase, before } = at(steps);
      phase.move(values, gradient, { memory, steps: before });
    },
  };
}
