export interface TarEntry {
  path: string;
  data: Uint8Array;
}

const block = 512;

/** The regular files and symbolic links' targets of an uncompressed ustar archive; a link is returned as a copy of its target. */
export function readTar(archive: Uint8Array): TarEntry[] {
  const files = new Map<string, Uint8Array>();
  const links: [string, string][] = [];
  for (let at = 0; at + block <= archive.length && archive[at] !== 0; ) {
    const header = archive.subarray(at, at + block);
    const size = Number.parseInt(text(header, 124, 12), 8);
    const path = [text(header, 345, 155), text(header, 0, 100)].filter(Boolean).join('/');
    const kind = text(header, 156, 1);
    if (kind === '0' || kind === '') files.set(path, archive.subarray(at + block, at + block + size));
    if (kind === '2') links.push([path, path.replace(/[^/]*$/, '') + text(header, 157, 100)]);
    at += block + Math.ceil(size / block) * block;
  }
  for (const [path, target] of links) files.set(path, existing(files, target));
  return [...files].map(([path, data]) => ({ path, data }));
}

function existing(files: Map<string, Uint8Array>, path: string): Uint8Array {
  const data = files.get(path);
  if (!data) throw new Error(`archive has no "${path}"`);
  return data;
}

function text(header: Uint8Array, start: number, length: number): string {
  const field = new TextDecoder().decode(header.subarray(start, start + length));
  return field.replace(/[\0 ].*$/s, '');
}
