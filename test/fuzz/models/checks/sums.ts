import { composites, rules } from '../../../../src/attribution/index.ts';
import { integratedGradients } from '../../../../src/attribution/path/integratedGradients.ts';
import { deepLift } from '../../../../src/attribution/relevance/deepLift/deepLift.ts';
import type { DeepLiftRule } from '../../../../src/attribution/relevance/deepLift/procedure.ts';
import { lrp } from '../../../../src/attribution/relevance/lrp.ts';
import { summary } from '../../../../src/network/summary.ts';
import type { NdArray } from '../../../../src/numeric/ndarray.ts';
import type { Attribution } from '../../../../src/scoring/types.ts';
import { sum } from '../../../support/near.ts';
import { weightedOutputs, weightedSums } from '../../../support/weightedOutputs.ts';
import { stockOutputs } from '../stockValues.ts';
import type { Check } from './check.ts';

/** Integrated gradients sum to the gain over their baseline, with so many steps, or, where there are kinks, with more. */
export const paths: Check = async ({ model, inputs, classes, tokens }) => {
  // Where the output jumps no path is complete; of a single number that is normalized the sign is left.
  if (/ThresholdedReLU|normalized/.test(classes)) return undefined;
  const baseline = inputs.map((_, i) => (tokens[i] ? 1 : 0.4));
  const flat = inputs.map(({ shape, data }, i) => ({ shape, data: data.map(() => baseline[i] as number) }));
  const origins = weightedSums(await stockOutputs(model, flat));
  const batchSize = model.inputs[0]?.shape[0] ?? 60;
  let wrong: string | undefined;
  for (const steps of [60, 900]) {
    const found = await integratedGradients(model, inputs, { target: weightedOutputs, baseline, steps, batchSize });
    const gains = origins.map((origin, i) => (found.score[i] as number) - origin);
    wrong = unequal(found, { gains, share: 0.05 });
    if (!wrong) break;
  }
  return wrong;
};

/** DeepLIFT's multipliers sum to the gain, whatever the rule. */
export const comparisons: Check = async ({ model, inputs, classifies }) => {
  if (!classifies) return undefined;
  for (const rule of ['rescale', 'revealCancel'] as readonly DeepLiftRule[]) {
    const { delta, ...found } = await deepLift(model, inputs, { rule });
    const size = magnitudes(found);
    const wrong = (delta as Float32Array).findIndex(
      (gap, i) => !(Math.abs(gap) <= 2e-3 * ((size[i] as number) + 1e-2)),
    );
    if (wrong >= 0) return `${rule}, example ${wrong}: the gap is ${delta?.[wrong]}, of ${size[wrong]}`;
  }
  return undefined;
};

/** Without biases relevance is neither made nor lost, unless something is made of zeros, which a sigmoid does. */
export const relevance: Check = async ({ model, inputs, classifies }) => {
  const inside = summary(model).layers.slice(0, -1);
  if (!classifies || inside.some(({ operations }) => /sigmoid|soft/i.test(operations.join()))) return undefined;
  const found = await lrp(model, inputs, { composite: composites.uniform(rules.epsilon(1e-7)) });
  return unequal(found, { gains: [...found.score], share: 1e-2 });
};

function unequal(
  found: Attribution,
  { gains, share }: { gains: readonly number[]; share: number },
): string | undefined {
  const [sums, size] = [perExample(found, sum), magnitudes(found)];
  const wrong = gains.findIndex(
    (gain, i) => !(Math.abs((sums[i] as number) - gain) <= share * ((size[i] as number) + Math.abs(gain)) + 1e-3),
  );
  return wrong < 0 ? undefined : `example ${wrong} sums to ${sums[wrong]} for ${gains[wrong]}, of ${size[wrong]}`;
}

function magnitudes(found: Attribution): number[] {
  return perExample(found, (values) => sum(values.map(Math.abs)));
}

/** Of the maps of all inputs together. */
function perExample({ values, inputs = [values] }: Attribution, of: (values: Float32Array) => number): number[] {
  const [count] = values.shape as [number];
  const part = ({ data }: NdArray, i: number): Float32Array =>
    data.subarray((i * data.length) / count, ((i + 1) * data.length) / count);
  return Array.from({ length: count }, (_, i) => inputs.reduce((total, map) => total + of(part(map, i)), 0));
}
