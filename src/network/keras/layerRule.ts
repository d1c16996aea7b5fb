import type { Json, JsonObject } from '../loading/modelJson.ts';
import type { KerasLayer } from './kerasModel.ts';

/** The options of a layer that are being translated, in Keras's spelling. */
export type Options = Record<string, Json>;

/** A layer as tfjs-layers opens it. */
export interface TfjsLayer {
  readonly class_name: string;
  readonly config: JsonObject;
}

/**
 * How a class of layers of Keras becomes one of tfjs-layers. Options that are not named here are dropped where they
 * are `null` or `false`, and refused by name where they say anything.
 */
export interface LayerRule {
  /** Options that are handed on. */
  readonly options?: readonly string[];
  /** Options that change nothing in inference, and are left out. */
  readonly training?: readonly string[] | 'all';
  /** Options that only hold at these values, and are left out. */
  readonly only?: Readonly<Record<string, readonly Json[]>>;
  /** The class, where it is not that of the same name in tfjs-layers; by the rank of the input where that is known. */
  readonly as?: (options: Options, rank: number | undefined) => string;
  /** The options, changed into those of the class. */
  readonly change?: (options: Options, layer: KerasLayer) => Options;
  /** The whole, for layers around others. */
  readonly wrap?: (layer: KerasLayer, options: Options, translate: Translate) => TfjsLayer;
  /** Why there is no such layer, and what to do. */
  readonly refused?: string;
}

export type Translate = (layer: KerasLayer) => TfjsLayer;

export type LayerRules = Readonly<Record<string, LayerRule>>;

/** The class of a layer of ours. */
export function ours(name: string): string {
  return `vitrine>${name}`;
}

/** The class of that name in tfjs-layers, or ours where the options ask for what that cannot do. */
export function oursIf(
  name: string,
  needed: (options: Options, rank: number | undefined) => boolean,
): NonNullable<LayerRule['as']> {
  return (options, rank) => (needed(options, rank) ? ours(name) : name);
}
