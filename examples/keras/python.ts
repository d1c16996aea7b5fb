import { spawn } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The two environments, each named after the folder of its files. */
export const tools = { keras2: 'KERAS2_PYTHON', keras3: 'KERAS3_PYTHON' } as const;
export type Tool = keyof typeof tools;

/** Where the networks of the study and its results lie; git ignores it. */
export const studyFolder = 'out/keras';

/** Builds the networks of keras.applications that are not there yet, and converts them by the official converter. */
export async function buildNetworks(which: 'smallest' | 'others', names: readonly string[]): Promise<void> {
  for (const tool of Object.keys(tools) as Tool[]) {
    const folder = folderOf(tool, which);
    await python(tool, 'full.py', [folder, which, ...names]);
    if (which === 'others') continue;
    await python('keras2', 'convert.py', await modelFolders(folder));
    for (const path of await modelFolders(folder))
      await rm(join(path, 'saved_model'), { recursive: true, force: true });
  }
}

/** The folder of one tool's networks. */
export function folderOf(tool: Tool, which: 'smallest' | 'others'): string {
  return join(studyFolder, which === 'smallest' ? tool : `${tool}-others`);
}

/** The folders of networks in a folder; none if it is not there. */
export async function modelFolders(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.sort().map((name) => join(folder, name));
}

function python(tool: Tool, script: string, options: readonly string[]): Promise<void> {
  const interpreter = process.env[tools[tool]];
  if (!interpreter)
    throw new Error(`${tools[tool]} expected the Python of an environment, see examples/keras/README.md`);
  const child = spawn(interpreter, [join('examples/keras/python', script), ...options], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${script} ended with ${code}`))));
  });
}
