import * as tf from '@tensorflow/tfjs-core';
import { gradient } from '../../../../src/attribution/gradient/gradient.ts';
import { predict } from '../../../../src/network/predict.ts';
import type { NdArray } from '../../../../src/numeric/ndarray.ts';
import { weightedOutputs } from '../../../support/weightedOutputs.ts';
import { onCpu } from '../onCpu.ts';
import type { RandomModel } from '../randomModel.ts';
import type { Check } from './check.ts';
import { gap } from './gap.ts';

/** A backend gives what cpu gives. */
export const againstCpu: Check = async (random) => {
  if (tf.getBackend() === 'cpu') return undefined;
  // tfjs's layer reads what it counts at once, which webgpu in Node cannot.
  if (tf.getBackend() === 'webgpu' && /CategoryEncoding/.test(random.classes)) return undefined;
  const found = await resultsOf(random);
  const expected = await onCpu(async () => {
    const twin = random.again();
    return resultsOf(twin).finally(twin.dispose);
  });
  const wrong = expected.map((result, i) => differ(found[i], result)).findIndex((each) => each !== undefined);
  return wrong < 0 ? undefined : `${wrong === 0 ? 'predict' : 'gradient'}: ${differ(found[wrong], expected[wrong])}`;
};

/** Arrays, or the error in their place. */
type Result = NdArray | string;

async function resultsOf({ model, inputs }: RandomModel): Promise<Result[]> {
  const options = { batchSize: model.inputs[0]?.shape[0] ?? 2 };
  const calls = [
    async () => (await predict(model, inputs, options)).values,
    async () => (await gradient(model, inputs, { ...options, target: weightedOutputs })).values,
  ];
  const results: Result[] = [];
  for (const call of calls) results.push(await call().catch((error: Error) => error.message.replace(/".*"/, '')));
  return results;
}

function differ(found: Result | undefined, expected: Result | undefined): string | undefined {
  if (typeof found === 'object' && typeof expected === 'object') return gap(found, expected, 2e-3);
  return found === expected ? undefined : `${JSON.stringify(found)} for ${JSON.stringify(expected)}`;
}
