import type { Build } from '../oracle/building.ts';
import { networks } from '../oracle/networks.ts';
import { recurrentNetworks } from '../oracle/recurrentNetworks.ts';
import { backend, thorough } from './backend.ts';

const [, ...others] = recurrentNetworks.map(([name]) => name);

// Its last column lies at the border of the input, which tfjs's kernel rounds to beyond it, and gives zeros.
const wrongHere: readonly string[] = backend === 'webgpu' ? ['centerCrop, one column'] : [];

/** The small networks; on a GPU in software, where each step of a sequence takes long, one recurrent network stands for all. */
export const networksHere: readonly [string, Build][] = [...networks].filter(
  ([name]) => !wrongHere.includes(name) && (thorough || !others.includes(name)),
);
