import { VitrineError } from '../../../numeric/errors.ts';
import { nearestNames } from '../../../numeric/nearestNames.ts';
import type { Container, Variable } from '../../graph/layersModel.ts';
import type { StoredArray } from '../../loading/storedModel.ts';
import { isForTraining, lastWord, type Pairs, pairUp, wordOf } from './pairs.ts';

/**
 * Weights that a file lists for each layer of the outermost model, as an `.h5` does: those of a nested model as Keras
 * lists them, all that are trained and then all that are not.
 *
 * @throws {VitrineError} that names the layer whose weights are missing, left over or of another shape.
 */
export function byLayer(model: Container, stored: ReadonlyMap<string, readonly StoredArray[]>): Pairs {
  const pairs: Pairs = new Map();
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]));
  for (const layer of layers.values()) {
    const variables = layer.weights;
    const arrays = ofLayer(stored.get(layer.name) ?? [], variables.length);
    if (variables.length === 0 && arrays.length === 0) continue;
    pairUp(pairs, `layer "${layer.name}"`, { variables, arrays: inOrderOf(variables, arrays) });
  }
  for (const [name, arrays] of stored) {
    if (arrays.length === 0 || layers.has(name)) continue;
    const near = nearestNames(name, [...layers.keys()], 3).join(', ');
    throw new VitrineError(
      'bad-file',
      `weights of layer "${name}" are in the file, which "${model.name}" does not have; near: ${near}`,
    );
  }
  return pairs;
}

function ofLayer(arrays: readonly StoredArray[], count: number): readonly StoredArray[] {
  return arrays.length === count ? arrays : arrays.filter(({ name }) => !isForTraining(name));
}

/** The arrays in the order of the weights; by their words where the order is another. */
function inOrderOf(variables: readonly Variable[], arrays: readonly StoredArray[]): readonly StoredArray[] {
  const fits = arrays.length !== variables.length || arrays.every(({ name }, i) => matches(variables[i], name));
  if (fits) return arrays;
  const left = [...arrays];
  const found = variables.map((variable) => {
    const at = left.findIndex(({ name }) => name.replace(/:\d+$/, '').endsWith(variable.originalName));
    return at < 0 ? undefined : left.splice(at, 1)[0];
  });
  return found.includes(undefined) ? arrays : (found as StoredArray[]);
}

function matches(variable: Variable | undefined, name: string): boolean {
  return variable !== undefined && lastWord(name) === wordOf(variable);
}
