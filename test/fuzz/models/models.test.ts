import { beforeAll, expect, test, vi } from 'vitest';
import { findingsOf, type Look } from '../look.ts';
import { modelLooks } from './looks.ts';

// `npm run fuzz -- 600 --kind models` looks at others, for as long as one likes.
const seeds = { seed: 0, count: 200 };

// tfjs says that it leaves out states in what it saves.
beforeAll(() => vi.spyOn(console, 'warn').mockReturnValue());

const { againstCpu: _, ...looks } = modelLooks;
test.each<[string, Look]>(Object.entries(looks))('%s: random models of every layer', async (name, look) => {
  expect(await findingsOf(name, look, seeds)).toEqual([]);
});
