// `--import tsx` has no effect in worker threads.
import { register } from 'tsx/esm/api';

register();
