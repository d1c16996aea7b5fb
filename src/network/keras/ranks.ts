import type { Json } from '../loading/modelJson.ts';
import { type KerasLayer, type KerasModel, type TensorReference, tensorsOf } from './kerasModel.ts';

/**
 * The number of axes of the tensors in a model, batch axis included, where the configuration tells it: tfjs-layers
 * flattens nothing that is flat already.
 */
export function ranksIn(model: KerasModel): (reference: TensorReference) => number | undefined {
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]));
  const known = new Map<string, number | undefined>();
  const rankOf = ({ layer: name, call }: TensorReference): number | undefined => {
    const key = `${call} ${name}`;
    if (!known.has(key)) {
      const layer = layers.get(name);
      const input = layer && inputOf(layer, call);
      known.set(key, layer && rankAfter(layer, input && rankOf(input)));
    }
    return known.get(key);
  };
  return rankOf;
}

/** The ranks behind the layers of a sequential model. */
export function ranksAlong({ layers }: KerasModel): readonly (number | undefined)[] {
  let rank: number | undefined;
  return layers.map((layer) => {
    const shape = layer.config['batch_input_shape'] ?? layer.config['batch_shape'];
    rank = rankAfter(layer, Array.isArray(shape) ? shape.length : rank);
    return rank;
  });
}

function rankAfter(layer: KerasLayer, rank: number | undefined): number | undefined {
  const { kind, config, model } = layer;
  if (model) return rankAfterModel(model);
  const shape = config['batch_shape'] ?? config['batch_input_shape'];
  if (kind === 'InputLayer') return lengthOf(shape);
  if (/^Flatten$|^Global.*Pooling/.test(kind)) return config['keepdims'] === true ? rank : 2;
  if (kind === 'Reshape') return add(lengthOf(config['target_shape']), 1);
  if (kind === 'RepeatVector' || kind === 'Embedding') return add(rank, 1);
  if (/^(LSTM|GRU|SimpleRNN|RNN)$/.test(kind)) return config['return_sequences'] === true ? rank : 2;
  if (isReduction(layer)) return rankAfterReduction(layer, rank);
  return keepsRank.test(kind) ? rank : undefined;
}

function isReduction({ kind, config }: KerasLayer): boolean {
  return /^(math\.reduce_\w+|Mean|Max|Min|Sum)$/.test(
    typeof config['function'] === 'string' ? config['function'] : kind,
  );
}

function rankAfterReduction({ config, calls: [call] }: KerasLayer, rank: number | undefined): number | undefined {
  const option = (name: string): Json | undefined => {
    const argument = call?.named[name];
    return argument && 'value' in argument ? argument.value : config[name];
  };
  const axes = [option('axis')].flat();
  if (rank === undefined || axes.some((axis) => typeof axis !== 'number')) return undefined;
  return option('keepdims') === true ? rank : rank - axes.length;
}

/** The first tensor that a layer reads on a call. */
export function inputOf({ calls }: KerasLayer, call: number): TensorReference | undefined {
  return calls[call]?.args.flatMap(tensorsOf)[0];
}

// Convolutions, poolings, merges, activations, normalisations: most layers.
const keepsRank =
  /^(Dense|Activation|.*ReLU|ELU|Softmax|.*Conv.*|.*Pooling.D|.*Normalization|.*Dropout.*|GaussianNoise|Add|Subtract|Multiply|Average|Maximum|Minimum|Concatenate|Identity|Zero.*|Cropping.*|UpSampling.*|Rescaling|Resizing|Random.*)$/;

function rankAfterModel(model: KerasModel): number | undefined {
  if (model.sequential) return ranksAlong(model).at(-1);
  const [output] = model.outputs;
  return output && ranksIn(model)(output);
}

function lengthOf(shape: Json | undefined): number | undefined {
  return Array.isArray(shape) ? shape.length : undefined;
}

function add(rank: number | undefined, more: number): number | undefined {
  return rank === undefined ? undefined : rank + more;
}
