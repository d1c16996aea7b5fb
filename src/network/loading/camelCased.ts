import type { serialization } from '@tensorflow/tfjs-core';
import type { Json } from './modelJson.ts';

/**
 * A configuration in Keras's spelling as tfjs-layers' classes expect it: `max_pooling` becomes `maxPooling`, in keys
 * and in values, names of layers and classes excepted. tfjs-layers does nearly the same, but does not export it.
 */
export function camelCased(config: Json): serialization.ConfigDict {
  return convert(config, '') as serialization.ConfigDict;
}

// Of the names that are values, the only one that tfjs-layers itself spells so: its own reader does not find it again.
const underscored = 'gelu_new';

function convert(value: Json | undefined, key: string): unknown {
  if (typeof value === 'string') return value === underscored ? value : toCamelCase(value);
  if (Array.isArray(value)) {
    return value.map((item: Json, i) => (i === 0 && isReference(item, key) ? item : convert(item, key)));
  }
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([name, content]) => {
    const converted = toCamelCase(name);
    return [converted, isName(name) && typeof content === 'string' ? content : convert(content, converted)];
  });
  return Object.fromEntries(entries);
}

function isName(key: string): boolean {
  return key === 'name' || key === 'class_name';
}

// In [layer, call, output] the first is a name.
function isReference(item: Json, key: string): boolean {
  return typeof item === 'string' && ['inboundNodes', 'inputLayers', 'outputLayers'].includes(key);
}

function toCamelCase(text: string): string {
  return text.length <= 1 ? text : text.replace(/_+(\w|$)/g, (_, letter: string) => letter.toUpperCase());
}
