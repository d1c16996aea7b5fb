import type { NdArray } from '../../../numeric/ndarray.ts';
import { apgdCalls, apgdRun } from '../bounded/apgdRun.ts';
import type { AttackBatch } from '../field/attackBatch.ts';
import type { AttackField } from '../field/attackField.ts';
import type { Ball } from '../field/ball.ts';
import { fabCalls, fabRun } from '../minimal/fab/fabRun.ts';
import { squareRun } from '../scores/square/squareRun.ts';
import { squareSchedule } from '../scores/square/squareSchedule.ts';
import type { EnsembleAttack } from './robustnessOptions.ts';

/** An attack that is ready to run on examples that are left. */
export interface PlannedAttack {
  readonly name: string;
  readonly needsGradients: boolean;
  readonly steps: number;
  readonly run: (batch: AttackBatch) => Promise<NdArray>;
}

/** An attack of an ensemble, made ready to go so far. */
export function plannedAttack(entry: EnsembleAttack, ball: Ball, field: AttackField): PlannedAttack {
  if (entry.attack === 'apgd') return apgdOf(entry, ball, field);
  if (entry.attack === 'fab') return fabOf(entry, ball, field);
  const { evaluations = 5000, rescale = false } = entry;
  const settings = { ball, evaluations, schedule: squareSchedule({ evaluations, share: 0.8, rescale }) };
  return { name: 'square', needsGradients: false, steps: evaluations, run: (batch) => squareRun(batch, settings) };
}

function apgdOf(
  { loss = 'crossEntropy', steps = 100, restarts = 1, targets }: EnsembleAttack & { attack: 'apgd' },
  { norm, epsilon }: Ball,
  field: AttackField,
): PlannedAttack {
  const settings = { norm, epsilon, loss, steps, restarts, targets, stopsEarly: true };
  return {
    name: `apgd ${loss}${targetsText(targets)}`,
    needsGradients: true,
    steps: apgdCalls(settings, field),
    run: async (batch) => (await apgdRun(batch, settings)).changed,
  };
}

function fabOf(
  { steps = 100, targets }: EnsembleAttack & { attack: 'fab' },
  { norm, epsilon }: Ball,
  field: AttackField,
): PlannedAttack {
  // What is short enough need not be shorter.
  const enough = typeof epsilon === 'number' ? epsilon : undefined;
  const settings = { norm, steps, targets, enough };
  return {
    name: `fab${targetsText(targets)}`,
    needsGradients: true,
    steps: fabCalls(settings, field),
    run: (batch) => fabRun(batch, settings),
  };
}

function targetsText(targets: number | undefined): string {
  return targets === undefined ? '' : `, ${targets} ${targets === 1 ? 'target' : 'targets'}`;
}
