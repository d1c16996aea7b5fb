import type { Tensor } from '@tensorflow/tfjs-core';
import type { Input, Model } from '../../../network/types.ts';
import type { Composite, Rule } from '../../../network/walk/composite.ts';
import { keeping } from '../../../network/walk/keeping.ts';
import { explain } from '../../../scoring/session.ts';
import type { Attribution, ExplainOptions } from '../../../scoring/types.ts';
import { backpropagate, type LayerOption } from '../../gradient/backpropagated.ts';
import type { RulesOption } from '../../gradient/rectified.ts';
import { refusal, unknownLayer } from '../../refusal.ts';
import { assertUnscaled } from '../assertUnscaled.ts';
import { assertFitted, assertPlannedAlike } from './assertFitted.ts';
import { type PatternKernels, patternKernels } from './patternKernels.ts';
import type { Patterns } from './patterns.ts';

/** The options of {@link patternNet} and {@link patternAttribution}. */
export interface PatternOptions extends LayerOption, RulesOption {
  /** What `fitPatterns` returned for this model. */
  readonly patterns: Patterns;
}

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
  return explain(model, x, options ?? {}, async (session, { patterns, rules = [], layer }) => {
    assertUnscaled(session, method);
    await assertFitted(session.network, patterns);
    const kernels = patternKernels(patterns, kernel);
    const network = keeping(session.network, kernels.all);
    const composite: Composite = [
      ...rules,
      [({ linear }) => linear, replaced(method, kernels)],
      ['opaque', refusal(method, unknownLayer)],
    ];
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
