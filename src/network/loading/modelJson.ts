import type { io } from '@tensorflow/tfjs-core';
import { describe } from '../../numeric/check.ts';

/** A parsed tree of JSON. */
export type Json = null | string | number | boolean | readonly Json[] | JsonObject;
/** A parsed object of JSON. */
interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** What a `model.json` says. */
export interface ModelJson {
  /** The file, for messages. */
  readonly name: string;
  /** The class and configuration of the model, in Keras's spelling. */
  readonly topology: JsonObject & { readonly class_name: string; readonly config: JsonObject | readonly Json[] };
  /** Weight files that belong together, and the weights they hold one after the other; none where there is no manifest. */
  readonly groups: io.WeightsManifestConfig | undefined;
  readonly metadata: Record<string, unknown> | undefined;
  readonly kerasVersion: string | undefined;
}

/** Reads the content of a `model.json` and refuses what is no layers model. */
export function parseModelJson(content: string | object, name: string): ModelJson {
  const json = (typeof content === 'string' ? parse(content, name) : content) as JsonObject;
  if (!isObject(json)) throw new Error(`"${name}" expected the JSON object of a model, got ${describe(json)}`);
  const saved = isObject(json['modelTopology']) ? json['modelTopology'] : json;
  refuseGraphModel(json, saved, name);
  const topology = isObject(saved['model_config']) ? saved['model_config'] : saved;
  refuseKeras3(topology, name);
  const { class_name: kind, config } = topology;
  if (typeof kind !== 'string' || config === null || typeof config !== 'object') {
    throw new Error(
      `"${name}" expected a modelTopology with class_name and config, got keys ${Object.keys(topology).join(', ')}`,
    );
  }
  return {
    name,
    topology: { ...topology, class_name: kind, config },
    groups: groupsOf(json['weightsManifest'], name),
    metadata: json['userDefinedMetadata'] as Record<string, unknown> | undefined,
    kerasVersion: [saved['keras_version'], topology['keras_version']].find((version) => typeof version === 'string'),
  };
}

function parse(text: string, name: string): unknown {
  if (/^\s*</.test(text)) throw new Error(`"${name}" expected JSON, got an HTML page: is the address right?`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`"${name}" expected JSON, got invalid JSON: ${(cause as Error).message}`, { cause });
  }
}

function refuseGraphModel(json: JsonObject, topology: JsonObject, name: string): void {
  if (json['format'] !== 'graph-model' && !Array.isArray(topology['node'])) return;
  throw new Error(
    `"${name}" expected a layers model, got a GraphModel, whose layers are lost: convert the Keras model anew with ` +
      'tensorflowjs_converter --input_format keras --output_format tfjs_layers_model',
  );
}

function refuseKeras3(topology: JsonObject, name: string): void {
  const sign = keras3Sign(topology);
  if (sign === undefined) return;
  throw new Error(
    `"${name}" expected the JSON of Keras 2, got that of Keras 3 (${sign}), which tfjs-layers cannot read: save the ` +
      'model again with the package tf_keras, or with TF_USE_LEGACY_KERAS=1 set before TensorFlow is imported, then convert it',
  );
}

/** What only Keras 3 writes; its version alone says nothing, for some tools write the old form under the new version. */
function keras3Sign(tree: Json | undefined): string | undefined {
  if (tree === null || typeof tree !== 'object') return undefined;
  if (isObject(tree)) {
    if ('batch_shape' in tree) return 'batch_shape';
    if (tree['class_name'] === 'DTypePolicy') return 'DTypePolicy';
    if (tree['class_name'] === '__keras_tensor__') return 'inbound_nodes with args';
  }
  for (const branch of Object.values(tree)) {
    const sign = keras3Sign(branch);
    if (sign !== undefined) return sign;
  }
  return undefined;
}

function groupsOf(manifest: Json | undefined, name: string): ModelJson['groups'] {
  if (manifest === undefined || manifest === null) return undefined;
  const isGroup = (group: Json): boolean =>
    isObject(group) && Array.isArray(group['paths']) && Array.isArray(group['weights']);
  if (Array.isArray(manifest) && manifest.every(isGroup)) return manifest as unknown as io.WeightsManifestConfig;
  throw new Error(`"${name}" expected a weightsManifest of groups {paths, weights}, got another form`);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
