import { brodenDataset } from '../../../src/dissection/broden/brodenDataset.ts';
import { random } from '../../../src/numeric/random.ts';
import { brodenFiles } from '../../support/brodenFiles.ts';
import { listOf } from '../../support/listOf.ts';
import { mutated } from '../../support/mutations.ts';
import { resealed } from '../../support/pngFile.ts';
import type { Look } from '../look.ts';
import { attempt } from './attempt.ts';

const sound = brodenFiles();

/** Folders in the layout of Broden in which something is wrong with one file. */
export const brodenMutations: Readonly<Record<string, Look>> = {
  'a table': look(
    (name) => name.endsWith('.csv'),
    (bytes) => bytes,
  ),
  'a picture': look((name) => name.endsWith('.png'), resealed),
};

function look(chosen: (name: string) => boolean, seal: (bytes: Uint8Array) => Uint8Array): Look {
  const names = [...sound.keys()].filter(chosen);
  return async (seed) => {
    const draws = random(0, seed);
    const name = names[draws.integer(names.length)] as string;
    const files = new Map(sound).set(name, seal(mutated(sound.get(name) as Uint8Array, draws)));
    const read = async (path: string): Promise<Uint8Array> =>
      files.get(path) ?? Promise.reject(new Error('no such file'));
    const readAll = async (): Promise<void> => {
      const { dataset } = await brodenDataset(read, { input: { size: 4, range: [0, 1] } });
      await listOf(dataset());
    };
    return attempt({ read: readAll, most: 2 ** 27, names: ['.csv', '.png', 'image '] });
  };
}
