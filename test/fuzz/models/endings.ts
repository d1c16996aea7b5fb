import { layers as l, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { apply } from '../../oracle/building.ts';
import type { Draws } from '../draws.ts';
import { shapeOf } from './makers/maker.ts';
import { resizing } from './makers/preprocessing.ts';

/** What a model ends with. */
export interface Ending {
  readonly outputs: SymbolicTensor[];
  /** Whether its one output is of classes: logits, probabilities or values. */
  readonly classifies: boolean;
}

/** Scores of classes mostly, which all inputs have a part in; else the last values as they are. */
export function ending(values: readonly SymbolicTensor[], inputs: readonly SymbolicTensor[], source: Draws): Ending {
  const last = values.slice(-source.between(1, 2));
  const unreadBy = (ends: readonly SymbolicTensor[]): SymbolicTensor[] => inputs.filter((x) => !isRead(x, ends));
  const plain = source.chance(0.3) ? asTheyAre(last, source) : undefined;
  if (plain && unreadBy(plain).length === 0) return { outputs: plain, classifies: false };
  const flat = [...unreadBy(last), ...last].map((value) =>
    shapeOf(value).length === 1 ? value : apply(l.flatten(), value),
  );
  const features = flat.length === 1 ? (flat[0] as SymbolicTensor) : apply(l.concatenate(), flat);
  const activation = source.oneOf(['softmax', 'sigmoid', 'linear'] as const);
  return { outputs: [apply(l.dense({ units: source.between(1, 4), activation }), features)], classifies: true };
}

function asTheyAre(last: readonly SymbolicTensor[], source: Draws): SymbolicTensor[] {
  const resized = source.chance(0.3) ? resizing(last.slice(-1), source) : undefined;
  return [...(resized ?? last)];
}

/** Whether what is read of some values tells anything of another. */
function isRead(wanted: SymbolicTensor, values: readonly SymbolicTensor[]): boolean {
  return values.some((value) => value === wanted || isRead(wanted, value.inputs));
}
