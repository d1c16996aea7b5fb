import * as tf from '@tensorflow/tfjs-core';
import type { Operation } from '../../network/graph/operation.ts';
import type { Composite, Rule, RuleIo } from '../../network/walk/composite.ts';

/**
 * The same rules as if convolutions and dense layers had no biases and batch normalisations no shifts, on the activations
 * that the network has with them.
 */
export function unbiased(composite: Composite): Composite {
  return composite.map(([matcher, rule]) => [matcher, withoutBias(rule)]);
}

function withoutBias(rule: Rule): Rule {
  return {
    ...rule,
    needs: rule.needs.includes('output') ? [...rule.needs, 'inputs'] : rule.needs,
    backward: (operation, io, streams) => {
      const bare = bareOf(operation);
      return bare ? rule.backward(bare, ofBare(io, bare, rule), streams) : rule.backward(operation, io, streams);
    },
  };
}

/** The operation without what it adds to a linear function of its input; none where it adds nothing. */
function bareOf(operation: Operation): Operation | undefined {
  const { bias, shift, beta, ...others } = operation.parameters;
  if ((operation.linear && bias) || (operation.moments && beta)) return operation.withParameters(() => others);
  if (operation.kind !== 'affine' || !shift) return undefined;
  const zeros = tf.zerosLike(shift);
  return operation.withParameters(() => ({ ...others, shift: zeros }));
}

/** What the operation would have seen without its bias. */
function ofBare(io: RuleIo, operation: Operation, rule: Rule): RuleIo {
  const { inputShapes, nonNegative } = io;
  return {
    inputShapes,
    nonNegative,
    get inputs() {
      return io.inputs;
    },
    get output() {
      return operation.forward(io.inputs);
    },
    get reference() {
      return io.reference;
    },
    get state() {
      return rule.compute ? rule.compute(operation, io).state : io.state;
    },
  };
}
