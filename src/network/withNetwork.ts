import { compile } from './compile.ts';
import type { Network } from './network.ts';
import type { Model } from './types.ts';
import { steady } from './walk/steady.ts';

/** Whether a model has been compiled. */
export function isNetwork(model: Model): model is Network {
  return typeof model === 'object' && model !== null && 'graph' in model && 'sweep' in model;
}

/** Runs a job with a compiled model: the given network, or one that lives as long as the job. Its weights must stay. */
export async function withNetwork<T>(model: Model, job: (network: Network) => Promise<T>): Promise<T> {
  if (isNetwork(model)) return job(steady(model));
  const network = compile(model);
  try {
    return await job(steady(network));
  } finally {
    network.dispose();
  }
}
