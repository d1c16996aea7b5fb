import type { Operation } from '../network/graph/operation.ts';
import type { Rule } from '../network/walk/composite.ts';
import { VitrineError } from '../numeric/errors.ts';

/** What a method says of a layer that it cannot see into. */
export function unknownLayer({ address, layerClass }: Operation): string {
  return `needs to know what layer "${address}" (${layerClass}) does`;
}

/** The rule of what a method cannot pass: it says so by name. */
export function refusal(
  method: string,
  complaint: (operation: Operation) => string,
  advice: (operation: Operation) => string = ruleFirst,
): Rule {
  return {
    name: method,
    needs: [],
    backward: (operation) => {
      throw new VitrineError('unsupported-layer', `${method} ${complaint(operation)}; ${advice(operation)}`);
    },
  };
}

function ruleFirst({ address }: Operation): string {
  return `give it a rule in "rules", for example [{ address: "${address}" }, gradientRule]`;
}
