import { activations } from '../../../../src/network/activations.ts';
import { predict } from '../../../../src/network/predict.ts';
import type { NdArray } from '../../../../src/numeric/ndarray.ts';
import { stockOutputs, stockValues } from '../stockValues.ts';
import type { Check } from './check.ts';
import { gap } from './gap.ts';

/** `predict` gives, for every output, what tfjs's layers give. */
export const predictions: Check = async ({ model, inputs }) => {
  for (const [output, expected] of (await stockOutputs(model, inputs)).entries()) {
    const { values } = await predict(model, inputs, { output });
    const wrong = gap(values, expected);
    if (wrong) return `output ${output}: ${wrong}`;
  }
  return undefined;
};

/** `activations` gives what tfjs's layers give, at the address of each of their calls. */
export const everyLayer: Check = async ({ model, inputs }) => {
  const { layers } = await stockValues(model, inputs);
  const found = await activations(model, inputs, [...layers.keys()]);
  for (const [address, expected] of layers) {
    const wrong = gap(found[address] as NdArray, expected);
    if (wrong) return `"${address}": ${wrong}`;
  }
  return undefined;
};
