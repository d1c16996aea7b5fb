import type { StoredArray, StoredGroup } from './storedModel.ts';

interface Group extends StoredGroup {
  readonly groups: Map<string, Group>;
  readonly arrays: Map<string, StoredArray>;
}

/** Arrays by their paths as groups in groups, as if they lay in an HDF5 file. */
export function groupsByPath(arrays: ReadonlyMap<string, StoredArray>): StoredGroup {
  const root = emptyGroup('');
  for (const [path, array] of arrays) {
    const steps = path.split('/');
    const group = steps.slice(0, -1).reduce(groupIn, root);
    group.arrays.set(steps.at(-1) as string, array);
  }
  return root;
}

function groupIn({ path, groups }: Group, step: string): Group {
  const group = groups.get(step) ?? emptyGroup(path === '' ? step : `${path}/${step}`);
  groups.set(step, group);
  return group;
}

function emptyGroup(path: string): Group {
  return { path, attributes: new Map(), groups: new Map(), arrays: new Map() };
}
