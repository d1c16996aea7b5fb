import type { Build } from '../oracle/building.ts';
import { networks } from '../oracle/networks.ts';
import { recurrentNetworks } from '../oracle/recurrentNetworks.ts';
import { backend, thorough } from './backend.ts';

const [, ...others] = recurrentNetworks.map(([name]) => name);

// Its last column lies at the border of the input, which the kernels of tfjs round to beyond it, and give zeros.
const wrongHere: readonly string[] = ['webgpu', 'webgl'].includes(backend) ? ['centerCrop, one column'] : [];

/** The small networks; on a GPU in software, where each step of a sequence takes long, one recurrent network stands for all. */
export const networksHere: readonly [string, Build][] = [...networks].filter(
  ([name]) => !wrongHere.includes(name) && (thorough || !others.includes(name)),
);
