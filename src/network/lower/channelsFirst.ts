import type { Operation } from '../graph/operation.ts';
import type { OperationSource } from '../operations/base.ts';
import { alongAxis } from './axes.ts';

/** The order of the axes of planes, of rank 4, or of volumes, of rank 5. */
export interface AxisOrder {
  readonly dataFormat?: string | undefined;
  /** 4 by default. */
  readonly rank?: number;
}

/** Runs operations that expect channels last on data with channels first. */
export function inChannelsLast(
  { dataFormat, rank = 4 }: AxisOrder,
  source: OperationSource,
  operations: readonly Operation[],
): readonly Operation[] {
  return dataFormat === 'channelsFirst' ? alongAxis({ axis: 1, rank }, source, operations) : operations;
}
