import type { Json, JsonObject } from '../loading/modelJson.ts';

/** A tensor of a model's graph: what a layer gives on one of its calls. */
export interface TensorReference {
  readonly layer: string;
  /** Which call of the layer in this model, from 0. */
  readonly call: number;
  /** Which output of that call. */
  readonly output: number;
}

/** What a layer is called with: a tensor, a constant, or a list of such. */
export type Argument =
  | { readonly tensor: TensorReference }
  | { readonly value: Json }
  | { readonly list: readonly Argument[] };

/** One call of a layer. */
export interface KerasCall {
  readonly args: readonly Argument[];
  readonly named: Readonly<Record<string, Argument>>;
}

/** A layer as Keras describes it, whichever version wrote the file. */
export interface KerasLayer {
  readonly name: string;
  /** The class; with the package it was registered under (`Custom>Scale`) if that is not Keras's own. */
  readonly kind: string;
  /** The Python module of the class, as Keras 3 tells it. */
  readonly module: string | undefined;
  readonly config: JsonObject;
  /** Empty in a sequential model. */
  readonly calls: readonly KerasCall[];
  /** The inside of a layer that is a model. */
  readonly model: KerasModel | undefined;
  /** The shape that it was built for, where the file tells it. */
  readonly builtFor: Json | undefined;
  /** Which Keras wrote it: some words mean two things. */
  readonly generation: Generation;
}

export type Generation = 2 | 3;

/** A functional or sequential model as Keras describes it. */
export interface KerasModel {
  readonly name: string;
  readonly sequential: boolean;
  readonly layers: readonly KerasLayer[];
  readonly inputs: readonly TensorReference[];
  readonly outputs: readonly TensorReference[];
}

/** How messages call a layer. */
export function titleOf({ name, kind }: Pick<KerasLayer, 'name' | 'kind'>): string {
  return `layer "${name}" (${kind})`;
}

/** The tensors among arguments, in order. */
export function tensorsOf(argument: Argument): readonly TensorReference[] {
  if ('tensor' in argument) return [argument.tensor];
  return 'list' in argument ? argument.list.flatMap(tensorsOf) : [];
}
