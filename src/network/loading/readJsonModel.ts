import { VitrineError } from '../../numeric/errors.ts';
import { groupsOf, isGraphModel, isObject, type JsonObject, parseJson, topologyOf } from './modelJson.ts';
import { readWeights } from './readWeights.ts';
import type { LoadOptions, OpenedSource } from './source.ts';
import type {
  StoredArray,
  StoredGraphModel,
  StoredGroup,
  StoredLayers,
  StoredModel,
  StoredWeights,
} from './storedModel.ts';

/** Reads a `model.json`, of a layers model or a GraphModel, and the weight files that it names. */
export async function readJsonModel(source: OpenedSource, options: LoadOptions): Promise<StoredModel> {
  const json = parseJson(source.content, source.name);
  const model = isGraphModel(json) ? graphModel(json, source.name) : layersModel(json, source);
  const arrays = await readWeights(groupsOf(json, source.name), source, options);
  return model.format === 'graph' ? { ...model, arrays } : { ...model, weights: weightsOf(arrays) };
}

/** Of a `.keras` file, tensorflowjs_converter names the weights by their paths, which say nothing of layers. */
function weightsOf(arrays: ReadonlyMap<string, StoredArray>): StoredWeights {
  const ofLayers = new Map([...arrays].filter(([name]) => !name.startsWith('optimizer/')));
  const byPath = [...ofLayers.keys()].every((name) =>
    /^(layers|_layer_checkpoint_dependencies)\/.*\/vars\/\d+$/.test(name),
  );
  return byPath && ofLayers.size > 0 ? { by: 'path', root: groupsByPath(ofLayers) } : { by: 'name', arrays };
}

function graphModel(json: JsonObject, name: string): Omit<StoredGraphModel, 'arrays'> {
  const { modelTopology: topology, userDefinedMetadata: metadata } = json;
  if (!isObject(topology)) throw new VitrineError('bad-file', `"${name}" expected a modelTopology of nodes`);
  // Converters before version 2 kept the signature among the metadata.
  const signatures = [json['signature'], isObject(metadata) ? metadata['signature'] : undefined];
  return { format: 'graph', name, topology, signature: signatures.find(isObject) };
}

function layersModel(json: JsonObject, { name, metadata }: OpenedSource): Omit<StoredLayers, 'weights'> {
  const saved = isObject(json['modelTopology']) ? json['modelTopology'] : json;
  const topology = topologyOf(saved, name);
  const versions = [saved['keras_version'], topology['keras_version']];
  const own = json['userDefinedMetadata'];
  return {
    format: 'layers',
    name,
    topology,
    kerasVersion: versions.find((version) => typeof version === 'string'),
    metadata: isObject(own) ? own : labelsOf(metadata),
  };
}

/** What Teachable Machine writes beside the JSON; a `metadata.json` of others says nothing of the model. */
function labelsOf(content: OpenedSource['metadata']): JsonObject | undefined {
  const metadata = content === undefined ? {} : parseJson(content, 'metadata.json');
  return Array.isArray(metadata['labels']) ? metadata : undefined;
}

interface Group extends StoredGroup {
  readonly groups: Map<string, Group>;
  readonly arrays: Map<string, StoredArray>;
}

/** Arrays by their paths as groups in groups, as if they lay in an HDF5 file. */
function groupsByPath(arrays: ReadonlyMap<string, StoredArray>): StoredGroup {
  const root = emptyGroup('');
  for (const [path, array] of arrays) {
    const steps = path.split('/');
    const group = steps.slice(0, -1).reduce(groupIn, root);
    group.arrays.set(steps.at(-1) as string, array);
  }
  return root;
}

function groupIn({ path, groups }: Group, step: string): Group {
  const group = groups.get(step) ?? emptyGroup(path === '' ? step : `${path}/${step}`);
  groups.set(step, group);
  return group;
}

function emptyGroup(path: string): Group {
  return { path, attributes: new Map(), groups: new Map(), arrays: new Map() };
}
