import { VitrineError } from '../../../numeric/errors.ts';
import { nearestNames } from '../../../numeric/nearestNames.ts';
import { type Container, isContainer, type Variable } from '../../graph/layersModel.ts';
import type { StoredArray } from '../../loading/storedModel.ts';
import { assertShape, isForTraining, lastWord, type Pairs, type WritableVariable, wordOf } from './pairs.ts';

/**
 * Weights that a file names after their layers, `conv1/kernel`, as a `model.json` does. A name may tell the models
 * around the layer (`outer/inner/conv1/kernel`), other scopes, and the cell of a recurrent layer
 * (`lstm/lstm_cell/kernel`) or its cells; that of a weight made before its layer was used tells no layer (`mean`).
 *
 * @throws {VitrineError} that names what is missing, left over or of another shape.
 */
export function byName(model: Container, arrays: ReadonlyMap<string, StoredArray>): Pairs {
  const pairs: Pairs = new Map();
  const left = new Map(arrays);
  const full = new Map([...arrays.keys()].map((name) => [withoutCell(name), name]));
  const take = (weight: Placed, name: string | undefined): boolean => {
    const array = name === undefined ? undefined : left.get(name);
    if (!array) return false;
    assertShape(weight.variable, array, `layer "${layerOf(weight.variable)}"`);
    pairs.set(weight.variable as WritableVariable, array);
    return left.delete(name as string);
  };
  const known = (weight: Placed): string | undefined =>
    namesOf(weight)
      .flatMap((name) => [name, full.get(name) ?? name])
      .find((name) => left.has(name));
  const others = [...weightsIn(model, [model.name])].filter((weight) => !take(weight, known(weight)));
  // What other scopes are around a layer is not known: only one name may end as the weight does.
  const scoped = others.filter((weight) => !take(weight, endingAs(weight, [...left.keys()])));
  const inOrder = withinLayers(scoped, [...left.keys()]);
  const missing = scoped.filter((weight) => !take(weight, inOrder.get(weight)));
  if (missing.length > 0) throw new VitrineError('bad-file', missingWeights(model, missing, [...left.keys()]));
  const over = [...left.keys()].filter((name) => !isForTraining(name));
  if (over.length > 0)
    throw new VitrineError('bad-file', `weights ${over.join(', ')} belong to no layer of "${model.name}"`);
  return pairs;
}

interface Placed {
  readonly variable: Variable;
  /** The name of its layer. */
  readonly layer: string;
  /** Whether its layer has no other weight. */
  readonly alone: boolean;
  /** The models around its layer, the outermost first. */
  readonly path: readonly string[];
}

function* weightsIn(model: Container, path: readonly string[]): Generator<Placed> {
  for (const layer of model.layers) {
    if (isContainer(layer)) yield* weightsIn(layer, [...path, layer.name]);
    else {
      const alone = layer.weights.length === 1;
      for (const variable of new Set(layer.weights)) yield { variable, layer: layer.name, path, alone };
    }
  }
}

/** What a file may call a weight, the fullest name first. */
function namesOf(weight: Placed): readonly string[] {
  const words = wordsFor(weight);
  const outer = weight.path.map((_, i) => weight.path.slice(i).join('/'));
  return [...outer.flatMap((models) => words.map((word) => `${models}/${word}`)), ...words, wordOf(weight.variable)];
}

function endingAs(weight: Placed, names: readonly string[]): string | undefined {
  const words = wordsFor(weight).map((word) => `/${word}`);
  // Keras 3 counts the variables that have no name of their own.
  const plain = (name: string): string => `/${name.replace(/\/variable_\d+$/, '/variable')}`;
  const found = names.filter((name) => words.some((word) => plain(name).endsWith(word)));
  return found.length === 1 ? found[0] : undefined;
}

/** The cells of a layer, and what it wraps, are called otherwise in the file; kernels come in the same order. */
function withinLayers(weights: readonly Placed[], names: readonly string[]): ReadonlyMap<Placed, string> {
  const alike = ({ layer, variable }: Placed): string => `${layer} ${wordOf(variable)}`;
  return new Map(
    weights.flatMap((weight): [Placed, string][] => {
      const { layer, variable } = weight;
      const found = names.filter((name) => `/${name}`.includes(`/${layer}/`) && lastWord(name) === wordOf(variable));
      const peers = weights.filter((other) => alike(other) === alike(weight));
      return found.length === peers.length ? [[weight, found[peers.indexOf(weight)] as string]] : [];
    }),
  );
}

/** The name with its layer, as tfjs-layers and as Keras 3 writes it: kernels are all called so, and the unnamed `variable`. */
function wordsFor({ variable: { originalName }, alone }: Placed): readonly string[] {
  const words = [originalName, originalName.replace(/\/depthwise_kernel$/, '/kernel')];
  return alone ? [...words, originalName.replace(/[^/]*$/, 'variable')] : words;
}

function withoutCell(name: string): string {
  return name.replace(/\/[^/]+\/([^/]+)$/, '/$1');
}

function layerOf({ originalName }: Variable): string {
  return originalName.replace(/\/[^/]*$/, '');
}

function missingWeights(model: Container, weights: readonly Placed[], left: readonly string[]): string {
  const missing = weights.map(({ variable }) => variable);
  const lost = lostByConverter(model, missing);
  if (lost) return lost;
  const names = missing.slice(0, 8).map(({ originalName }) => originalName);
  const more = missing.length > names.length ? ' …' : '';
  const near = left.length > 0 ? `; near: ${nearestNames(names[0] as string, left, 3).join(', ')}` : '';
  return `${missing.length} of ${model.weights.length} weights are not in the file: ${names.join(', ')}${more}${near}`;
}

/** tensorflowjs_converter reads one level of groups: it skips `Conv/BatchNorm` where there is a layer `Conv`. */
function lostByConverter(model: Container, missing: readonly Variable[]): string | undefined {
  const layers = [...new Set([...weightsIn(model, [])].map(({ variable }) => layerOf(variable)))];
  const shorter = (name: string): string | undefined => layers.find((other) => name.startsWith(`${other}/`));
  const lost = [...new Set(missing.map(layerOf))];
  const [first = ''] = lost;
  if (!lost.every(shorter)) return undefined;
  return (
    `it lacks the weights of ${lost.length} layers, "${first}" among them: tensorflowjs_converter loses those of a layer ` +
    `whose name continues that of another ("${shorter(first)}") after a slash. Open the .h5 or .keras file itself, or ` +
    'rename the layers before the conversion'
  );
}
