import type { io } from '@tensorflow/tfjs-core';
import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';

/** A parsed tree of JSON. */
export type Json = null | string | number | boolean | readonly Json[] | JsonObject;
/** A parsed object of JSON. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** Weight files that belong together, and the weights they hold one after the other. */
export type WeightGroups = io.WeightsManifestConfig;

// Models in models in models: some forty levels. What reads them calls itself for each.
const deepest = 200;

/** Parses JSON, or takes what is parsed, and refuses what is no object or is nested without end. */
export function parseJson(content: Uint8Array | string | object, name: string): JsonObject {
  const text = content instanceof Uint8Array ? new TextDecoder().decode(content) : content;
  const json = typeof text === 'string' ? parse(text, name) : text;
  if (!isObject(json)) throw new VitrineError('bad-file', `"${name}" expected a JSON object, got ${describe(json)}`);
  assertDepth(json, name);
  return json;
}

/** The class and configuration of a model, in Keras's spelling. */
export function topologyOf(saved: JsonObject, name: string): JsonObject & { readonly class_name: string } {
  const topology = isObject(saved['model_config']) ? saved['model_config'] : saved;
  const { class_name: kind, config } = topology;
  if (typeof kind === 'string' && config !== null && typeof config === 'object')
    return { ...topology, class_name: kind };
  throw new VitrineError(
    'bad-file',
    `"${name}" expected a modelTopology with class_name and config, got keys ${Object.keys(topology).join(', ')}`,
  );
}

/** Whether the content of a `model.json` is a GraphModel. */
export function isGraphModel(json: JsonObject): boolean {
  const topology = json['modelTopology'];
  return json['format'] === 'graph-model' || (isObject(topology) && Array.isArray(topology['node']));
}

/** The weight files that a `model.json` names. */
export function groupsOf(json: JsonObject, name: string): WeightGroups {
  const manifest = json['weightsManifest'] ?? [];
  if (!Array.isArray(manifest) || !manifest.every(isGroup)) {
    throw new VitrineError(
      'bad-file',
      `"${name}" expected a weightsManifest of groups {paths, weights}, got another form`,
    );
  }
  const groups = manifest as unknown as WeightGroups;
  const paths = groups.flatMap((group) => group.paths);
  const twice = paths.find((path, i) => paths.indexOf(path) !== i);
  if (twice === undefined) return groups;
  throw new VitrineError('bad-file', `"${name}" names the weight file "${twice}" twice`);
}

/** Whether a value is an object with keys. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new VitrineError('bad-file', `"${name}" expected JSON, got invalid JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Level by level, for a walk that calls itself would exhaust the stack. */
function assertDepth(json: object, name: string): void {
  let level = new Set<object>([json]);
  for (let depth = 0; level.size > 0; depth++) {
    if (depth > deepest)
      throw new VitrineError('bad-file', `"${name}" is nested more than ${deepest} levels deep, as no model is`);
    const branches = [...level].flatMap((tree) => Object.values(tree) as unknown[]);
    level = new Set(branches.filter((branch) => typeof branch === 'object' && branch !== null)) as Set<object>;
  }
}

function isGroup(group: Json): boolean {
  if (!isObject(group)) return false;
  const { paths, weights } = group;
  if (!Array.isArray(paths) || !Array.isArray(weights)) return false;
  return (
    paths.every((path) => typeof path === 'string') &&
    weights.every((spec) => isObject(spec) && typeof spec['name'] === 'string')
  );
}
