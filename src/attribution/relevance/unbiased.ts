import type { Composite, Rule, RuleIo } from '../../network/composite.ts';
import type { Operation } from '../../network/operation.ts';

/** The same rules as if convolutions and dense layers had no biases, on the activations that the network has with them. */
export function unbiased(composite: Composite): Composite {
  return composite.map(([matcher, rule]) => [matcher, withoutBias(rule)]);
}

function withoutBias(rule: Rule): Rule {
  return {
    ...rule,
    needs: rule.needs.includes('output') ? [...rule.needs, 'inputs'] : rule.needs,
    backward: (operation, io, streams) => {
      const { kernel, bias } = operation.parameters;
      if (!operation.linear || !kernel || !bias) return rule.backward(operation, io, streams);
      const bare = operation.withParameters(() => ({ kernel }));
      return rule.backward(bare, ofBare(io, bare, rule), streams);
    },
  };
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
