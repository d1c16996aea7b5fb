import type { Build } from '../oracle/building.ts';
import { networks } from '../oracle/networks.ts';
import { recurrentNetworks } from '../oracle/recurrentNetworks.ts';
import { thorough } from './backend.ts';

const [, ...others] = recurrentNetworks.map(([name]) => name);

/** The small networks; on a GPU in software, where each step of a sequence takes long, one recurrent network stands for all. */
export const networksHere: readonly [string, Build][] = [...networks].filter(
  ([name]) => thorough || !others.includes(name),
);
