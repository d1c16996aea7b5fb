import type { Look } from './look.ts';
import { modelLooks } from './models/looks.ts';
import { accumulatorMutations } from './mutations/accumulators.ts';
import { brodenMutations } from './mutations/broden.ts';
import { modelFileMutations } from './mutations/modelFiles.ts';
import { pictureMutations } from './mutations/pictures.ts';
import { storedFormMutations } from './mutations/storedForms.ts';

type Looks = Readonly<Record<string, Look>>;

/** Everything that is looked at, by the names of kinds. */
export const kinds: Looks = {
  ...within('models', modelLooks),
  ...within('modelFiles', modelFileMutations),
  ...within('pictures', pictureMutations),
  ...within('accumulators', accumulatorMutations),
  ...within('broden', brodenMutations),
  ...within('storedForms', storedFormMutations),
};

function within(family: string, looks: Looks): Looks {
  return Object.fromEntries(Object.entries(looks).map(([name, look]) => [`${family}/${name}`, look]));
}
