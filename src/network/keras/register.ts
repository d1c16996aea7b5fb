import type { Tensor } from '@tensorflow/tfjs-core';
import { serialization } from '@tensorflow/tfjs-core';
import { lowerFunction } from '../functions/lowerFunction.ts';
import type { TensorFunction } from '../functions/tensorFunction.ts';
import type { Operation } from '../graph/operation.ts';
import { isObject, type Json } from '../loading/modelJson.ts';
import type { OwnActivation } from '../lower/ownLayers.ts';
import type { OperationSource } from '../operations/base.ts';
import { ownActivation } from './activations.ts';
import { ours } from './layerRule.ts';
import { Gru, GruCell } from './layers/gru.ts';
import { ownLayers } from './layers/index.ts';
import { classOf } from './ownLayer.ts';

/** Makes our layers and the activations that a configuration names known to tfjs-layers, so that it can open them. */
export function registerOwn(config: Json): void {
  for (const definition of ownLayers) {
    if (!isKnown(ours(definition.name))) serialization.registerClass(classOf(definition));
  }
  for (const own of [GruCell, Gru]) if (!isKnown(own.className)) serialization.registerClass(own);
  for (const name of activationsIn(config)) {
    const made = isKnown(name) ? undefined : ownActivation(name);
    if (made) serialization.registerClass(activationClass(name, made));
  }
}

function activationClass(
  name: string,
  made: TensorFunction,
): serialization.SerializableConstructor<serialization.Serializable> {
  return class extends serialization.Serializable implements OwnActivation {
    static readonly className = name;
    getConfig(): serialization.ConfigDict {
      return {};
    }
    apply(x: Tensor): Tensor {
      return made.apply([x])[0] as Tensor;
    }
    ownOperations(source: OperationSource): readonly Operation[] {
      return lowerFunction(made, { source, operands: [{ shape: [] }] });
    }
  };
}

function* activationsIn(config: Json | undefined): Generator<string> {
  if (Array.isArray(config)) for (const item of config) yield* activationsIn(item);
  else if (isObject(config)) {
    for (const [key, value] of Object.entries(config)) {
      if (typeof value !== 'string') yield* activationsIn(value);
      else if (/activation$/i.test(key) && value.startsWith(ours(''))) yield value;
    }
  }
}

function isKnown(name: string): boolean {
  return name in serialization.SerializationMap.getMap().classNameMap;
}
