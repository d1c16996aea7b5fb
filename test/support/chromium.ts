import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { readTar } from './tar.ts';

/** A Chromium that runs without a system browser, and what its process and Dawn's need in their environment. */
export interface Chromium {
  executablePath: string;
  environment: Record<string, string>;
}

/** Flags for a headless browser whose WebGL and WebGPU run in software. */
export const softwareFlags: string[] = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** True where the binaries of `@sparticuz/chromium` run. */
export const canUnpack: boolean = process.platform === 'linux' && process.arch === 'x64';

/**
 * Unpacks Chromium, SwiftShader, the Vulkan loader and the system libraries that slim images lack (NSS, NSPR, expat)
 * into the temporary directory, once.
 */
export async function unpackChromium(): Promise<Chromium> {
  const bin = packageBin();
  const version = await packageVersion(bin);
  const folder = join(tmpdir(), `vitrine-chromium-${version}`);
  const present = await readFile(join(folder, 'complete')).then(
    () => true,
    () => false,
  );
  if (!present) await unpack(bin, folder);
  return { executablePath: join(folder, 'chromium'), environment: environmentOf(folder) };
}

function environmentOf(folder: string): Record<string, string> {
  const libraries = [folder, join(folder, 'lib'), process.env['LD_LIBRARY_PATH']];
  return {
    LD_LIBRARY_PATH: libraries.filter(Boolean).join(':'),
    VK_ICD_FILENAMES: join(folder, 'vk_swiftshader_icd.json'),
    FONTCONFIG_PATH: process.env['FONTCONFIG_PATH'] ?? join(folder, 'fonts'),
    HOME: process.env['HOME'] ?? folder,
    XDG_RUNTIME_DIR: process.env['XDG_RUNTIME_DIR'] ?? folder,
  };
}

// Two processes may unpack at once: each writes a folder of its own, and the rename decides.
async function unpack(bin: string, folder: string): Promise<void> {
  const own = await mkdtemp(`${folder}-`);
  await writeFile(join(own, 'chromium'), await inflate(join(bin, 'chromium.br')));
  await chmod(join(own, 'chromium'), 0o755);
  for (const archive of ['swiftshader.tar.br', 'fonts.tar.br', 'al2023.tar.br']) {
    for (const { path, data } of readTar(await inflate(join(bin, archive)))) {
      await mkdir(dirname(join(own, path)), { recursive: true });
      await writeFile(join(own, path), data, { mode: 0o755 });
    }
  }
  await writeFile(join(own, 'complete'), '');
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  await rename(own, folder).catch(() => rm(own, { recursive: true, force: true }));
}

async function inflate(path: string): Promise<Uint8Array> {
  return promisify(brotliDecompress)(await readFile(path));
}

function packageBin(): string {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  return resolve(dirname(entry), '../../bin');
}

async function packageVersion(bin: string): Promise<string> {
  const text = await readFile(resolve(bin, '../package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
