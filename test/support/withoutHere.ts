import { backend } from './backend.ts';

/** Why some cases cannot run, on some backends. */
export interface LeftOut {
  readonly backends: readonly string[];
  readonly names: readonly string[];
  readonly reason: string;
}

/** The cases that can run here; those that cannot are told with the reason. */
export function withoutHere<C extends readonly [string, ...unknown[]]>(
  cases: readonly C[],
  { backends, names, reason }: LeftOut,
): readonly C[] {
  if (!backends.includes(backend)) return cases;
  console.warn(`LEFT OUT on ${backend}: ${names.join(', ')}: ${reason}`);
  return cases.filter(([name]) => !names.includes(name));
}
