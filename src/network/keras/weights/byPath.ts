import { VitrineError } from '../../../numeric/errors.ts';
import { type Container, isContainer, type Layer, type Variable } from '../../graph/layersModel.ts';
import { isObject } from '../../loading/modelJson.ts';
import type { StoredArray, StoredGroup } from '../../loading/storedModel.ts';
import { type KerasLayer, type KerasModel, titleOf } from '../kerasModel.ts';
import { readInnerLayer } from '../readKerasModel.ts';
import { isOperation } from '../translateOperation.ts';
import { type Pairs, pairUp } from './pairs.ts';

// Keras 2.13 and 2.14 have another word for it.
const containers = ['layers', '_layer_checkpoint_dependencies'];

/**
 * Weights that lie in groups named after classes and counted, `layers/conv2d_1/vars/0`, as in the `model.weights.h5`
 * of a `.keras`: each model counts anew, in the order of its layers, operations left out.
 *
 * @throws {VitrineError} that names the layer whose weights are missing or of another shape.
 */
export function byPath(model: Container, { keras, root }: { keras: KerasModel; root: StoredGroup }): Pairs {
  const pairs: Pairs = new Map();
  fillModel(pairs, model, { keras, group: root });
  return pairs;
}

function fillModel(
  pairs: Pairs,
  model: Container,
  { keras, group }: { keras: KerasModel; group: StoredGroup | undefined },
): void {
  const groups = containers.map((name) => group?.groups.get(name)).find((found) => found !== undefined);
  const made = new Map(model.layers.map((layer) => [layer.name, layer]));
  const left = new Map(groups?.groups);
  for (const [word, layers] of byWord(keras.layers)) {
    const weighs = layers.map(({ name }) => (made.get(name)?.weights.length ?? 0) > 0);
    // Keras 2.13 counts a layer with weights twice.
    const twice = weighs.filter(Boolean).length > 1 && !groups?.groups.has(`${word}_1`);
    let count = 0;
    layers.forEach((layer, i) => {
      const own = made.get(layer.name);
      const place = count === 0 ? word : `${word}_${count}`;
      const where = left.get(place);
      left.delete(place);
      if (own) fillLayer(pairs, own, { keras: layer, group: where });
      count += twice && weighs[i] ? 2 : 1;
    });
  }
  const over = [...left.values()].find((group) => arraysOf(group).length > 0);
  if (over) throw new VitrineError('bad-file', `weights in "${over.path}" belong to no layer of "${model.name}"`);
}

/** Layers by the name that their groups have but for the count; operations are no layers to Keras. */
function byWord(layers: readonly KerasLayer[]): ReadonlyMap<string, readonly KerasLayer[]> {
  const words = new Map<string, KerasLayer[]>();
  for (const layer of layers.filter((candidate) => !isOperation(candidate))) {
    const word = snakeCase(layer.kind.replace(/^.*>/, ''));
    words.set(word, [...(words.get(word) ?? []), layer]);
  }
  return words;
}

function fillLayer(
  pairs: Pairs,
  layer: Layer,
  { keras, group }: { keras: KerasLayer; group: StoredGroup | undefined },
): void {
  if (keras.model && isContainer(layer)) fillModel(pairs, layer, { keras: keras.model, group });
  else if (layer.weights.length > 0) fillOne(pairs, layer, { keras, group });
}

function fillOne(
  pairs: Pairs,
  layer: Layer,
  { keras, group }: { keras: KerasLayer; group: StoredGroup | undefined },
): void {
  assertNamed(group, keras);
  const wrapped = insideOf(layer, keras);
  if (!wrapped) {
    const arrays = arraysOf(group, cellsOf(layer));
    pairUp(pairs, titleOf(keras), { variables: layer.weights, arrays });
  }
  for (const { part, inner, variables } of wrapped ?? []) {
    const where = group?.groups.get(part);
    if (inner && isContainer(inner.layer)) fillLayer(pairs, inner.layer, { keras: inner.keras, group: where });
    else pairUp(pairs, titleOf(keras), { variables, arrays: arraysOf(where) });
  }
}

interface Inside {
  readonly part: string;
  readonly variables: readonly Variable[];
  readonly inner?: { readonly layer: Layer; readonly keras: KerasLayer };
}

/** The parts of a layer around others, by the attributes that hold them in Keras; none of a layer on its own. */
function insideOf(layer: Layer, keras: KerasLayer): readonly Inside[] | undefined {
  const { forwardLayer, backwardLayer, layer: wrapped } = layer as Layer & Partial<Record<string, Layer>>;
  const inner = keras.config['layer'];
  if (forwardLayer && backwardLayer && isObject(inner)) {
    return [
      { part: 'forward_layer', variables: forwardLayer.weights },
      { part: 'backward_layer', variables: backwardLayer.weights },
    ];
  }
  if (!isObject(inner)) return undefined;
  const within = wrapped && { inner: { layer: wrapped, keras: readInnerLayer(inner, keras.generation) } };
  return [{ part: 'layer', variables: layer.weights, ...within }];
}

/** The weights of a group; those of a recurrent layer are its cell's, or its cells' in their order. */
function arraysOf(group: StoredGroup | undefined, cells: readonly string[] = []): readonly StoredArray[] {
  if (!group) return [];
  const own = [...(group.groups.get('vars')?.arrays ?? [])].sort(([a], [b]) => Number(a) - Number(b));
  const held = group.groups.get('cells')?.groups;
  const ordered = held && (cells.length > 0 ? cells.map((name) => held.get(name)) : [...held.values()]);
  return [
    ...own.map(([, array]) => array),
    ...arraysOf(group.groups.get('cell'), cells),
    ...(ordered ?? []).flatMap((cell) => arraysOf(cell)),
  ];
}

/** What Keras calls the groups of the cells of a layer: as it does layers. */
function cellsOf(layer: Layer): readonly string[] {
  const { cells = [] } = (layer as Layer & { cell?: { cells?: readonly Layer[] } }).cell ?? {};
  const words = cells.map((cell) => snakeCase(cell.getClassName().replace(/^.*>/, '')));
  return words.map((word, i) => {
    const before = words.slice(0, i).filter((other) => other === word).length;
    return before === 0 ? word : `${word}_${before}`;
  });
}

/** Since Keras 3.6 a group says whose it is. */
function assertNamed(group: StoredGroup | undefined, { name, ...layer }: KerasLayer): void {
  const said = group?.groups.get('vars')?.attributes.get('name');
  if (typeof said !== 'string' || said === name) return;
  throw new VitrineError(
    'bad-file',
    `weights of ${titleOf({ ...layer, name })} expected in "${group?.path}", which says it is of "${said}"`,
  );
}

/** As Keras does it (`keras.src.utils.naming.to_snake_case`): `Conv2DTranspose` becomes `conv2d_transpose`. */
function snakeCase(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
