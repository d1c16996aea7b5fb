import type { Build } from '../oracle/building.ts';
import { networks } from '../oracle/networks.ts';
import { recurrentNetworks } from '../oracle/recurrentNetworks.ts';
import { thorough } from './backend.ts';
import { withoutHere } from './withoutHere.ts';

const [, ...others] = recurrentNetworks.map(([name]) => name);

const right = withoutHere([...networks], {
  backends: ['webgpu', 'webgl'],
  names: ['centerCrop, one column'],
  reason: "tfjs's kernels round the last column to beyond the border, and give zeros",
});

/** The small networks; on a GPU in software, where each step of a sequence takes long, one recurrent network stands for all. */
export const networksHere: readonly [string, Build][] = right.filter(([name]) => thorough || !others.includes(name));
