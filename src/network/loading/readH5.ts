import { VitrineError } from '../../numeric/errors.ts';
import { readHdf5 } from './hdf5/readHdf5.ts';
import { parseJson, topologyOf } from './modelJson.ts';
import type { StoredArray, StoredGroup, StoredLayers } from './storedModel.ts';

// Groups at the root of a Keras 3 file of weights; those of Keras 2 have the list of layers there.
const weightsOnly = ['layers', '_layer_checkpoint_dependencies', 'vars'];

/** Reads the `.h5` file of a whole model, as Keras 2 and 3 write it: its configuration, and weights by layer. */
export function readH5(file: Uint8Array, name: string): StoredLayers {
  const root = readHdf5(file, name);
  const config = root.attributes.get('model_config');
  const weights = root.groups.get('model_weights');
  if (typeof config !== 'string' || !weights) throw new VitrineError('bad-file', `"${name}" ${misfit(root)}`);
  const version = root.attributes.get('keras_version') ?? weights.attributes.get('keras_version');
  const asked = `model_config of ${name}`;
  return {
    format: 'layers',
    name,
    topology: topologyOf(parseJson(config, asked), asked),
    kerasVersion: typeof version === 'string' ? version : undefined,
    metadata: undefined,
    weights: { by: 'layer', layers: layersOf(weights, name) },
  };
}

function layersOf(weights: StoredGroup, name: string): Map<string, readonly StoredArray[]> {
  const own = weights.groups.get('top_level_model_weights');
  if (own && listOf(own, 'weight_names').length > 0) {
    throw new VitrineError(
      'bad-file',
      `"${name}" holds weights of the model itself, outside of its layers, which have no place in it`,
    );
  }
  const names = listOf(weights, 'layer_names');
  const layers = new Map(names.map((layer) => [layer, arraysOf(groupAt(weights, layer, name), name)] as const));
  if (layers.size < names.length)
    throw new VitrineError('bad-file', `"${name}" lists a layer twice: ${names.join(', ')}`);
  return layers;
}

function arraysOf(group: StoredGroup, name: string): StoredArray[] {
  return listOf(group, 'weight_names').map((path) => {
    const steps = path.split('/');
    const array = groupAt(group, steps.slice(0, -1).join('/'), name).arrays.get(steps.at(-1) as string);
    if (array) return { ...array, name: path };
    throw new VitrineError('bad-file', `"${name}" has no array "${path}" in group "${group.path}", which lists it`);
  });
}

function groupAt(group: StoredGroup, path: string, name: string): StoredGroup {
  const found = path
    .split('/')
    .reduce<StoredGroup | undefined>((at, step) => (step === '' ? at : at?.groups.get(step)), group);
  if (found) return found;
  throw new VitrineError('bad-file', `"${name}" has no group "${path}" in "${group.path}"`);
}

/** A list of texts. One that exceeds HDF5's limit of 64 kB, Keras cuts into several that are numbered from 0. */
function listOf({ attributes }: StoredGroup, name: string): readonly string[] {
  const whole = attributes.get(name);
  const parts: unknown[] = whole === undefined ? [] : [whole];
  if (whole === undefined)
    for (let i = 0; attributes.has(`${name}${i}`); i++) parts.push(attributes.get(`${name}${i}`));
  return parts.flat().map(String);
}

function misfit({ attributes, groups }: StoredGroup): string {
  const names = [...groups.keys()];
  if (
    attributes.has('layer_names') ||
    attributes.has('layer_names0') ||
    names.some((name) => weightsOnly.includes(name))
  ) {
    return 'holds weights alone, no layers: save the whole model with model.save("model.keras") and open that';
  }
  return `expected a Keras model with model_config and model_weights, got groups ${names.join(', ') || '(none)'}`;
}
