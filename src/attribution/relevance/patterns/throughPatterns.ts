import type { Tensor } from '@tensorflow/tfjs-core';
import type { Input, Model } from '../../../network/types.ts';
import type { Composite, Rule } from '../../../network/walk/composite.ts';
import { keeping } from '../../../network/walk/keeping.ts';
import { kind, type OptionChecks, required } from '../../../numeric/options.ts';
import { explain } from '../../../scoring/session.ts';
import type { Attribution, ExplainOptions } from '../../../scoring/types.ts';
import { backpropagate, type LayerOption, layerChecks } from '../../gradient/backpropagated.ts';
import { refusal, unknownLayer } from '../../refusal.ts';
import { chosenRules, type RuleOptions, ruleChecks } from '../../ruleOptions.ts';
import { assertUnscaled } from '../assertUnscaled.ts';
import { assertFitted, assertPlannedAlike } from './assertFitted.ts';
import { type PatternKernels, patternKernels } from './patternKernels.ts';
import type { Patterns } from './patterns.ts';

/** The options of {@link patternNet} and {@link patternAttribution}. */
export interface PatternOptions extends LayerOption, RuleOptions {
  /** What `fitPatterns` returned for this model. */
  readonly patterns: Patterns;
}

const checks: OptionChecks<ExplainOptions & PatternOptions> = {
  ...layerChecks,
  ...ruleChecks,
  patterns: required(kind('what fitPatterns returns', isPatterns)),
};

/** What sets one of these methods apart from the other. */
export interface PatternMethod {
  readonly method: string;
  /** What takes the place of a kernel. */
  readonly kernel: (kernel: Tensor, pattern: Tensor) => Tensor;
}

/** A gradient with other kernels. */
export async function throughPatterns(
  model: Model,
  x: Input,
  options: ExplainOptions & PatternOptions,
  { method, kernel }: PatternMethod,
): Promise<Attribution> {
  return explain(model, x, options, { checks }, async (session, { patterns, layer, ...chosen }) => {
    assertUnscaled(session, method);
    await assertFitted(session.network, patterns);
    const kernels = patternKernels(patterns, kernel);
    const network = keeping(session.network, kernels.all);
    const own: Composite = [
      [({ linear }) => linear, replaced(method, kernels)],
      ['opaque', refusal(method, unknownLayer)],
    ];
    const composite = chosenRules(chosen, { own, graph: session.network.graph });
    try {
      return await backpropagate({ ...session, network }, layer, {
        method,
        composite,
        walk: (record, { seeds, ends }) => {
          assertPlannedAlike(record.trace, network, patterns);
          return record.backward(seeds, { to: ends });
        },
      });
    } finally {
      kernels.dispose();
      network.dispose();
    }
  });
}

function isPatterns(value: unknown): boolean {
  const { layers, fingerprint } = (value ?? {}) as Partial<Patterns>;
  return Array.isArray(layers) && typeof fingerprint === 'object' && fingerprint !== null;
}

function replaced(name: string, kernels: PatternKernels): Rule {
  return {
    name,
    needs: [],
    backward: (operation, io, streams) => {
      const kernel = kernels.of(operation);
      return [streams.map((stream) => operation.pullback(stream, io, { kernel })[0] as Tensor)];
    },
  };
}
