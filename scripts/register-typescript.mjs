// What makes a worker thread read TypeScript: `--import tsx` has no effect there.
import { register } from 'tsx/esm/api';

register();
