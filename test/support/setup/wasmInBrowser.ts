import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

// Beside its own code there is none: a page takes that from where Vite has bundled it.
setWasmPaths('/node_modules/@tensorflow/tfjs-backend-wasm/dist/');
await import('./wasm.ts');
