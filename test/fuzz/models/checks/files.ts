import { loadModel } from '../../../../src/network/loadModel.ts';
import type { NdArray } from '../../../../src/numeric/ndarray.ts';
import { free } from '../../../oracle/building.ts';
import { readable, saved } from '../../../support/savedModel.ts';
import { statefulLayers } from '../states.ts';
import { stockOutputs } from '../stockValues.ts';
import type { Check } from './check.ts';
import { gap } from './gap.ts';

/** A model that was saved and read by `loadModel` gives the same. */
export const files: Check = async ({ model, inputs }) => {
  // Where it has got to is no part of a file.
  if (statefulLayers(model).length > 0) return undefined;
  const expected = await stockOutputs(model, inputs);
  const loaded = await loadModel(readable(await saved(model)));
  try {
    const found = await stockOutputs(loaded, inputs);
    return expected.map((values, i) => gap(found[i] as NdArray, values)).find((wrong) => wrong !== undefined);
  } finally {
    free(loaded);
  }
};
