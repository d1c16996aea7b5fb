import type { NdArray } from '../../../../src/numeric/ndarray.ts';
import { methods } from '../../../support/methods.ts';
import { draws } from '../../draws.ts';
import type { Check } from './check.ts';

// Their settings are for the layers of the reference networks, or for one input.
const elsewhere = ['conductance', 'internalInfluence', 'neuronConductance'];
const ofOneInput = ['deepLiftShap', 'predictionDifference'];

/** A method drawn at random gives finite numbers, as many as there are examples, or says what it needs. */
export const anyMethod: Check = async ({ model, inputs, seed }) => {
  const [first, ...others] = inputs as [NdArray, ...NdArray[]];
  const left = others.length > 0 ? [...elsewhere, ...ofOneInput] : elsewhere;
  const possible = Object.entries(methods).filter(([name]) => !left.includes(name));
  const [name, explain] = draws(seed, 3).oneOf(possible);
  try {
    const { values, score } = await explain(model, others.length > 0 ? inputs : first, {});
    if (values.shape[0] !== 2 || score.length !== 2) return `${name} gives [${values.shape}] of ${score.length} scores`;
    return values.data.every(Number.isFinite) ? undefined : `${name} gives numbers that are not finite`;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const isClear = /"[^"]+"/.test(message) && !isRaw(error);
    return isClear ? undefined : `${name} fails: ${message.slice(0, 200)}`;
  }
};

function isRaw(error: unknown): boolean {
  return error instanceof TypeError && !/expected/.test(error.message);
}
