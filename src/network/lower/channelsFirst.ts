import type { Operation } from '../operation.ts';
import type { OperationSource } from '../operations/base.ts';
import { alongAxis } from './axes.ts';

/** Runs operations that expect channels last on data with channels first. */
export function inChannelsLast(
  dataFormat: string | undefined,
  source: OperationSource,
  operations: readonly Operation[],
): readonly Operation[] {
  return dataFormat === 'channelsFirst' ? alongAxis({ axis: 1, rank: 4 }, source, operations) : operations;
}
