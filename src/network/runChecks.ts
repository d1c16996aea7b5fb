import { abortSignal, callback, integer, type OptionChecks } from '../numeric/options.ts';
import type { RunOptions } from './types.ts';

/** Checks of how a call is watched, stopped and split. */
export const runChecks: OptionChecks<RunOptions> = { batchSize: integer(1), signal: abortSignal, onProgress: callback };
