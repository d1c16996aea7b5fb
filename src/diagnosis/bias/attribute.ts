import { describe } from '../../numeric/check.ts';
import { VitrineError } from '../../numeric/errors.ts';
import { assertSharedTarget } from '../../scoring/targets/sharedTarget.ts';
import type { Target } from '../../scoring/types.ts';

/** An attribute that a model tells. */
export interface Attribute {
  readonly name: string;
  /** Its score, such as the number of its logit; a target that is the same for all images. */
  readonly target: Target;
}

/** Refuses what is no list of so many attributes. */
export function assertAttributes(attributes: readonly Attribute[], least = 1): void {
  if (!Array.isArray(attributes) || attributes.length < least)
    throw new VitrineError(
      'bad-argument',
      `"attributes" expected a list of at least ${least} {name, target}, got ${Array.isArray(attributes) ? `${attributes.length}` : describe(attributes)}`,
    );
  attributes.forEach((attribute: Attribute | null | undefined, i) => {
    if (typeof attribute?.name !== 'string' || attribute.target === undefined)
      throw new VitrineError('bad-argument', `"attributes[${i}]" expected {name, target}, got ${describe(attribute)}`);
    assertSharedTarget(attribute.target, `attributes[${i}].target`);
  });
}
