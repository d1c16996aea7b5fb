import { appendFileSync } from 'node:fs';
import type { LabelledImage } from '../../../src/readings/labels.ts';
import { dataset as uncounted } from './dissected.ts';

export { model } from './dissected.ts';

/** The same images; each reading of a part writes the part's number into a file. */
export function dataset(shard: number, of: number): () => readonly LabelledImage[] {
  return () => {
    appendFileSync(process.env['VITRINE_READINGS'] as string, `${shard}`);
    return uncounted(shard, of);
  };
}
