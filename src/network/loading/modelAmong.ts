import { VitrineError } from '../../numeric/errors.ts';
import { nearestNames } from '../../numeric/nearestNames.ts';
import { savedModelAdvice } from './fileKind.ts';
import type { FileSet, OpenedSource } from './source.ts';

/**
 * Finds the one model among files: a `.keras`, `.h5` or zip file, or a JSON with a topology, whose weight files are
 * found by their paths or, where they lost their folder, by their names.
 */
export async function modelAmong(files: FileSet, among: string): Promise<OpenedSource> {
  const path = await chooseModel(files, among);
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return {
    name: path,
    content: await (files.get(path) as () => Promise<Uint8Array>)(),
    metadata: await files.get(`${folder}metadata.json`)?.(),
    read: (weights) => readWeights(files, folder, weights),
  };
}

/** The path of the one model among files. */
export async function chooseModel(files: FileSet, among: string): Promise<string> {
  // Folders of macOS's archives, and of whatever hides.
  const paths = [...files.keys()].filter((path) => !/(^|\/)(__MACOSX\/|\.)/.test(path));
  if (paths.length === 1) return paths[0] as string;
  const models = [...paths.filter((path) => /\.(keras|h5|hdf5|zip)$/i.test(path)), ...(await topologies(files, paths))];
  if (models.length === 1) return models[0] as string;
  if (models.length > 1)
    throw new VitrineError('bad-file', `${among}: expected one model, got ${models.join(', ')}: give one of them`);
  if (paths.some((path) => path.endsWith('saved_model.pb')))
    throw new VitrineError('bad-file', `${among} are ${savedModelAdvice}`);
  throw new VitrineError(
    'bad-file',
    `${among}: expected a model.json, .keras or .h5 file, got ${paths.join(', ') || 'none'}`,
  );
}

/** The JSON files with a topology; files of the usual name need not be looked into. */
async function topologies(files: FileSet, paths: readonly string[]): Promise<string[]> {
  const usual = paths.filter((path) => /(^|\/)model\.json$/.test(path));
  if (usual.length > 0) return usual;
  const others = paths.filter((path) => path.endsWith('.json'));
  const texts = await Promise.all(others.map(async (path) => new TextDecoder().decode(await files.get(path)?.())));
  return others.filter((_, i) => /"modelTopology"\s*:/.test(texts[i] as string));
}

async function readWeights(files: FileSet, folder: string, path: string): Promise<Uint8Array> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const known = [...files.keys()];
  const sameName = known.filter((file) => file === name || file.endsWith(`/${name}`));
  const found = files.has(folder + path) ? [folder + path] : sameName;
  if (found.length === 1) return (files.get(found[0] as string) as () => Promise<Uint8Array>)();
  if (found.length > 1) throw new VitrineError('bad-file', `it may be any of ${found.join(', ')}`);
  throw new VitrineError(
    'bad-file',
    `it is not among the files; the nearest are ${nearestNames(path, known).join(', ')}`,
  );
}
