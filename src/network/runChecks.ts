import { abortSignal, type Check, callback, integer, kind, type OptionChecks } from '../numeric/options.ts';
import type { RunOptions } from './types.ts';

/** Checks of how a call is watched, stopped and split. */
export const runChecks: OptionChecks<RunOptions> = { batchSize: integer(1), signal: abortSignal, onProgress: callback };

/** Whether a model has such a layer, the network says. */
export const layerAddress: Check = kind('the address of a layer', (value) => typeof value === 'string');
