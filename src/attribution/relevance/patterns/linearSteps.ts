import type { Operation } from '../../../network/graph/operation.ts';
import { activationKinds } from '../../../network/graph/operationKinds.ts';
import type { PlannedStep } from '../../../network/plan/plan.ts';
import { gradientRule, type Rule } from '../../../network/walk/composite.ts';

/** A linear operation as it is run and the activation that alone reads it. */
export interface LinearStep {
  readonly operation: Operation;
  readonly input: number;
  readonly output: number;
  readonly activation: Operation | undefined;
}

/** Keeps what linear operations read and give. */
export const watched: Rule = { ...gradientRule, name: 'watched', needs: ['inputs', 'output'] };

/** The linear operations among the steps of a walk, batch normalisation merged. */
export function linearSteps(steps: readonly PlannedStep[]): readonly LinearStep[] {
  return steps
    .filter(({ operation }) => operation.linear)
    .map(({ operation, inputs, output }) => ({
      operation,
      input: inputs[0] as number,
      output,
      activation: activationAfter(steps, output),
    }));
}

function activationAfter(steps: readonly PlannedStep[], value: number): Operation | undefined {
  const [reader, ...others] = steps.filter(({ inputs }) => inputs.includes(value));
  if (!reader || others.length > 0) return undefined;
  if (reader.operation.kind === 'identity') return activationAfter(steps, reader.output);
  return activationKinds.includes(reader.operation.kind) ? reader.operation : undefined;
}
