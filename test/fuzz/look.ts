import * as tf from '@tensorflow/tfjs-core';

/** Looks at one subject, which the seed fixes, and says what is wrong with it, if anything. */
export type Look = (seed: number) => Promise<string | undefined>;

/** Something that is wrong, and the seed that shows it. */
export interface Finding {
  readonly kind: string;
  readonly seed: number;
  readonly wrong: string;
}

/** What a look finds: also an error that it did not expect, and tensors that it left. */
export async function findingOf(kind: string, look: Look, seed: number): Promise<Finding | undefined> {
  const before = tf.memory().numTensors;
  const wrong = await look(seed).catch((error: unknown) => `fails: ${error instanceof Error ? error.stack : error}`);
  const left = tf.memory().numTensors - before;
  if (wrong) return { kind, seed, wrong };
  return left === 0 ? undefined : { kind, seed, wrong: `${left} tensors are left` };
}

/** What a look finds at the subjects of some seeds, from the first one on. */
export async function findingsOf(
  kind: string,
  look: Look,
  { seed, count }: { seed: number; count: number },
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (let i = 0; i < count; i++) {
    const finding = await findingOf(kind, look, seed + i);
    if (finding) findings.push(finding);
  }
  return findings;
}
