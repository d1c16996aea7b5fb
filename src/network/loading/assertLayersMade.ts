import { serialization } from '@tensorflow/tfjs-core';
import { VitrineError } from '../../numeric/errors.ts';
import { naming } from './naming.ts';

interface LayerConfig {
  readonly className: string;
  readonly config: serialization.ConfigDict;
}

/**
 * Makes each layer of a configuration alone, which costs nothing before its weights are built: tfjs-layers does not say
 * which of them it cannot make.
 *
 * @throws {VitrineError} that names the first layer that cannot be made.
 */
export function assertLayersMade(config: serialization.ConfigDict): void {
  for (const { className, config: options } of layersIn(config)) {
    naming({ name: String(options['name']), getClassName: () => className }, () => make(className, options));
  }
}

function make(className: string, options: serialization.ConfigDict): void {
  const known = serialization.SerializationMap.getMap().classNameMap[className];
  if (!known)
    throw new VitrineError(
      'bad-file',
      'the class is not known: write it in JavaScript and register it with tf.serialization.registerClass',
    );
  known[1](known[0], structuredClone(options));
}

function* layersIn(config: serialization.ConfigDict): Generator<LayerConfig> {
  const layers = (Array.isArray(config) ? config : config['layers']) as unknown as readonly LayerConfig[];
  for (const layer of layers) {
    if (Array.isArray(layer.config) || 'layers' in layer.config) yield* layersIn(layer.config);
    else yield layer;
  }
}
