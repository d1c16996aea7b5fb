import { layers } from '@tensorflow/tfjs-layers';
import { VitrineError } from '../../numeric/errors.ts';

/** What is known of a layer while it is made. */
export interface Named {
  readonly name: string;
  getClassName(): string;
}

/**
 * Builds layers; what goes wrong as one of them is used is said of it.
 *
 * @param build must be synchronous.
 */
export function namingLayers<T>(build: () => T): T {
  const methods = layers.Layer.prototype as unknown as { apply: (this: Named, ...call: unknown[]) => unknown };
  const { apply } = methods;
  methods.apply = function (...call): unknown {
    return naming(this, () => apply.apply(this, call));
  };
  try {
    return build();
  } finally {
    methods.apply = apply;
  }
}

/** What goes wrong in a layer is said of it, and of no layer around it. */
export function naming<T>(layer: Named, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (namesLayer(cause)) throw cause;
    throw new VitrineError('bad-file', `layer "${layer.name}" (${layer.getClassName()}): ${reasonOf(cause)}`, {
      cause,
    });
  }
}

/** Whether an error begins with the layer that it is of. */
export function namesLayer(cause: unknown): boolean {
  return cause instanceof Error && cause.message.startsWith('layer "');
}

/** What tfjs-layers says in its own words; nothing that JavaScript says of its code. */
export function reasonOf(cause: unknown): string {
  if (cause instanceof TypeError || cause instanceof RangeError) return 'its configuration cannot be read';
  const message = cause instanceof Error ? cause.message : String(cause);
  const invalid = /^Not a valid tensor name: '(.*)'/.exec(message);
  if (!invalid) return message;
  return `"${invalid[1]}" is no name for a weight in tfjs-layers: expected letters, digits and . _ - /, a letter or digit first`;
}
