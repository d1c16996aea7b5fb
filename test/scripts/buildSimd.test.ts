import { expect, test } from 'vitest';
import { outputOf } from '../../scripts/run.ts';

test('the compiled kernels are those of their source', async () => {
  const check = outputOf('node_modules/.bin/tsx', ['scripts/build-simd.ts', '--check']);
  await expect(check).resolves.toBe('');
});
