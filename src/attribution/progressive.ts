import type { Input, Model } from '../network/types.ts';
import { VitrineError } from '../numeric/errors.ts';
import { abortSignal, callback, record } from '../numeric/options.ts';
import type { Attribution, ExplainOptions } from '../scoring/types.ts';

/** The option by which a long method hands over what it has so far. */
export interface PartialOption<R extends Attribution = Attribution> {
  /** Called after each batch, none by default; `current()` makes an attribution of what has been found so far. */
  readonly onPartial?: (current: () => R) => void;
}

/**
 * Makes a long method one whose results can be watched as they grow.
 *
 * The iterator yields the newest partial result whenever it is asked, at most one for each batch, and the finished one
 * last. To leave the loop stops the method.
 *
 * @param explainer a method with partial results: `rise`, `lime`, `kernelShap`, `shapleySampling`, `occlusion` and
 * others whose options have `onPartial`.
 * @returns a function with the explainer's arguments that returns an async iterator of attributions.
 * @throws {VitrineError} if the explainer is no function; from the iterator what the explainer throws, which says that it has
 * no option `onPartial` where it has no partial results.
 * @example
 * ```ts
 * import { progressive, rise } from 'vitrine';
 * for await (const { values } of progressive(rise)(model, x, { samples: 40 })) {
 *   console.log(values.shape); // [2, 16, 16], better each time
 * }
 * ```
 */
export function progressive<O extends PartialOption<R>, R extends Attribution>(
  explainer: (model: Model, x: Input, options?: ExplainOptions & O) => Promise<R>,
): (model: Model, x: Input, options?: ExplainOptions & O) => AsyncGenerator<R, void, undefined> {
  callback('explainer', explainer);
  return async function* (model, x, options = {} as ExplainOptions & O) {
    assertWatchable(options);
    const leaving = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, leaving.signal]) : leaving.signal;
    let wake: ((partial: R | undefined) => void) | undefined;
    const onPartial = (current: () => R): void => {
      options.onPartial?.(current);
      // Nobody waits while the last one is looked at: the next one will be newer.
      if (wake) wake(current());
      wake = undefined;
    };
    const running = explainer(model, x, { ...options, signal, onPartial });
    const finished = running.then(() => undefined);
    finished.catch(() => undefined);
    try {
      for (;;) {
        const next = new Promise<R | undefined>((resolve) => {
          wake = resolve;
        });
        const partial = await Promise.race([next, finished]);
        if (!partial) break;
        yield partial;
      }
      yield await running;
    } finally {
      leaving.abort(new VitrineError('unsupported', 'the iterator was left'));
      await finished.catch(() => undefined);
    }
  };
}

/** What is used here of the options; the explainer looks at them all. */
function assertWatchable(options: ExplainOptions & PartialOption<never>): void {
  record('options', options);
  if (options.signal !== undefined) abortSignal('signal', options.signal);
  if (options.onPartial !== undefined) callback('onPartial', options.onPartial);
}
