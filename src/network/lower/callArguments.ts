import { VitrineError } from '../../numeric/errors.ts';
import type { Node, SymbolicTensor } from '../graph/layersModel.ts';
import type { Origin } from '../operations/base.ts';

/**
 * What a layer was called with beside its inputs. tfjs-layers keeps first states and constants there and among the inputs;
 * they are handed on once, as inputs.
 *
 * @throws {VitrineError} if a value of the graph is there alone: tfjs fills it in when the layer is called, and in no prediction.
 */
export function callArguments(
  { callArgs, inputTensors }: Node,
  { address, layerClass }: Origin,
): Readonly<Record<string, unknown>> {
  const given = Object.entries(callArgs ?? {}).filter(([, value]) => value !== null && value !== undefined);
  const lone = given.find(([, value]) => symbols(value).some((tensor) => !inputTensors.includes(tensor)));
  if (lone) {
    throw new VitrineError(
      'unsupported-layer',
      `layer "${address}" (${layerClass}) was called with a value of the graph as "${lone[0]}", which no prediction fills in: make it one of its inputs`,
    );
  }
  return Object.fromEntries(given.filter(([, value]) => symbols(value).length === 0));
}

function symbols(value: unknown): readonly SymbolicTensor[] {
  return [value].flat().filter(isSymbolic);
}

function isSymbolic(value: unknown): value is SymbolicTensor {
  return typeof value === 'object' && value !== null && 'sourceLayer' in value;
}
