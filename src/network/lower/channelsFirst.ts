import type { Operation } from '../operation.ts';
import type { OperationSource } from '../operations/base.ts';
import { permute } from '../operations/shape.ts';

/** Runs operations that expect channels last on data with channels first. */
export function inChannelsLast(
  dataFormat: string | undefined,
  source: OperationSource,
  operations: readonly Operation[],
): readonly Operation[] {
  if (dataFormat !== 'channelsFirst') return operations;
  return [permute(source, [0, 2, 3, 1]), ...operations, permute(source, [0, 3, 1, 2])];
}
