import type { Given } from './given.ts';

/** A function and the arguments of one call. */
export interface Sent {
  readonly args: readonly unknown[];
  readonly run: () => Promise<unknown>;
  /** The function itself, for calls with other arguments. */
  readonly call: (...args: readonly unknown[]) => unknown;
}

/** Makes the arguments of one call of a public function, every array of them anew. */
export type PublicCall = (given: Given) => Sent;

export type PublicCalls = Readonly<Record<string, PublicCall>>;

/** A call that is ready to be made. */
export function sent<F extends (...args: never[]) => Promise<unknown>>(run: F, ...args: Parameters<F>): Sent {
  return { args, run: () => run(...args), call: run as unknown as Sent['call'] };
}

/** The same of a function that answers at once. */
export function said<F extends (...args: never[]) => unknown>(run: F, ...args: Parameters<F>): Sent {
  return { args, run: async () => run(...args), call: run as unknown as Sent['call'] };
}
